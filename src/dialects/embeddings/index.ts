/** Embeddings: what clients send and get, and how upstreams are asked for them. */
export { encodeEmbeddingsReply } from "./reply.ts"
export { decodeEmbeddingsRequest } from "./request.ts"
export { runBatches } from "./upstream/batches.ts"
export { decodeEmbeddings, decodeVector, joinEmbeddings } from "./upstream/decode.ts"
export { encodeInputType } from "./upstream/encode.ts"
export { openAiEmbeddings } from "./upstream/openai.ts"
export type { EmbeddingQuirks, InputTypeQuirk } from "./upstream/quirks.ts"
export { decodeFloats, encodeFloats, vectorAs } from "./vectors.ts"
