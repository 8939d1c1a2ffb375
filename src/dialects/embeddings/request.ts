import { type Content, type EmbeddingInput, type EmbeddingsRequest, isObject, type Json } from "../../contract/index.ts"
import { decodeContent } from "../chat-completions/request/decode-content.ts"
import { defined, extrasOf, Fields, invalid } from "../media/fields.ts"

/** Vendors take from one text to 2,048 in a call, and the rest goes in further calls; this only keeps one request from becoming thousands. */
const mostInputs = 20_000

const expected = "must be a text, a list of tokens, or an object with `content`"

const textInput = (text: string, path: string): EmbeddingInput => {
  if (text === "") throw invalid(path, "is empty: send at least one character")
  return { type: "text", text }
}

const tokensInput = (values: readonly Json[], path: string): EmbeddingInput => {
  if (values.length === 0) throw invalid(path, "is empty: send at least one token")
  for (const [index, value] of values.entries())
    if (!Number.isInteger(value) || (value as number) < 0)
      throw invalid(`${path}[${index}]`, "must be a token, an integer of at least 0")
  return { type: "tokens", tokens: values as number[] }
}

/** OpenRouter's `{content: [parts]}`, Jina's `{text}` and `{image}`, or a part by itself. */
const partsOf = (value: Json, path: string): readonly Content[] => {
  if (!isObject(value)) throw invalid(path, expected)
  if (value.content !== undefined) return decodeContent(value.content, `${path}.content`)
  if (value.type !== undefined) return decodeContent([value], path)
  const { text, image } = value
  if (text === undefined && image === undefined) throw invalid(path, expected)
  return decodeContent(
    [
      ...(text === undefined ? [] : [{ type: "text", text }]),
      ...(image === undefined ? [] : [{ type: "image_url", image_url: image }]),
    ],
    path,
  )
}

const decodeInput = (value: Json, path: string): EmbeddingInput => {
  if (typeof value === "string") return textInput(value, path)
  if (Array.isArray(value)) return tokensInput(value, path)
  const content = partsOf(value, path)
  const [only] = content
  if (only === undefined) throw invalid(path, "is empty: send at least one part")
  // A single text needs no upstream that takes media.
  if (content.length === 1 && only.type === "text") return textInput(only.text, path)
  return { type: "content", content }
}

const decodeInputs = (input: Json | undefined): readonly EmbeddingInput[] => {
  if (input === undefined) throw invalid("input", "is missing: send a text or a list of texts")
  if (!Array.isArray(input)) return [decodeInput(input, "input")]
  if (input.length === 0) throw invalid("input", "is empty: send at least one text")
  // A list of numbers is one input of tokens.
  if (typeof input[0] === "number") return [tokensInput(input, "input")]
  if (input.length > mostInputs)
    throw invalid("input", `has ${input.length} entries; send at most ${mostInputs} in one request`)
  return input.map((value, index) => decodeInput(value, `input[${index}]`))
}

const decodeEncoding = (fields: Fields): "float" | "base64" => {
  const encoding = fields.string("encoding_format") ?? "float"
  if (encoding !== "float" && encoding !== "base64") throw invalid("encoding_format", 'must be "float" or "base64"')
  return encoding
}

/** OpenRouter's clients may name their models in `models` alone. */
const decodeModel = (fields: Fields, body: Json): string => {
  const model = fields.string("model")
  if (model !== undefined && model !== "") return model
  if (isObject(body) && Array.isArray(body.models) && body.models.length > 0) return ""
  throw invalid("model", "is missing: name an embedding model")
}

/** The body of `POST /embeddings`, of any client. Throws GatewayError `invalid_request` with the path of the field at fault. */
export const decodeEmbeddingsRequest = (body: Json): EmbeddingsRequest => {
  if (!isObject(body)) throw invalid("body", "must be a JSON object")
  const fields = new Fields(body)
  return {
    model: decodeModel(fields, body),
    input: decodeInputs(fields.any("input")),
    encoding: decodeEncoding(fields),
    ...defined({
      dimensions: fields.integer("dimensions", 1),
      inputType: fields.string("input_type"),
      user: fields.string("user"),
    }),
    ...extrasOf(fields),
  }
}
