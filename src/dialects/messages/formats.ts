import type { ChatRequest, JsonObject, Profile } from "../../contract/index.ts"
import { type ToolNames, toolNames } from "../translate/index.ts"

/** Key of this format's fields in `Extras`, and its name everywhere. */
export const dialectName = "messages"

/** The tag of Claude's signed and redacted thinking (OpenRouter's vocabulary). */
export const claudeFormat = "anthropic-claude-v1"

/** `{ extras }` when there is something to keep, so that absent stays absent. */
export const withExtras = (rest: JsonObject): { extras?: Record<string, JsonObject> } =>
  Object.keys(rest).length === 0 ? {} : { extras: { [dialectName]: rest } }

/** Which thinking may go back to this upstream. The first is also what its own thinking is tagged with. */
export const reasoningOrigins = (profile: Profile): readonly string[] => profile.reasoningOrigins ?? [claudeFormat]

/** Anthropic's rule for tool names: platform.claude.com, tool use. */
export const messagesToolNames = (request: ChatRequest): ToolNames =>
  toolNames(request, { allowed: /^[a-zA-Z0-9_-]{1,128}$/, forbidden: /[^a-zA-Z0-9_-]/g, length: 128 })

/**
 * Name of the extra tool whose arguments are the structured answer, for models without `output_config.format`; undefined where the
 * request does not need one. Encoder and decoder both ask, and get the same name.
 */
export const jsonToolName = (request: ChatRequest, profile: Profile): string | undefined => {
  const kind = request.responseFormat?.type
  if (profile.nativeSchema !== false || (kind !== "json-schema" && kind !== "json-object")) return undefined
  const taken = new Set((request.tools ?? []).flatMap((tool) => ("name" in tool ? [tool.name] : [])))
  let name = "json"
  while (taken.has(name)) name = `${name}_answer`
  return name
}
