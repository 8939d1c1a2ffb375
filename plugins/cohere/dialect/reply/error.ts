import { classifyUpstreamError, inlineUpstreamError, readErrorWords, wordsOf } from "signalbox/dialects"
import { type ErrorCode, GatewayError, type Json, type WireFailure } from "signalbox/plugin"

/** docs.cohere.com/reference/errors: bodies are `{message, id}` without a code, so status and words must tell. */
const meanings: readonly { readonly status: number; readonly words?: RegExp; readonly code: ErrorCode }[] = [
  { status: 429, words: /API calls? \/ month|calls per month/i, code: "provider_quota" },
  { status: 400, words: /max tokens must be/i, code: "upstream_invalid_request" },
  // A deny-listed token in the request or the answer.
  { status: 498, code: "content_filter" },
  // "request cancelled", by the vendor's own hand: another try helps.
  { status: 499, code: "provider_down" },
]

/** A failed HTTP answer. */
export const decodeError = (failure: WireFailure, provider: string): GatewayError => {
  const words = readErrorWords(failure.body)
  const usual = classifyUpstreamError({ ...words, ...failure, provider })
  const meaning = meanings.find(
    (row) => row.status === failure.status && (row.words === undefined || row.words.test(words.message)),
  )
  if (meaning === undefined) return usual
  const money = `The gateway's account at ${provider} has no money or quota left`
  // The usual message of an overflow would not be true of a limit on the output.
  const own = usual.code === "context_length_exceeded" ? (usual.upstreamBody ?? usual.message) : usual.message
  return new GatewayError(meaning.code, meaning.code === "provider_quota" ? money : own, {
    provider,
    upstreamStatus: failure.status,
    ...(usual.upstreamBody === undefined ? {} : { upstreamBody: usual.upstreamBody }),
    ...(usual.retryAfterMs === undefined ? {} : { retryAfterMs: usual.retryAfterMs }),
  })
}

/** The same words inside a 200 or in the middle of a stream. */
export const inlineError = (body: Json): GatewayError => inlineUpstreamError(wordsOf(body), "Cohere")
