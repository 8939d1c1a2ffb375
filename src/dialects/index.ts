/** All that `signalbox/dialects` exports: wire formats as pure functions, and what they share. */
export { chatCompletions, chatCompletionsClient, gatewayKeys } from "./chat-completions/index.ts"
export { faces, openrouterFace, requestyFace } from "./faces/index.ts"
export * from "./json-text/index.ts"
export { messages } from "./messages/index.ts"
export { createSseDecoder, doneEvent, encodeComment, encodeEvent, type SseDecoder } from "./sse.ts"
export { toolCallId } from "./tool-call-ids.ts"
export * from "./translate/index.ts"
export * from "./upstream-error/index.ts"
