import { customToolSchema, dropForeignExtras, type Lose, settleTools, type ToolNames } from "signalbox/dialects"
import { type ChatRequest, isObject, type JsonObject, type Profile, type Tool } from "signalbox/plugin"
import { dialectName } from "../formats.ts"

const encodeTool = (tool: Tool, path: string, names: ToolNames, lose: Lose): JsonObject | undefined => {
  if (tool.type === "opaque") {
    if (tool.dialect === dialectName && isObject(tool.data)) return tool.data
    lose({ path, action: "dropped", code: "tool_unsupported", reason: "the upstream has no such built-in tool" })
    return undefined
  }
  if (tool.type === "web-search") {
    lose({ path, action: "dropped", code: "search_unsupported", reason: "the upstream cannot search the web" })
    return undefined
  }
  dropForeignExtras(tool.extras, dialectName, `${path}.`, lose)
  if (tool.type === "custom")
    lose({
      path,
      action: "approximated",
      code: "tool_approximated",
      reason: "a free-text tool became a function with one text argument",
    })
  else if (tool.cache !== undefined)
    lose({
      path: `${path}.cache_control`,
      action: "dropped",
      code: "cache_breakpoint_lost",
      reason: "the upstream caches by itself",
    })
  const schema = tool.type === "custom" ? customToolSchema(tool) : tool.parameters
  return {
    type: "function",
    function: {
      name: names.toWire(tool.name),
      ...(tool.description === undefined ? {} : { description: tool.description.toWellFormed() }),
      parameters: schema ?? { type: "object", properties: {} },
    },
    ...tool.extras?.[dialectName],
  }
}

/** docs.cohere.com/docs/structured-outputs: strict tools are strict together, and each needs a required parameter. */
const strictTools = (tools: readonly Tool[], lose: Lose): JsonObject => {
  const functions = tools.filter((tool) => tool.type === "function")
  if (!functions.some(({ strict }) => strict)) return {}
  const canBe = ({ parameters }: { readonly parameters?: JsonObject }) =>
    Array.isArray(parameters?.required) && parameters.required.length > 0
  if (functions.length === tools.length && functions.every((tool) => tool.strict && canBe(tool)))
    return { strict_tools: true }
  lose({
    path: "tools",
    action: "dropped",
    code: "parameter_unsupported",
    reason: "strict holds for all tools or none here, and needs a required parameter in each",
  })
  return {}
}

/** Tools and how the model may choose: REQUIRED, NONE, or as it likes. A named tool is the only one left, and required. */
export const encodeTools = (
  request: ChatRequest,
  { names, profile, lose }: { readonly names: ToolNames; readonly profile: Profile; readonly lose: Lose },
): JsonObject => {
  const settled = settleTools(request)
  const all = request.tools ?? []
  const { choice } = settled
  const wanted = typeof choice === "object" && "name" in choice ? choice.name : undefined
  const allowed = settled.tools.filter((tool) => wanted === undefined || ("name" in tool && tool.name === wanted))
  const tools = allowed
    .map((tool) => encodeTool(tool, `tools[${all.indexOf(tool)}]`, names, lose))
    .filter((tool) => tool !== undefined)
  if (tools.length === 0) return {}
  if (request.parallelToolCalls === false)
    lose({
      path: "parallel_tool_calls",
      action: "dropped",
      code: "parameter_unsupported",
      reason: "the upstream has no such switch",
    })
  if (typeof choice === "object" && "opaque" in choice)
    lose({
      path: "tool_choice",
      action: "dropped",
      code: "tool_choice_unsupported",
      reason: "the upstream has no such choice",
    })
  const fields = { tools, ...strictTools(allowed, lose) }
  const word = choice === "none" ? "NONE" : choice === "required" || wanted !== undefined ? "REQUIRED" : undefined
  if (word === undefined) return fields
  if (!profile.noForcedTool) return { ...fields, tool_choice: word }
  // Without the field, the only way to forbid tools is to name none.
  if (word === "NONE") return {}
  lose({
    path: "tool_choice",
    action: "approximated",
    code: "tool_choice_unsupported",
    reason: "the model cannot be forced to call a tool; sent without a choice",
  })
  return fields
}
