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

export interface ToolFields {
  readonly tools?: JsonObject[]
  readonly toolConfig?: JsonObject
  /** Functions are declared. */
  readonly declared: boolean
  /** The model must call one of them. */
  readonly forced: boolean
}

const hasArguments = (schema: JsonObject | undefined): schema is JsonObject =>
  schema !== undefined &&
  !(isObject(schema.properties) && Object.keys(schema.properties).length === 0 && !schema.required)

const declare = (
  tool: Exclude<Tool, { type: "opaque" | "web-search" }>,
  path: string,
  names: ToolNames,
  lose: Lose,
): JsonObject => {
  dropForeignExtras(tool.extras, dialectName, `${path}.`, lose)
  if (tool.type === "custom")
    lose({
      path,
      action: "approximated",
      code: "tool_approximated",
      reason: "a free-text tool became a function with one text argument",
    })
  const schema = tool.type === "custom" ? customToolSchema(tool) : tool.parameters
  return {
    name: names.toWire(tool.name),
    ...(tool.description === undefined ? {} : { description: tool.description.toWellFormed() }),
    // The older field `parameters` takes a subset of OpenAPI only: no $ref, no oneOf, no additionalProperties.
    ...(hasArguments(schema) ? { parametersJsonSchema: schema } : {}),
    ...tool.extras?.[dialectName],
  }
}

interface SearchContext {
  readonly profile: Profile
  /** Function tools are offered as well. */
  readonly declared: boolean
  readonly lose: Lose
}

/** Google's search (ai.google.dev, grounding); what only this API knows of it comes with the client's own tool. */
const encodeSearch = (tool: WebSearchTool, path: string, context: SearchContext): JsonObject | undefined => {
  const { profile, declared, lose } = context
  if (profile.webSearch === undefined) {
    lose({ path, action: "dropped", code: "search_unsupported", reason: "the model cannot search the web" })
    return undefined
  }
  if (profile.searchAlone && declared) {
    const reason = "the model does not take its search together with function tools"
    lose({ path, action: "dropped", code: "parameter_conflict", reason })
    return undefined
  }
  const own = tool.extras?.[dialectName]
  if (own) return own
  loseSearchSettings(tool, path, [], lose)
  return { googleSearch: {} }
}

/** Function declarations, built-in tools of this API's own, and how the model may choose. */
export const encodeTools = (request: ChatRequest, profile: Profile, names: ToolNames, lose: Lose): ToolFields => {
  const { tools, choice } = settleTools(request)
  const all = request.tools ?? []
  const declarations: JsonObject[] = []
  const builtIn: JsonObject[] = []
  const offersFunctions = tools.some(({ type }) => type === "function" || type === "custom")
  for (const tool of tools) {
    const path = `tools[${all.indexOf(tool)}]`
    if (tool.type === "web-search") {
      const search = encodeSearch(tool, path, { profile, declared: offersFunctions, lose })
      if (search && choice !== "none") builtIn.push(search)
    } else if (tool.type !== "opaque") declarations.push(declare(tool, path, names, lose))
    else if (tool.dialect !== dialectName || !isObject(tool.data))
      lose({ path, action: "dropped", code: "tool_unsupported", reason: "the upstream has no such built-in tool" })
    // The mode NONE stops functions only; a built-in tool would run all the same.
    else if (choice !== "none") builtIn.push(tool.data)
  }
  if (request.parallelToolCalls === false && declarations.length > 0)
    lose({
      path: "parallel_tool_calls",
      action: "dropped",
      code: "parameter_unsupported",
      reason: "the upstream has no such switch",
    })
  const wire = [...(declarations.length > 0 ? [{ functionDeclarations: declarations }] : []), ...builtIn]
  const fields = { ...(wire.length > 0 ? { tools: wire } : {}), declared: declarations.length > 0, forced: false }
  if (declarations.length === 0) return fields
  const mixed = builtIn.length > 0 && profile.serverSideCalls === true
  const mode = (functionCallingConfig: JsonObject): ToolFields => ({
    ...fields,
    toolConfig: { functionCallingConfig, ...(mixed ? { includeServerSideToolInvocations: true } : {}) },
    forced: functionCallingConfig.mode === "ANY",
  })
  if (choice === "none") return mode({ mode: "NONE" })
  if (choice === "required") return mode({ mode: "ANY" })
  // A choice of the search itself: it runs when the model wants it, and cannot be forced.
  const forcesSearch =
    typeof choice === "object" && "name" in choice && !tools.some((tool) => "name" in tool && tool.name === choice.name)
  if (typeof choice === "object" && "name" in choice && !forcesSearch)
    return mode({ mode: "ANY", allowedFunctionNames: [names.toWire(choice.name)] })
  if (forcesSearch) {
    const reason = "the upstream cannot be made to search"
    lose({ path: "tool_choice", action: "dropped", code: "tool_choice_unsupported", reason })
  } else if (typeof choice === "object" && "opaque" in choice) {
    if (choice.dialect === dialectName && isObject(choice.opaque)) return mode(choice.opaque)
    lose({
      path: "tool_choice",
      action: "dropped",
      code: "tool_choice_unsupported",
      reason: "the upstream has no such choice",
    })
  }
  // VALIDATED: the model is free to call, but what it writes follows the schema.
  if (mixed || tools.some((tool) => tool.type === "function" && tool.strict)) return mode({ mode: "VALIDATED" })
  return choice === "auto" ? mode({ mode: "AUTO" }) : fields
}
