import {
  isObject,
  type Json,
  type JsonObject,
  type Tool,
  type ToolChoice,
  type WebSearchTool,
} from "../../../contract/index.ts"
import { defined, Fields, invalid } from "../../body/fields.ts"
import { dialectName } from "../formats.ts"
import { withExtras } from "./decode-parts.ts"
import { jsonSchema } from "./schema.ts"

/** `parametersJsonSchema` is JSON Schema already; `parameters` is the older subset of OpenAPI. */
const decodeFunction = (raw: Json, path: string): Tool => {
  if (!isObject(raw)) throw invalid(path, "must be an object with a name")
  const declaration = new Fields(raw, path)
  const name = declaration.string("name")
  if (name === undefined || name === "") throw invalid(`${path}.name`, "must be a string")
  const description = declaration.string("description")
  const schema = declaration.object("parametersJsonSchema")
  const older = declaration.object("parameters")
  const parameters = schema ?? (older && jsonSchema(older))
  return { type: "function", name, ...defined({ description, parameters }), ...withExtras(declaration.rest()) }
}

/** `googleSearch`, and the `googleSearchRetrieval` of before; what only Google's search knows is kept for it. */
const decodeSearch = (key: string, value: JsonObject): WebSearchTool => {
  const { excludeDomains } = value
  const domains = Array.isArray(excludeDomains) ? excludeDomains.filter((domain) => typeof domain === "string") : []
  return {
    type: "web-search",
    ...(domains.length > 0 ? { blockedDomains: domains } : {}),
    ...(Object.keys(value).length > 0 ? { extras: { [dialectName]: { [key]: value } } } : {}),
  }
}

/** `tools`: each entry is a bag of declarations and built-in tools. Those without a general meaning are kept for this format. */
export const decodeTools = (tools: readonly Json[] | undefined): Tool[] | undefined => {
  const out: Tool[] = []
  tools?.forEach((raw, index) => {
    const path = `tools[${index}]`
    if (!isObject(raw)) throw invalid(path, 'must be an object, for example {"functionDeclarations": […]}')
    for (const [key, value] of Object.entries(raw)) {
      if (value === null) continue
      if (key === "functionDeclarations") {
        if (!Array.isArray(value)) throw invalid(`${path}.${key}`, "must be an array")
        for (const [at, entry] of value.entries()) out.push(decodeFunction(entry, `${path}.${key}[${at}]`))
      } else if ((key === "googleSearch" || key === "googleSearchRetrieval") && isObject(value))
        out.push(decodeSearch(key, value))
      else out.push({ type: "opaque", dialect: dialectName, data: { [key]: value } })
    }
  })
  return out.length > 0 ? out : undefined
}

/** Some of the functions, by chat completions' word for it, which all encoders know. */
const amongThese = (names: readonly string[]): ToolChoice => ({
  dialect: "chat-completions",
  opaque: {
    type: "allowed_tools",
    allowed_tools: {
      mode: "required",
      tools: names.map((name): JsonObject => ({ type: "function", function: { name } })),
    },
  },
})

const choiceOf = (config: JsonObject): ToolChoice | undefined => {
  const mode = typeof config.mode === "string" ? config.mode.toUpperCase() : "MODE_UNSPECIFIED"
  const listed = Array.isArray(config.allowedFunctionNames) ? config.allowedFunctionNames : []
  const names = listed.filter((name) => typeof name === "string")
  switch (mode) {
    case "MODE_UNSPECIFIED":
      return undefined
    case "AUTO":
      return "auto"
    case "NONE":
      return "none"
    case "ANY":
      if (names.length === 1) return { name: names[0] ?? "" }
      return names.length === 0 ? "required" : amongThese(names)
    default:
      // VALIDATED, and modes to come.
      return { dialect: dialectName, opaque: config }
  }
}

/** `toolConfig`: how the model may choose, and the rest, which configures Google's own tools. */
export const decodeToolConfig = (
  config: JsonObject | undefined,
): { readonly toolChoice: ToolChoice | undefined; readonly rest: JsonObject } => {
  if (!config) return { toolChoice: undefined, rest: {} }
  const fields = new Fields(config, "toolConfig")
  const calling = fields.object("functionCallingConfig")
  return { toolChoice: calling && choiceOf(calling), rest: fields.rest() }
}
