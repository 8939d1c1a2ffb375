import {
  badReply,
  decodeVector,
  gemini,
  joinEmbeddings,
  jsonReply,
  type MediaEndpoint,
  postJson,
  runBatches,
  taskType,
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
import { modelName } from "./models.ts"

/** ai.google.dev, batchEmbedContents: requests in one batch. */
const mostRequests = 100

const partsOf = (input: EmbeddingInput, path: string, call: AbilityCall): Json => {
  if (input.type === "text") return [{ text: input.text }]
  if (input.type === "tokens")
    throw new GatewayError(
      "unsupported_parameter",
      `${path}: Gemini embeds texts and media, not token numbers; send the text`,
      { param: path },
    )
  const lose: AbilityCall["lose"] = (loss) => call.lose({ ...loss, path: loss.path.replace(/^messages\[0\]/, path) })
  // A part is written as in a chat.
  const message = { role: "user" as const, content: input.content }
  const body = gemini.encodeRequest(
    { model: "", messages: [message], sampling: {}, stream: false },
    { model: "", profile: {}, lose },
  )
  const [first] = Array.isArray(body.contents) ? body.contents : []
  return isObject(first) ? (first.parts ?? []) : []
}

/** What is the same for all inputs of a request. */
const optionsOf = ({ inputType, dimensions, user, extras }: EmbeddingsRequest, call: AbilityCall): JsonObject => {
  const drop = (path: string, code: "parameter_unsupported" | "foreign_field", reason: string) =>
    call.lose({ path, action: "dropped", code, reason })
  const task = inputType === undefined ? undefined : taskType(inputType)
  if (inputType !== undefined && task === undefined)
    drop("input_type", "parameter_unsupported", `the upstream has no word for ${inputType}`)
  if (user !== undefined) drop("user", "parameter_unsupported", "the upstream has no such field")
  const { title, ...others } = extras ?? {}
  for (const path of Object.keys(others)) drop(path, "foreign_field", "the upstream's API has no such field")
  return {
    ...(task === undefined ? {} : { taskType: task }),
    ...(dimensions === undefined ? {} : { outputDimensionality: dimensions }),
    ...(title === undefined ? {} : { title }),
  }
}

/** Older models do not tell. */
const usageOf = (body: JsonObject): { readonly usage?: Usage } => {
  const told = isObject(body.usageMetadata) ? body.usageMetadata : {}
  const tokens = told.promptTokenCount ?? told.totalTokenCount
  return typeof tokens === "number" ? { usage: { ...emptyUsage, input: { ...emptyUsage.input, fresh: tokens } } } : {}
}

const decode = (body: JsonObject, count: number): EmbeddingsReply => {
  const rows = Array.isArray(body.embeddings) ? body.embeddings : body.embedding === undefined ? [] : [body.embedding]
  if (rows.length !== count) throw badReply(`The upstream answered with ${rows.length} vectors for ${count} inputs`)
  return { vectors: rows.map((row) => decodeVector(isObject(row) ? row.values : undefined)), ...usageOf(body) }
}

/** `:embedContent` for one input, `:batchEmbedContents` for several. `endpoint` makes a method's name an address. */
export const embeddings = (endpoint: MediaEndpoint): Ability<EmbeddingsRequest, EmbeddingsReply> => ({
  serves: (model) => /embed/i.test(model),
  async run(request, call) {
    const options = optionsOf(request, call)
    const bodies = request.input.map((input, index): JsonObject => {
      const content = { parts: partsOf(input, `input[${index}]`, call) }
      return { model: modelName(call.model), content, ...options }
    })
    const ask = async (batch: readonly JsonObject[]) => {
      const [only] = batch
      const isOne = batch.length === 1 && only !== undefined
      const method = isOne ? "embedContent" : "batchEmbedContents"
      const body = isOne ? only : { requests: [...batch] }
      return decode(await jsonReply(await postJson(call, endpoint, method, body)), batch.length)
    }
    return joinEmbeddings(await runBatches(bodies, mostRequests, ask))
  },
})
