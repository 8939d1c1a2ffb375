import {
  badReply,
  dropAsked,
  dropExtras,
  encodeInputType,
  gemini,
  type InputTypeQuirk,
  joinEmbeddings,
  jsonReply,
  type MediaEndpoint,
  postJson,
  runBatches,
} from "signalbox/dialects"
import {
  type Ability,
  type AbilityCall,
  type EmbeddingInput,
  type EmbeddingsReply,
  type EmbeddingsRequest,
  emptyUsage,
  GatewayError,
  isObject,
  type Json,
  type JsonObject,
  type Usage,
} from "signalbox/plugin"
import { vertexGeminiProfile } from "./gemini-dialect.ts"
import { readModel } from "./models.ts"

const words = {
  search_query: "RETRIEVAL_QUERY",
  search_document: "RETRIEVAL_DOCUMENT",
  query: "RETRIEVAL_QUERY",
  document: "RETRIEVAL_DOCUMENT",
  classification: "CLASSIFICATION",
  clustering: "CLUSTERING",
}
const taskOf = (field: string): InputTypeQuirk => ({ field, words })

/** Texts in one call of `predict` (cloud.google.com, text embeddings API); the newer of the two kinds of model takes one. */
const batchOf = (name: string): number => (name.startsWith("gemini-embedding-001") ? 1 : 250)

const refuse = (index: number, problem: string): GatewayError =>
  new GatewayError("unsupported_parameter", `input[${index}]: ${problem}`, { param: `input[${index}]` })

const textOf = (input: EmbeddingInput, index: number): string => {
  if (input.type === "text") return input.text
  if (input.type === "tokens") throw refuse(index, "the upstream takes no tokens; send the text")
  return input.content
    .map((part) => {
      if (part.type !== "text") throw refuse(index, "the model embeds text only")
      return part.text
    })
    .join("\n")
}

const vectorOf = (values: Json | undefined): EmbeddingsReply["vectors"][number] => {
  if (!Array.isArray(values) || values.length === 0 || !values.every((value) => typeof value === "number"))
    throw badReply("Vertex AI answered with something that is not a vector")
  return { floats: values as number[] }
}

const usageOf = (tokens: Json | undefined): { readonly usage?: Usage } =>
  typeof tokens === "number" ? { usage: { ...emptyUsage, input: { ...emptyUsage.input, fresh: tokens } } } : {}

/** Too long an input is an error, as elsewhere, unless the client asks to have it cut. */
const sizes = (request: EmbeddingsRequest): JsonObject => ({
  autoTruncate: request.extras?.auto_truncate ?? false,
  ...(request.dimensions === undefined ? {} : { outputDimensionality: request.dimensions }),
})

/** A prediction is one vector, with its tokens counted. */
const decodePrediction = (prediction: Json): EmbeddingsReply => {
  const embeddings = isObject(prediction) && isObject(prediction.embeddings) ? prediction.embeddings : {}
  const statistics = isObject(embeddings.statistics) ? embeddings.statistics : {}
  return { vectors: [vectorOf(embeddings.values)], ...usageOf(statistics.token_count) }
}

const predict = async (
  request: EmbeddingsRequest,
  call: AbilityCall,
  endpoint: MediaEndpoint,
): Promise<EmbeddingsReply> => {
  const { title } = request.extras ?? {}
  const about = {
    ...encodeInputType(request.inputType, taskOf("task_type"), call),
    ...(typeof title === "string" ? { title } : {}),
  }
  const instances = request.input.map((input, index) => ({ content: textOf(input, index), ...about }))
  const replies = await runBatches(instances, batchOf(readModel(call.model).name), async (batch) => {
    const body = { instances: [...batch], parameters: sizes(request) }
    const { predictions } = await jsonReply(await postJson(call, endpoint, "predict", body))
    if (!Array.isArray(predictions) || predictions.length !== batch.length)
      throw badReply("Vertex AI answered with another number of vectors than it was asked for")
    return joinEmbeddings(predictions.map(decodePrediction))
  })
  return joinEmbeddings(replies)
}

/** Parts as the chat format writes them. */
const partsOf = (input: EmbeddingInput, index: number, call: AbilityCall): Json => {
  if (input.type !== "content") return [{ text: textOf(input, index) }]
  const { contents } = gemini.encodeRequest(
    { model: call.model, messages: [{ role: "user", content: input.content }], sampling: {}, stream: false },
    { model: call.model, profile: vertexGeminiProfile({}), lose: call.lose },
  )
  const [content] = Array.isArray(contents) ? contents : []
  return isObject(content) ? (content.parts ?? []) : []
}

const embedContent = async (
  request: EmbeddingsRequest,
  call: AbilityCall,
  endpoint: MediaEndpoint,
): Promise<EmbeddingsReply> => {
  const { title } = request.extras ?? {}
  const embedContentConfig = {
    ...sizes(request),
    ...encodeInputType(request.inputType, taskOf("taskType"), call),
    ...(typeof title === "string" ? { title } : {}),
  }
  const contents = request.input.map((input, index) => ({ parts: partsOf(input, index, call) }))
  // One value a call, the API takes no more.
  const replies = await runBatches(contents, 1, async ([content]) => {
    const body: JsonObject = { content: content ?? {}, embedContentConfig }
    const reply = await jsonReply(await postJson(call, endpoint, "embedContent", body))
    const values = isObject(reply.embedding) ? reply.embedding.values : undefined
    const counted = isObject(reply.usageMetadata) ? reply.usageMetadata.promptTokenCount : undefined
    return { vectors: [vectorOf(values)], ...usageOf(counted) }
  })
  return joinEmbeddings(replies)
}

/** Embeddings of Google's own models; from gemini-embedding-2 on by another verb. */
export const vertexEmbeddings = (endpoint: MediaEndpoint): Ability<EmbeddingsRequest, EmbeddingsReply> => ({
  serves(model) {
    const { surface, name } = readModel(model)
    return (
      surface === "gemini" && /^(?:gemini-embedding|text-(?:multilingual-)?embedding|textembedding-gecko)/.test(name)
    )
  },
  run(request, call) {
    dropAsked(call, { user: request.user }, "the upstream has no such field")
    dropExtras(call, request.extras, ["auto_truncate", "title"])
    const { name } = readModel(call.model)
    const older = !name.startsWith("gemini-") || name.startsWith("gemini-embedding-001")
    return older ? predict(request, call, endpoint) : embedContent(request, call, endpoint)
  },
})
