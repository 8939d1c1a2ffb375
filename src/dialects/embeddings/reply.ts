import {
  type EmbeddingsReply,
  type EmbeddingsRequest,
  emptyUsage,
  type Face,
  type JsonObject,
  type ReplyIdentity,
  type Usage,
} from "../../contract/index.ts"
import { vectorAs } from "./vectors.ts"

/** Only kinds that there are: OpenRouter's SDK refuses a null inside. */
const details = ({ input }: Usage): JsonObject => ({
  text_tokens: input.fresh + input.cacheRead + input.cacheWrite + input.cacheWrite1h,
  ...(input.image > 0 ? { image_tokens: input.image } : {}),
  ...(input.audio > 0 ? { audio_tokens: input.audio } : {}),
})

/** The face's usage without what an embedding has none of. */
const encodeUsage = (usage: Usage, face: Face, costUsd: number): JsonObject => {
  const { completion_tokens: _, completion_tokens_details: __, ...fields } = face.usage(usage, costUsd)
  return { ...fields, prompt_tokens_details: details(usage) }
}

/** The body of an answer of `POST /embeddings`. Vectors that came in the encoding that the client wants are not touched. */
export const encodeEmbeddingsReply = (
  reply: EmbeddingsReply,
  request: EmbeddingsRequest,
  identity: ReplyIdentity,
  face: Face,
  costUsd: number,
): JsonObject => ({
  id: identity.id,
  object: "list",
  model: identity.model,
  provider: identity.providerName,
  data: reply.vectors.map((vector, index) => ({
    object: "embedding",
    index,
    embedding: vectorAs(vector, request.encoding),
  })),
  usage: encodeUsage(reply.usage ?? emptyUsage, face, costUsd),
})
