import {
  type ChatRequest,
  isObject,
  type Json,
  type JsonObject,
  type Tool,
  type ToolChoice,
  type WebSearchTool,
} from "../../../contract/index.ts"
import { defined } from "../../body/fields.ts"
import { dropForeignExtras, loseSearchSettings } from "../../translate/index.ts"
import { dialectName } from "../names.ts"
import { loseCache, ownExtras, type RequestContext } from "./context.ts"

const encodeWebSearch = (tool: WebSearchTool, path: string, context: RequestContext): JsonObject | undefined => {
  const { profile, lose } = context
  if (profile.webSearch === "always") {
    loseSearchSettings(tool, path, [], lose)
    return undefined
  }
  if (profile.webSearch !== "tool") {
    lose({ path, action: "dropped", code: "search_unsupported", reason: "the upstream cannot search the web" })
    return undefined
  }
  loseSearchSettings(tool, path, ["search_context_size", "allowed_domains", "user_location"], lose)
  loseCache(tool.cache, path, context, "tools have no place for a breakpoint")
  return {
    type: "web_search",
    ...(tool.contextSize === undefined ? {} : { search_context_size: tool.contextSize }),
    ...(tool.allowedDomains === undefined ? {} : { filters: { allowed_domains: [...tool.allowedDomains] } }),
    ...(tool.userLocation === undefined ? {} : { user_location: { type: "approximate", ...tool.userLocation } }),
    ...ownExtras(tool.extras),
  }
}

/** Chat completions wrap a grammar once more: `{type: "grammar", grammar: {syntax, definition}}`. */
const flatFormat = (format: Json): Json =>
  isObject(format) && isObject(format.grammar) ? { type: "grammar", ...format.grammar } : format

const encodeTool = (tool: Tool, path: string, context: RequestContext): JsonObject | undefined => {
  const { profile, lose, names } = context
  if (tool.type === "opaque") {
    if (tool.dialect === dialectName && isObject(tool.data)) return tool.data
    const reason = `only ${tool.dialect} upstreams have this tool`
    lose({ path, action: "dropped", code: "tool_unsupported", reason })
    return undefined
  }
  if (tool.type === "web-search") return encodeWebSearch(tool, path, context)
  dropForeignExtras(tool.extras, dialectName, `${path}.`, lose)
  const named = {
    name: names.toWire(tool.name),
    ...(tool.description === undefined ? {} : { description: tool.description.toWellFormed() }),
  }
  if (tool.type === "custom") {
    const format = tool.format === undefined ? {} : { format: flatFormat(tool.format) }
    return { type: "custom", ...named, ...format, ...ownExtras(tool.extras) }
  }
  loseCache(tool.cache, path, context, "tools have no place for a breakpoint")
  const takesStrict = profile.strictTools !== false
  if (tool.strict && !takesStrict) {
    const reason = "the upstream knows no strict tools"
    lose({ path: `${path}.strict`, action: "dropped", code: "parameter_unsupported", reason })
  }
  return {
    type: "function",
    ...named,
    parameters: tool.parameters ?? { type: "object", properties: {} },
    // Absent means strict here, with every property required; in chat completions and everywhere else it means not strict.
    ...(takesStrict ? { strict: tool.strict ?? false } : {}),
    ...ownExtras(tool.extras),
  }
}

/** What a tool is called when it is chosen: built-in ones by their type. */
const reference = (name: string, request: ChatRequest, { names }: RequestContext): JsonObject => {
  const tool = request.tools?.find((known) => "name" in known && known.name === name)
  if (!tool && request.tools?.some(({ type }) => type === "web-search") && name.startsWith("web_search"))
    return { type: "web_search" }
  return { type: tool?.type === "custom" ? "custom" : "function", name: names.toWire(name) }
}

/** Chat completions name a subset with one more wrapping. */
const encodeAllowed = (opaque: JsonObject, request: ChatRequest, context: RequestContext): JsonObject => {
  const allowed = isObject(opaque.allowed_tools) ? opaque.allowed_tools : opaque
  const tools = (Array.isArray(allowed.tools) ? allowed.tools : []).filter(isObject).map((entry) => {
    const holder = isObject(entry.function) ? entry.function : isObject(entry.custom) ? entry.custom : entry
    return typeof holder.name === "string" ? reference(holder.name, request, context) : entry
  })
  return { type: "allowed_tools", mode: allowed.mode === "required" ? "required" : "auto", tools }
}

const encodeChoice = (choice: ToolChoice, request: ChatRequest, context: RequestContext): Json | undefined => {
  if (typeof choice === "string") return choice
  if ("name" in choice) return reference(choice.name, request, context)
  if (isObject(choice.opaque) && choice.opaque.type === "allowed_tools")
    return encodeAllowed(choice.opaque, request, context)
  if (choice.dialect === dialectName) return choice.opaque
  const reason = `only ${choice.dialect} upstreams understand it`
  context.lose({ path: "tool_choice", action: "dropped", code: "tool_choice_unsupported", reason })
  return undefined
}

/** Tools, which of them to use, and how many at once. A choice without tools is refused. */
export const encodeTools = (request: ChatRequest, context: RequestContext): JsonObject => {
  const encoded = (request.tools ?? []).map((tool, index) => encodeTool(tool, `tools[${index}]`, context))
  const tools = encoded.filter((tool) => tool !== undefined)
  if (tools.length === 0) return {}
  const { toolChoice } = request
  return defined({
    tools,
    tool_choice: toolChoice === undefined ? undefined : encodeChoice(toolChoice, request, context),
    parallel_tool_calls: request.parallelToolCalls,
  })
}
