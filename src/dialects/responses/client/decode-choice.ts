import { isObject, type Json, type JsonObject, type ResponseFormat, type ToolChoice } from "../../../contract/index.ts"
import { defined, Fields, invalid } from "../../body/fields.ts"
import { dialectName } from "../names.ts"
import type { Namespaces } from "./namespaces.ts"

const spaceOf = (choice: JsonObject): string | undefined =>
  typeof choice.namespace === "string" ? choice.namespace : undefined

/** A tool of a subset under the name that the model sees. */
const renamed = (entry: Json, namespaces: Namespaces): Json => {
  if (!isObject(entry) || typeof entry.name !== "string" || spaceOf(entry) === undefined) return entry
  const { namespace: _dissolved, ...rest } = entry
  return { ...rest, name: namespaces.flat(spaceOf(entry), entry.name) }
}

/** A word, one tool by its name, a subset (`allowed_tools`), or a built-in tool's type. */
export const decodeToolChoice = (request: Fields, namespaces: Namespaces): ToolChoice | undefined => {
  const choice = request.any("tool_choice")
  if (choice === undefined) return undefined
  if (choice === "auto" || choice === "none" || choice === "required") return choice
  if (typeof choice === "string") return { opaque: choice, dialect: dialectName }
  if (!isObject(choice)) throw invalid("tool_choice", "must be a string or an object")
  const isNamed = choice.type === "function" || choice.type === "custom"
  if (isNamed && typeof choice.name === "string") return { name: namespaces.flat(spaceOf(choice), choice.name) }
  if (choice.type === "allowed_tools" && Array.isArray(choice.tools)) {
    const tools = choice.tools.map((entry) => renamed(entry, namespaces))
    return { opaque: { ...choice, tools }, dialect: dialectName }
  }
  return { opaque: choice, dialect: dialectName }
}

export interface TextSettings {
  readonly responseFormat?: ResponseFormat
  readonly verbosity?: string
  /** What of `text` has no meaning here. */
  readonly rest: JsonObject
}

/** `text`: the format of the answer, flat in this API, and how wordy it shall be. */
export const decodeText = (request: Fields): TextSettings => {
  const raw = request.object("text")
  if (!raw) return { rest: {} }
  const text = new Fields(raw, "text")
  const verbosity = text.string("verbosity")
  const format = text.object("format")
  return { ...defined({ verbosity, responseFormat: format && decodeFormat(format) }), rest: text.rest() }
}

const decodeFormat = (raw: JsonObject): ResponseFormat => {
  const format = new Fields(raw, "text.format")
  const type = format.string("type")
  if (type === "text") return { type }
  if (type === "json_object") return { type: "json-object" }
  const schema = type === "json_schema" ? format.object("schema") : undefined
  if (type === "json_schema" && !schema) throw invalid("text.format.schema", "must be an object")
  if (!schema) return { type: "opaque", dialect: dialectName, data: raw }
  const [strict, description] = [format.boolean("strict"), format.string("description")]
  return { type: "json-schema", name: format.string("name") ?? "response", schema, ...defined({ strict, description }) }
}
