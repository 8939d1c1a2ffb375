import type { ChatRequest, Json, JsonObject } from "signalbox/plugin"
import type { Script } from "./script.ts"
import { lastUserText } from "./words.ts"

/** What `mock/echo` answers: the last user message, or, where the request demands it, a tool call or JSON made of it. */
export function echo(request: ChatRequest): Script {
  const text = lastUserText(request)
  const tool = forcedTool(request)
  if (tool) return { toolCalls: [{ name: tool.name, arguments: JSON.stringify(sample(tool.parameters ?? {}, text)) }] }
  const format = request.responseFormat
  if (format?.type === "json-schema") return { text: JSON.stringify(sample(format.schema, text)) }
  if (format?.type === "json-object") return { text: JSON.stringify({ text }) }
  return { text }
}

function forcedTool(request: ChatRequest) {
  const functions = (request.tools ?? []).filter((tool) => tool.type === "function")
  const choice = request.toolChoice
  if (choice === "required") return functions[0]
  if (typeof choice === "object" && "name" in choice) return functions.find(({ name }) => name === choice.name)
  return undefined
}

/** A small value that fits a JSON schema, with the text wherever a string may be. */
export function sample(schema: Json, text: string): Json {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return null
  if (schema.const !== undefined) return schema.const
  if (Array.isArray(schema.enum) && schema.enum[0] !== undefined) return schema.enum[0]
  const [variant] = [schema.anyOf, schema.oneOf].filter(Array.isArray)[0] ?? []
  if (variant !== undefined) return sample(variant, text)
  switch (Array.isArray(schema.type) ? schema.type[0] : (schema.type ?? (schema.properties ? "object" : undefined))) {
    case "string":
      return text
    case "integer":
    case "number":
      return typeof schema.minimum === "number" ? schema.minimum : 0
    case "boolean":
      return false
    case "array":
      return typeof schema.minItems === "number" && schema.minItems > 0 ? [sample(schema.items ?? {}, text)] : []
    case "object":
      return sampleObject(schema, text)
    default:
      return null
  }
}

function sampleObject(schema: JsonObject, text: string): JsonObject {
  const properties = schema.properties as JsonObject | undefined
  const required = Array.isArray(schema.required) ? schema.required : []
  return Object.fromEntries(required.map((name) => [String(name), sample(properties?.[String(name)] ?? {}, text)]))
}
