import {
  isObject,
  type Json,
  type JsonObject,
  type ResponseFormat,
  type Tool,
  type ToolChoice,
} from "../../../contract/index.ts"
import { defined, Fields, invalid } from "../../body/fields.ts"
import { dialectName, withExtras } from "../names.ts"
import { readCache } from "./decode-content.ts"
import { addSearch, decodeSearch, decodeSearchOptions, isSearchType } from "./decode-search.ts"

const decodeFunction = (body: Fields, outer: Fields): Tool => {
  const name = body.string("name")
  if (name === undefined) throw invalid(body.at("name"), "must be a string")
  const [description, parameters, strict] = [
    body.string("description"),
    body.object("parameters"),
    body.boolean("strict"),
  ]
  const cache = readCache(outer)
  return {
    type: "function",
    name,
    ...defined({ description, parameters, strict, cache }),
    ...withExtras({ ...outer.rest(), ...body.rest() }),
  }
}

const decodeTool = (raw: Json, path: string): Tool => {
  if (!isObject(raw)) throw invalid(path, "must be an object with a type")
  const tool = new Fields(raw, path)
  const type = tool.string("type")
  if (type === "function") {
    const body = tool.object("function")
    if (!body) throw invalid(`${path}.function`, "must be an object")
    return decodeFunction(new Fields(body, `${path}.function`), tool)
  }
  if (type !== undefined && isSearchType(type)) return decodeSearch(raw, path, dialectName)
  const custom = type === "custom" ? tool.object("custom") : undefined
  if (!custom) return { type: "opaque", dialect: dialectName, data: raw }
  const body = new Fields(custom, `${path}.custom`)
  const name = body.string("name")
  if (name === undefined) throw invalid(`${path}.custom.name`, "must be a string")
  const [description, format] = [body.string("description"), body.any("format")]
  return {
    type: "custom",
    name,
    ...defined({ description, format }),
    ...withExtras({ ...tool.rest(), ...body.rest() }),
  }
}

/** `tools`, or the `functions` of before; `web_search_options` is a search like the tool. */
export const decodeTools = (request: Fields): Tool[] | undefined => {
  const tools = request.array("tools")?.map((tool, index) => decodeTool(tool, `tools[${index}]`))
  const functions = request.array("functions")?.map((raw, index) => {
    const path = `functions[${index}]`
    if (!isObject(raw)) throw invalid(path, "must be an object")
    return decodeFunction(new Fields(raw, path), new Fields({}, path))
  })
  const search = decodeSearchOptions(request, dialectName)
  const listed = [...(tools ?? []), ...(tools ? [] : (functions ?? []))]
  const all = search ? addSearch(listed, search) : listed
  return all.length > 0 ? all : undefined
}

const named = (choice: JsonObject): ToolChoice => {
  if (typeof choice.type === "string" && isSearchType(choice.type)) return { name: "web_search" }
  for (const kind of ["function", "custom"]) {
    const body = choice[kind]
    if (choice.type === kind && isObject(body) && typeof body.name === "string") return { name: body.name }
  }
  return { opaque: choice, dialect: dialectName }
}

/** `tool_choice`, or the `function_call` of before. */
export const decodeToolChoice = (request: Fields): ToolChoice | undefined => {
  const legacy = request.any("function_call")
  const choice = request.any("tool_choice")
  if (choice === undefined) {
    if (legacy === "auto" || legacy === "none") return legacy
    return isObject(legacy) && typeof legacy.name === "string" ? { name: legacy.name } : undefined
  }
  if (choice === "auto" || choice === "none" || choice === "required") return choice
  // Mistral's and Anthropic's word for the same.
  if (choice === "any") return "required"
  if (isObject(choice)) return named(choice)
  if (typeof choice === "string") return { opaque: choice, dialect: dialectName }
  throw invalid("tool_choice", "must be a string or an object")
}

export const decodeResponseFormat = (request: Fields): ResponseFormat | undefined => {
  const raw = request.object("response_format")
  if (!raw) return undefined
  const format = new Fields(raw, "response_format")
  const type = format.string("type")
  if (type === "text") return { type }
  if (type === "json_object") return { type: "json-object" }
  if (type !== "json_schema") return { type: "opaque", dialect: dialectName, data: raw }
  const inner = format.object("json_schema")
  if (!inner) throw invalid("response_format.json_schema", "must be an object")
  const body = new Fields(inner, "response_format.json_schema")
  const schema = body.object("schema")
  if (!schema) return { type: "opaque", dialect: dialectName, data: raw }
  const [strict, description] = [body.boolean("strict"), body.string("description")]
  return { type: "json-schema", name: body.string("name") ?? "response", schema, ...defined({ strict, description }) }
}
