import { type ChatRequest, isObject, type Tool, type ToolChoice } from "../../contract/index.ts"

export interface SettledTools {
  readonly tools: readonly Tool[]
  /** Never opaque to anybody but `dialect`. */
  readonly choice: ToolChoice | undefined
}

const nameOf = (tool: Tool): string | undefined => ("name" in tool ? tool.name : undefined)

/**
 * Which tools a request lets the model use. Chat completions can name a subset, `{type: "allowed_tools", allowed_tools: {mode,
 * tools}}`: for upstreams without that word the others are left out.
 */
export const settleTools = (request: ChatRequest): SettledTools => {
  const tools = request.tools ?? []
  const choice = request.toolChoice
  if (typeof choice !== "object" || !("opaque" in choice) || !isObject(choice.opaque)) return { tools, choice }
  const { opaque } = choice
  if (opaque.type !== "allowed_tools") return { tools, choice }
  const allowed = isObject(opaque.allowed_tools) ? opaque.allowed_tools : opaque
  const names = new Set<string>()
  let searches = false
  for (const entry of Array.isArray(allowed.tools) ? allowed.tools : []) {
    if (!isObject(entry)) continue
    const holder = isObject(entry.function) ? entry.function : isObject(entry.custom) ? entry.custom : entry
    if (typeof holder.name === "string") names.add(holder.name)
    // Responses names built-in tools by their type alone.
    else if (typeof entry.type === "string" && /^web_search/.test(entry.type)) searches = true
  }
  return {
    tools: tools.filter((tool) => (tool.type === "web-search" ? searches : names.has(nameOf(tool) ?? ""))),
    choice: allowed.mode === "required" ? "required" : "auto",
  }
}
