import type { ChatRequest, EncodeTarget, JsonObject, ResponseFormat, Tool } from "../../../contract/index.ts"
import { customToolSchema } from "../../translate/index.ts"
import { dialectName, ownExtras } from "../names.ts"
import { encodeCache, loseForeign } from "./encode-content.ts"
import { encodeSearchTool } from "./encode-search.ts"

const encodeTool = (tool: Tool, path: string, target: EncodeTarget): JsonObject | undefined => {
  if (tool.type === "opaque") {
    if (tool.dialect === dialectName) return tool.data as JsonObject
    target.lose({
      path,
      action: "dropped",
      code: "tool_unsupported",
      reason: `only ${tool.dialect} upstreams have this tool`,
    })
    return undefined
  }
  if (tool.type === "web-search") return encodeSearchTool(tool, path, target)
  loseForeign(tool.extras, path, target)
  const description = tool.description === undefined ? {} : { description: tool.description }
  if (tool.type === "custom" && target.profile.customTools === false) {
    const reason = "a free-text tool became a function with one text argument"
    target.lose({ path, action: "approximated", code: "tool_approximated", reason })
    return { type: "function", function: { name: tool.name, ...description, parameters: customToolSchema(tool) } }
  }
  if (tool.type === "custom") {
    const format = tool.format === undefined ? {} : { format: tool.format }
    return { type: "custom", custom: { name: tool.name, ...description, ...format }, ...ownExtras(tool.extras) }
  }
  const takesStrict = target.profile.strictTools !== false
  if (tool.strict && !takesStrict)
    target.lose({
      path: `${path}.function.strict`,
      action: "dropped",
      code: "parameter_unsupported",
      reason: "the upstream knows no strict tools",
    })
  return {
    type: "function",
    function: {
      name: tool.name,
      ...description,
      ...(tool.parameters === undefined ? {} : { parameters: tool.parameters }),
      ...(tool.strict === undefined || !takesStrict ? {} : { strict: tool.strict }),
    },
    ...ownExtras(tool.extras),
    ...encodeCache(tool.cache, path, target),
  }
}

const encodeChoice = (request: ChatRequest, target: EncodeTarget): JsonObject => {
  const choice = request.toolChoice
  if (choice === undefined) return {}
  if (typeof choice === "string") return { tool_choice: choice }
  if ("opaque" in choice) {
    if (choice.dialect === dialectName) return { tool_choice: choice.opaque }
    target.lose({
      path: "tool_choice",
      action: "dropped",
      code: "tool_choice_unsupported",
      reason: `only ${choice.dialect} upstreams understand it`,
    })
    return {}
  }
  const named = (tool: Tool) => "name" in tool && tool.name === choice.name
  // Other formats name it like a function, by the name of its type.
  if (choice.name.startsWith("web_search") && !request.tools?.some(named)) {
    if (target.profile.webSearch === "tool") return { tool_choice: { type: "web_search" } }
    const reason = "the upstream cannot be made to search"
    target.lose({ path: "tool_choice", action: "dropped", code: "tool_choice_unsupported", reason })
    return {}
  }
  const isCustom =
    target.profile.customTools !== false && request.tools?.some((tool) => tool.type === "custom" && named(tool))
  const kind = isCustom ? "custom" : "function"
  return { tool_choice: { type: kind, [kind]: { name: choice.name } } }
}

/** Tools, which of them to use, and how many at once. */
export const encodeTools = (request: ChatRequest, target: EncodeTarget): JsonObject => {
  const all = [...(request.tools ?? []).entries()]
  const takesTools = target.profile.tools !== false
  const offered = takesTools ? all : all.filter(([, tool]) => tool.type === "web-search")
  if (offered.length < all.length)
    target.lose({ path: "tools", action: "dropped", code: "tool_unsupported", reason: "the upstream knows no tools" })
  const encoded = offered.map(([index, tool]) => encodeTool(tool, `tools[${index}]`, target))
  const tools = encoded.filter((tool) => tool !== undefined)
  if (tools.length === 0) {
    // Old LiteLLM in front of Claude refuses such a history without the field; everywhere else an empty list, or a choice
    // without tools, is the error.
    const called = request.messages.some((message) => message.role === "tool")
    return called && takesTools && target.profile.toolsWithToolHistory ? { tools: [] } : {}
  }
  const parallel = request.parallelToolCalls
  return {
    tools,
    ...encodeChoice(request, target),
    ...(parallel === undefined ? {} : { parallel_tool_calls: parallel }),
  }
}

export const encodeResponseFormat = (format: ResponseFormat | undefined, target: EncodeTarget): JsonObject => {
  if (!format) return {}
  if (format.type === "text") return { response_format: { type: "text" } }
  if (format.type === "json-object") return { response_format: { type: "json_object" } }
  if (format.type === "opaque") {
    if (format.dialect === dialectName) return { response_format: format.data }
    target.lose({
      path: "response_format",
      action: "dropped",
      code: "format_unsupported",
      reason: `only ${format.dialect} upstreams understand it`,
    })
    return {}
  }
  const { name, schema, strict, description } = format
  return {
    response_format: {
      type: "json_schema",
      json_schema: {
        name,
        ...(description === undefined ? {} : { description }),
        schema,
        ...(strict === undefined ? {} : { strict }),
      },
    },
  }
}
