/** All that `signalbox/dialects` exports: wire formats as pure functions, and what they share. */
export * from "./audio/index.ts"
export { gatewayKeys } from "./body/gateway-keys.ts"
export { chatCompletions, chatCompletionsClient } from "./chat-completions/index.ts"
export { CompletionStreamJoiner, completionsClient, joinCompletions, splitPrompts } from "./completions/index.ts"
export * from "./embeddings/index.ts"
export { faces, openrouterFace, requestyFace } from "./faces/index.ts"
export {
  createJsonArrayWriter,
  decodeBatchEmbedContents,
  decodeCountTokens,
  decodeEmbedContent,
  encodeBatchEmbedContents,
  encodeCountTokens,
  encodeEmbedContent,
  gemini,
  geminiClient,
  type JsonArrayWriter,
  taskType,
} from "./gemini/index.ts"
export * from "./images/index.ts"
export * from "./json-text/index.ts"
export * from "./media/index.ts"
export { messagesTokenCount } from "./messages/count-tokens.ts"
export { jsonToolName } from "./messages/formats.ts"
export { withForwarded } from "./messages/forwarded.ts"
export { messages, messagesClient } from "./messages/index.ts"
export { JsonToolFilter } from "./messages/reply/json-tool.ts"
export * from "./model-lists/index.ts"
export * from "./model-profiles/index.ts"
export * from "./rerank/index.ts"
export { responsesClient } from "./responses/client/index.ts"
export { responses } from "./responses/index.ts"
export { thinksBesideTools, wantsResponses } from "./responses/wanted.ts"
export { createSseDecoder, doneEvent, encodeComment, encodeEvent, type SseDecoder } from "./sse.ts"
export { toolCallId } from "./tool-call-ids.ts"
export * from "./translate/index.ts"
export * from "./upstream-error/index.ts"
