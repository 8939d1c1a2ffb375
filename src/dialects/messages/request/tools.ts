import {
  type ChatRequest,
  isObject,
  type JsonObject,
  type Profile,
  type Tool,
  type WebSearchTool,
} from "../../../contract/index.ts"
import {
  customToolSchema,
  dropForeignExtras,
  type Lose,
  loseSearchSettings,
  settleTools,
  type ToolNames,
} from "../../translate/index.ts"
import { dialectName } from "../formats.ts"
import { cacheControl } from "./blocks.ts"
import { cleanSchema } from "./schema.ts"

export interface ToolFields {
  readonly tools?: JsonObject[]
  readonly toolChoice?: JsonObject
}

export interface ToolContext {
  readonly profile: Profile
  readonly names: ToolNames
  readonly lose: Lose
  /** The model thinks, or refuses forced choices anyway. */
  readonly noForce: boolean
  /** The one-tool trick's tool. */
  readonly jsonTool: JsonObject | undefined
}

const objectSchema = (schema: JsonObject | undefined): JsonObject =>
  schema === undefined
    ? { type: "object", properties: {} }
    : schema.type === "object"
      ? schema
      : { ...schema, type: "object" }

/** Anthropic's own search (platform.claude.com, web search tool); the client's version of it is kept. */
const encodeWebSearch = (tool: WebSearchTool, path: string, { profile, lose }: ToolContext): JsonObject | undefined => {
  if (profile.webSearch !== "tool") {
    lose({ path, action: "dropped", code: "search_unsupported", reason: "the upstream cannot search the web" })
    return undefined
  }
  const { maxUses, allowedDomains, userLocation, cache } = tool
  loseSearchSettings(tool, path, ["max_uses", "allowed_domains", "excluded_domains", "user_location"], lose)
  const both = allowedDomains !== undefined && tool.blockedDomains !== undefined
  if (both) {
    const reason = "allowed and blocked domains exclude each other"
    lose({ path: `${path}.excluded_domains`, action: "dropped", code: "parameter_conflict", reason })
  }
  const blockedDomains = both ? undefined : tool.blockedDomains
  return {
    type: "web_search_20250305",
    name: "web_search",
    ...(maxUses === undefined ? {} : { max_uses: maxUses }),
    ...(allowedDomains === undefined ? {} : { allowed_domains: [...allowedDomains] }),
    ...(blockedDomains === undefined ? {} : { blocked_domains: [...blockedDomains] }),
    ...(userLocation === undefined ? {} : { user_location: { type: "approximate", ...userLocation } }),
    ...(cache ? { cache_control: cacheControl(cache) } : {}),
    ...tool.extras?.[dialectName],
  }
}

const encodeTool = (tool: Tool, path: string, request: ChatRequest, context: ToolContext): JsonObject | undefined => {
  const { lose, names, profile } = context
  if (tool.type === "opaque") {
    if (tool.dialect === dialectName && isObject(tool.data)) return structuredClone(tool.data)
    lose({ path, action: "dropped", code: "tool_unsupported", reason: "the upstream has no such built-in tool" })
    return undefined
  }
  if (tool.type === "web-search") return encodeWebSearch(tool, path, context)
  dropForeignExtras(tool.extras, dialectName, `${path}.`, lose)
  const common = {
    name: names.toWire(tool.name),
    ...(tool.description === undefined ? {} : { description: tool.description.toWellFormed() }),
  }
  if (tool.type === "custom") {
    lose({
      path,
      action: "approximated",
      code: "tool_approximated",
      reason: "a free-text tool became a function with one text argument",
    })
    return { ...common, input_schema: customToolSchema(tool), ...tool.extras?.[dialectName] }
  }
  // Strict tools are compiled like structured outputs, and only by models that know those.
  const strict = tool.strict === true && profile.nativeSchema !== false && profile.strictTools !== false
  if (tool.strict && !strict)
    lose({
      path: `${path}.function.strict`,
      action: "dropped",
      code: "parameter_unsupported",
      reason: "the model has no strict tools",
    })
  const takesCache = profile.toolCache !== false
  if (tool.cache && !takesCache) {
    const reason = "the upstream takes no breakpoints on tools"
    lose({ path: `${path}.cache_control`, action: "dropped", code: "cache_breakpoint_lost", reason })
  }
  const schema = objectSchema(tool.parameters)
  return {
    ...common,
    input_schema: strict ? cleanSchema(schema, `${path}.function.parameters`, lose) : schema,
    ...(strict ? { strict: true } : {}),
    ...(profile.eagerToolInput && request.stream ? { eager_input_streaming: true } : {}),
    ...(tool.cache && takesCache ? { cache_control: cacheControl(tool.cache) } : {}),
    ...tool.extras?.[dialectName],
  }
}

/** The choice as Anthropic spells it, before anybody asks whether the model may be forced. */
const choiceOf = (choice: ReturnType<typeof settleTools>["choice"], context: ToolContext): JsonObject | undefined => {
  if (choice === undefined) return undefined
  if (choice === "auto" || choice === "none") return { type: choice }
  if (choice === "required") return { type: "any" }
  if ("name" in choice) return { type: "tool", name: context.names.toWire(choice.name) }
  if (choice.dialect === dialectName && isObject(choice.opaque)) return choice.opaque
  context.lose({
    path: "tool_choice",
    action: "dropped",
    code: "tool_choice_unsupported",
    reason: "the upstream has no such choice",
  })
  return undefined
}

/** The answer's own tool joins the client's; then the model must call one of them, and only one. */
const withJsonTool = (choice: JsonObject | undefined, tools: JsonObject[], jsonTool: JsonObject): JsonObject => {
  const alone = tools.length === 0 || choice?.type === "none"
  if (alone) tools.length = 0
  tools.push(jsonTool)
  if (choice?.type === "tool") return choice
  return alone ? { type: "tool", name: jsonTool.name ?? "" } : { type: "any" }
}

/** Tools and tool choice. A forced choice that the model refuses becomes `auto`; of a named tool only that one is left to choose. */
export const encodeTools = (request: ChatRequest, context: ToolContext): ToolFields => {
  const settled = settleTools(request)
  const all = request.tools ?? []
  let tools = settled.tools
    .map((tool) => encodeTool(tool, `tools[${all.indexOf(tool)}]`, request, context))
    .filter((tool) => tool !== undefined)
  let choice = tools.length > 0 ? choiceOf(settled.choice, context) : undefined
  if (context.jsonTool) choice = withJsonTool(choice, tools, context.jsonTool)
  if (context.noForce && (choice?.type === "any" || choice?.type === "tool")) {
    if (choice.type === "tool") {
      const wanted = choice.name
      tools = tools.filter((tool) => tool.name === wanted)
    }
    choice = { type: "auto" }
    const reason = "the model cannot be forced to call a tool here; sent as auto"
    context.lose({
      path: context.jsonTool ? "response_format" : "tool_choice",
      action: "approximated",
      code: "tool_choice_unsupported",
      reason,
    })
  }
  if (tools.length === 0) return {}
  const single = request.parallelToolCalls === false || context.jsonTool !== undefined
  if (single && choice?.type !== "none") choice = { ...(choice ?? { type: "auto" }), disable_parallel_tool_use: true }
  return { tools, ...(choice ? { toolChoice: choice } : {}) }
}
