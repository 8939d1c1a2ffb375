import { customToolSchema, dropForeignExtras, type Lose, settleTools, type ToolNames } from "signalbox/dialects"
import { type ChatRequest, isObject, type JsonObject, type Profile, type Tool, type ToolChoice } from "signalbox/plugin"
import { isClaudeModel, isNova } from "../../models.ts"
import { dialectName } from "../formats.ts"
import { cachePoint } from "./blocks.ts"

export interface ToolContext {
  readonly model: string
  readonly profile: Profile
  readonly names: ToolNames
  readonly lose: Lose
  /** The model cannot be forced to call a tool in this request. */
  readonly noForce: boolean
  /** The tool whose arguments are the structured answer. */
  readonly answerTool: JsonObject | undefined
}

export interface ToolFields {
  /** `toolConfig.tools`, cache points included; empty = no tools. */
  readonly tools: readonly JsonObject[]
  readonly toolChoice?: JsonObject
  /** Claude's own `tool_choice`, which can ask for one call at a time. */
  readonly ownChoice?: JsonObject
}

const objectSchema = (schema: JsonObject | undefined): JsonObject =>
  schema?.type === "object" ? schema : { ...(schema ?? { properties: {} }), type: "object" }

const encodeTool = (tool: Tool, path: string, { profile, names, lose }: ToolContext): JsonObject[] => {
  if (tool.type === "opaque") {
    if (tool.dialect === dialectName && isObject(tool.data)) return [structuredClone(tool.data)]
    lose({ path, action: "dropped", code: "tool_unsupported", reason: "the upstream has no such built-in tool" })
    return []
  }
  if (tool.type === "web-search") {
    lose({ path, action: "dropped", code: "search_unsupported", reason: "the upstream cannot search the web" })
    return []
  }
  dropForeignExtras(tool.extras, dialectName, `${path}.`, lose)
  const description = tool.description?.trim() ? { description: tool.description.toWellFormed() } : {}
  const common = { name: names.toWire(tool.name), ...description }
  if (tool.type === "custom") {
    lose({
      path,
      action: "approximated",
      code: "tool_approximated",
      reason: "a free-text tool became a function with one text argument",
    })
    return [{ toolSpec: { ...common, inputSchema: { json: customToolSchema(tool) }, ...tool.extras?.[dialectName] } }]
  }
  const strict = tool.strict === true && profile.strictTools !== false
  if (tool.strict && !strict)
    lose({
      path: `${path}.function.strict`,
      action: "dropped",
      code: "parameter_unsupported",
      reason: "the model has no strict tools here",
    })
  const toolSpec: JsonObject = {
    ...common,
    inputSchema: { json: objectSchema(tool.parameters) },
    ...(strict ? { strict: true } : {}),
    ...tool.extras?.[dialectName],
  }
  return tool.cache ? [{ toolSpec }, cachePoint(tool.cache)] : [{ toolSpec }]
}

const nameOf = (tool: JsonObject): string | undefined =>
  isObject(tool.toolSpec) && typeof tool.toolSpec.name === "string" ? tool.toolSpec.name : undefined

type Wanted = "auto" | "any" | { readonly name: string }

const wantedOf = (choice: ToolChoice | undefined, context: ToolContext): Wanted | undefined => {
  if (choice === undefined || choice === "none") return undefined
  if (choice === "auto") return "auto"
  if (choice === "required") return "any"
  if ("name" in choice) return { name: context.names.toWire(choice.name) }
  context.lose({
    path: "tool_choice",
    action: "dropped",
    code: "tool_choice_unsupported",
    reason: "the upstream has no such choice",
  })
  return undefined
}

/** Converse's word for a choice, and Claude's. */
const converseChoice = (wanted: Wanted): JsonObject =>
  typeof wanted === "string" ? { [wanted]: {} } : { tool: { name: wanted.name } }
const claudeChoice = (wanted: Wanted): JsonObject =>
  typeof wanted === "string" ? { type: wanted } : { type: "tool", name: wanted.name }

/** Tools and the choice among them. There is no `none` here: the tools are left out instead. */
export const encodeTools = (request: ChatRequest, context: ToolContext): ToolFields => {
  const { model, profile, lose, answerTool } = context
  const settled = settleTools(request)
  const all = request.tools ?? []
  if (profile.tools === false) {
    if (settled.tools.length > 0)
      lose({ path: "tools", action: "dropped", code: "tool_unsupported", reason: "the model takes no tools" })
    return { tools: [] }
  }
  const none = settled.choice === "none" && settled.tools.length > 0
  if (none)
    lose({
      path: "tool_choice",
      action: "approximated",
      code: "tool_choice_unsupported",
      reason: "the upstream has no such choice; the tools were left out",
    })
  let tools = none ? [] : settled.tools.flatMap((tool) => encodeTool(tool, `tools[${all.indexOf(tool)}]`, context))
  let wanted = wantedOf(settled.choice, context)
  const answerName = answerTool && nameOf(answerTool)
  if (answerTool && answerName !== undefined) {
    wanted = tools.length === 0 ? { name: answerName } : typeof wanted === "object" ? wanted : "any"
    tools.push(answerTool)
  }
  if (tools.length === 0) return { tools }
  // Where a tool cannot be named, it is the only one to choose.
  const named = typeof wanted === "object" ? wanted.name : undefined
  if (named !== undefined && (context.noForce || !(isClaudeModel(model) || isNova(model)))) {
    tools = tools.filter((tool) => nameOf(tool) === named)
    wanted = "any"
  }
  if (context.noForce && wanted !== undefined && wanted !== "auto") {
    wanted = "auto"
    const path = answerTool ? "response_format" : "tool_choice"
    lose({
      path,
      action: "approximated",
      code: "tool_choice_unsupported",
      reason: "the model cannot be forced to call a tool here; sent as auto",
    })
  }
  if (request.parallelToolCalls === false && !isClaudeModel(model))
    lose({
      path: "parallel_tool_calls",
      action: "dropped",
      code: "parameter_unsupported",
      reason: "the model has no such switch",
    })
  if (isClaudeModel(model) && (request.parallelToolCalls === false || answerTool))
    return { tools, ownChoice: { ...claudeChoice(wanted ?? "auto"), disable_parallel_tool_use: true } }
  return { tools, ...(wanted === undefined ? {} : { toolChoice: converseChoice(wanted) }) }
}
