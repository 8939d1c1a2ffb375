import type { Ability, EmbeddingsReply, EmbeddingsRequest } from "../../../contract/index.ts"
import { jsonReply, type MediaEndpoint, postJson } from "../../media/endpoint.ts"
import { runBatches } from "./batches.ts"
import { decodeEmbeddings, joinEmbeddings } from "./decode.ts"
import { encodeFields, encodeInput } from "./encode.ts"
import type { EmbeddingQuirks } from "./quirks.ts"

/** OpenAI's limit of one call. */
const usualBatch = 2048

/** Embeddings by OpenAI's route, and by those that only differ in names and limits. */
export const openAiEmbeddings = (
  endpoint: MediaEndpoint,
  quirksOf: EmbeddingQuirks | ((model: string) => EmbeddingQuirks) = {},
): Ability<EmbeddingsRequest, EmbeddingsReply> => ({
  async run(request, call) {
    const quirks = typeof quirksOf === "function" ? quirksOf(call.model) : quirksOf
    const fields = encodeFields(request, quirks, call)
    const inputs = request.input.map((input, index) => encodeInput(input, index, quirks))
    const replies = await runBatches(inputs, quirks.batch ?? usualBatch, async (batch) => {
      const body = { model: call.model, [quirks.inputs ?? "input"]: [...batch], ...fields }
      const response = await postJson(call, endpoint, quirks.path ?? "embeddings", body)
      return decodeEmbeddings(await jsonReply(response), batch.length)
    })
    return joinEmbeddings(replies)
  },
})
