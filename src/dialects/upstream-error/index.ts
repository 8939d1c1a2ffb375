/** What a failing upstream said, in any vendor's words, as an error of the one table. */
export { type ErrorWords, readErrorWords, wordsOf } from "./body.ts"
export { classifyUpstreamError, type UpstreamFailure } from "./classify.ts"
export { redact } from "./redact.ts"
export { durationMs, retryAfterMs } from "./retry-hints.ts"
