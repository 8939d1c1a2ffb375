import {
  decodeVector,
  encodeInputType,
  joinEmbeddings,
  jsonReply,
  type MediaEndpoint,
  postJson,
  runBatches,
} from "signalbox/dialects"
import {
  type Ability,
  type AbilityCall,
  type Content,
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
import { imageUrl } from "./dialect/request/parts.ts"

/** docs.cohere.com/reference/embed: texts in one call. */
const mostInputs = 96

/** Its own words are OpenRouter's, and `image` for pictures; it demands one. */
const inputType = { field: "input_type", required: "search_document" } as const

/** Fields of this route that clients may name themselves. */
const ownFields = ["truncate", "max_tokens", "priority"]

const refuse = (index: number, problem: string): GatewayError =>
  new GatewayError("unsupported_parameter", `input[${index}]: ${problem}`, { param: `input[${index}]` })

const encodePart = (part: Content, index: number): JsonObject => {
  if (part.type === "text") return { type: "text", text: part.text }
  const url = part.type === "media" && part.kind === "image" ? imageUrl(part) : undefined
  if (url === undefined) throw refuse(index, "Cohere embeds text and images only")
  return { type: "image_url", image_url: { url } }
}

/** `inputs` takes text and images mixed, `texts` is the form that every model knows. */
const encodeInputs = (inputs: readonly EmbeddingInput[], start: number): JsonObject => {
  const texts: string[] = []
  for (const [at, input] of inputs.entries()) {
    if (input.type === "tokens") throw refuse(start + at, "Cohere takes no tokens; send the text")
    if (input.type === "text") texts.push(input.text)
  }
  if (texts.length === inputs.length) return { texts }
  return {
    inputs: inputs.map((input, at) => ({
      content:
        input.type === "content"
          ? input.content.map((part) => encodePart(part, start + at))
          : [{ type: "text", text: input.type === "text" ? input.text : "" }],
    })),
  }
}

/** What is the same for every call. Vectors of other kinds than OpenAI has (`int8`, `binary`) have no place in the answer. */
const encodeFields = (request: EmbeddingsRequest, call: AbilityCall): JsonObject => {
  const drop = (path: string, reason: string) =>
    call.lose({ path, action: "dropped", code: "parameter_unsupported", reason })
  if (request.user !== undefined) drop("user", "the upstream has no such field")
  const sent: JsonObject = {}
  for (const [name, value] of Object.entries(request.extras ?? {})) {
    if (ownFields.includes(name)) sent[name] = value
    else drop(name, "the upstream has no such field, or the answer no place for what it asks for")
  }
  return {
    ...encodeInputType(request.inputType, inputType, call),
    embedding_types: [request.encoding],
    ...(request.dimensions === undefined ? {} : { output_dimension: request.dimensions }),
    ...sent,
  }
}

const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {})

const count = (value: Json | undefined): number => (typeof value === "number" && value > 0 ? Math.round(value) : 0)

/** `billed_units` is what Cohere charges for. */
const decodeUsage = (body: JsonObject): Usage | undefined => {
  const units = objectOf(objectOf(body.meta).billed_units)
  const [text, image] = [count(units.input_tokens), count(units.image_tokens)]
  if (text + image === 0 && count(units.images) === 0) return undefined
  return {
    ...emptyUsage,
    input: { ...emptyUsage.input, fresh: text, image },
    ...(count(units.images) > 0 ? { counters: { images: count(units.images) } } : {}),
  }
}

const decodeReply = (body: JsonObject, asked: number): EmbeddingsReply => {
  const lists = objectOf(body.embeddings)
  const rows = [lists.float, lists.base64].find(Array.isArray) ?? []
  if (rows.length !== asked)
    throw new GatewayError("bad_provider_response", `Cohere answered with ${rows.length} vectors for ${asked} inputs`)
  const usage = decodeUsage(body)
  return {
    ...(typeof body.id === "string" ? { id: body.id } : {}),
    vectors: rows.map(decodeVector),
    ...(usage === undefined ? {} : { usage }),
  }
}

/** Embeddings by `/v2/embed`. */
export const cohereEmbeddings = (endpoint: MediaEndpoint): Ability<EmbeddingsRequest, EmbeddingsReply> => ({
  async run(request, call) {
    const fields = encodeFields(request, call)
    const replies = await runBatches(request.input, mostInputs, async (batch, start) => {
      const body = { model: call.model, ...encodeInputs(batch, start), ...fields }
      return decodeReply(await jsonReply(await postJson(call, endpoint, "embed", body)), batch.length)
    })
    return joinEmbeddings(replies)
  },
})
