import {
  type Content,
  type EmbeddingInput,
  type EmbeddingsReply,
  type EmbeddingsRequest,
  inputTokens,
  isObject,
  type Json,
  type JsonObject,
  type RequestAddress,
} from "../../../contract/index.ts"
import { defined, Fields, invalid } from "../../body/fields.ts"
import { vectorAs } from "../../embeddings/vectors.ts"
import { roundUsd } from "../../faces/usage.ts"
import { inputTypes } from "../task-types.ts"
import { decodePart, partsOf } from "./decode-parts.ts"
import { camelCased } from "./spelling.ts"

/** Texts in a row are one text; anything else beside them makes it content. */
const inputOf = (raw: Json | undefined, path: string): EmbeddingInput => {
  if (!isObject(raw)) throw invalid(path, "must be an object with parts")
  const content = partsOf(raw, path)
    .map((part, index) => decodePart(part, `${path}.parts[${index}]`))
    .filter((part): part is Content => part !== undefined)
  if (content.length === 0) throw invalid(`${path}.parts`, "is empty: send at least one part")
  const [only] = content
  return content.length === 1 && only?.type === "text"
    ? { type: "text", text: only.text }
    : { type: "content", content }
}

type Options = Pick<EmbeddingsRequest, "dimensions" | "inputType" | "extras">

const optionsOf = (request: Fields): Options => {
  const task = request.string("taskType")
  const dimensions = request.integer("outputDimensionality", 1)
  const inputType = task === undefined || task === "TASK_TYPE_UNSPECIFIED" ? undefined : (inputTypes.get(task) ?? task)
  request.any("model")
  const rest = request.rest()
  return defined({ dimensions, inputType, extras: Object.keys(rest).length > 0 ? rest : undefined })
}

const modelOf = (body: JsonObject, address: RequestAddress): string =>
  (address.model ?? (typeof body.model === "string" ? body.model : "")).replace(/^models\//, "")

/** The body of `:embedContent`. */
export const decodeEmbedContent = (body: Json, address: RequestAddress = {}): EmbeddingsRequest => {
  if (!isObject(body)) throw invalid("body", "must be a JSON object")
  const request = new Fields(camelCased(body))
  const input = [inputOf(request.any("content"), "content")]
  return { model: modelOf(body, address), input, encoding: "float", ...optionsOf(request) }
}

/** The body of `:batchEmbedContents`. Task and size are a matter of the whole batch here: one call upstream embeds it all. */
export const decodeBatchEmbedContents = (body: Json, address: RequestAddress = {}): EmbeddingsRequest => {
  if (!isObject(body)) throw invalid("body", "must be a JSON object")
  const { requests } = camelCased(body)
  if (!Array.isArray(requests) || requests.length === 0)
    throw invalid("requests", "must be a list of at least one request")
  let shared: Options = {}
  const input = requests.map((raw, index) => {
    const path = `requests[${index}]`
    if (!isObject(raw)) throw invalid(path, "must be an object with content")
    const request = new Fields(raw, path)
    const one = inputOf(request.any("content"), `${path}.content`)
    const options = optionsOf(request)
    if (index === 0) shared = options
    else if (JSON.stringify(options) !== JSON.stringify(shared))
      throw invalid(
        path,
        "differs from the first in taskType, title or outputDimensionality; send it in a batch of its own",
      )
    return one
  })
  const first = requests[0]
  return { model: modelOf(isObject(first) ? first : body, address), input, encoding: "float", ...shared }
}

const usageOf = ({ usage }: EmbeddingsReply, costUsd: number): JsonObject =>
  usage
    ? {
        usageMetadata: {
          promptTokenCount: inputTokens(usage),
          totalTokenCount: inputTokens(usage),
          cost: roundUsd(costUsd),
        },
      }
    : {}

export const encodeEmbedContent = (reply: EmbeddingsReply, costUsd: number): JsonObject => ({
  embedding: { values: reply.vectors[0] ? vectorAs(reply.vectors[0], "float") : [] },
  ...usageOf(reply, costUsd),
})

export const encodeBatchEmbedContents = (reply: EmbeddingsReply, costUsd: number): JsonObject => ({
  embeddings: reply.vectors.map((vector) => ({ values: vectorAs(vector, "float") })),
  ...usageOf(reply, costUsd),
})
