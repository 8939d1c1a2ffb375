/** Ranking of documents by a query: what clients send and get, and how upstreams are asked for it. */
export { encodeRerankReply } from "./reply.ts"
export { decodeRerankRequest } from "./request.ts"
export { decodeRerank } from "./upstream/decode.ts"
export { openAiLikeRerank } from "./upstream/openai-like.ts"
export type { RerankQuirks } from "./upstream/quirks.ts"
