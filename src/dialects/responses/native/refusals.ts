import type { Profile } from "../../../contract/index.ts"
import { elementsAt, type Member, memberOf, objectAt, valueText } from "../../json-text/index.ts"

/** Words in items and tools that may mean a change only the translated lane can make. */
export const watchedWords: ReadonlySet<string> = new Set([
  "developer",
  "signature",
  "item_reference",
  "input_image",
  "input_video",
  "input_file",
  "image_url",
  "file_url",
  "mime_type",
  "cache_control",
  "prompt_cache_breakpoint",
  "function_call_output",
  "custom_tool_call_output",
  "openai-responses-v1",
  "xai-responses-v1",
  "anthropic-claude-v1",
  "google-gemini-v1",
])

/** Whether items or tools hold what this upstream wants written differently. Rather too often than too seldom. */
export const contentNeedsTranslation = (found: ReadonlySet<string>, profile: Profile): boolean => {
  const has = (...words: readonly string[]) => words.some((word) => found.has(word))
  if (has("item_reference", "input_video", "mime_type")) return true
  // Fields of reasoning that the faces have beyond OpenAI's, which refuses them.
  if (has("signature", "openai-responses-v1", "xai-responses-v1", "anthropic-claude-v1", "google-gemini-v1"))
    return true
  if (profile.developerRole === false && has("developer")) return true
  if (profile.cacheFormat !== "anthropic" && has("cache_control")) return true
  if (profile.cacheFormat !== "openai" && has("prompt_cache_breakpoint")) return true
  if (profile.toolCallIds !== undefined && profile.toolCallIds !== "any" && has("function_call_output")) return true
  if (profile.imageInToolResult === false && has("function_call_output", "custom_tool_call_output"))
    if (has("input_image", "input_file")) return true
  if (profile.images === false && has("input_image")) return true
  if (profile.pdf === false && has("input_file")) return true
  return profile.mediaUrls === false && has("image_url", "file_url")
}

/** Fields of the other APIs, and of OpenRouter's form of this one, that OpenAI's refuses by name. */
export const foreignFields: ReadonlySet<string> = new Set([
  "top_k",
  "min_p",
  "top_a",
  "frequency_penalty",
  "presence_penalty",
  "repetition_penalty",
  "seed",
  "logit_bias",
  "logprobs",
  "stop",
  "n",
  "messages",
  "max_tokens",
  "max_completion_tokens",
  "reasoning_effort",
  "response_format",
  "verbosity",
  "modalities",
  "image_config",
  "cache_control",
])

/** State that would have to be somewhere else than in the request. */
const state: ReadonlySet<string> = new Set(["previous_response_id", "conversation"])

const plainEfforts: ReadonlySet<string> = new Set(["none", "minimal", "low", "medium", "high", "xhigh", "max"])
/** What OpenAI's API knows of reasoning; the budgets and switches of others are translated. */
const reasoningFields: ReadonlySet<string> = new Set(["effort", "summary", "generate_summary", "context", "mode"])

const reasoningNeedsTranslation = (text: string, profile: Profile): boolean => {
  if (profile.reasoningFormat === "none" || profile.thinking === "none") return true
  const span = objectAt(text)
  if (!span || span.duplicates.length > 0 || span.members.some(({ key }) => !reasoningFields.has(key))) return true
  const member = memberOf(span, "effort")
  if (!member || valueText(text, member) === "null") return false
  const effort = valueText(text, member).slice(1, -1)
  if (!plainEfforts.has(effort) || profile.effortMap?.[effort] !== undefined) return true
  return effort === "none" && profile.thinkingMandatory === true
}

const typeOf = (text: string, start: number): string => {
  const member = memberOf(objectAt(text, start), "type")
  return member ? valueText(text, member).slice(1, -1) : ""
}

const toolsNeedTranslation = (text: string, member: Member, profile: Profile): boolean => {
  const tools = elementsAt(text, member.valueStart)
  if (!tools) return true
  if (profile.strictTools === false && valueText(text, member).includes('"strict"')) return true
  return tools.some(({ start }) => {
    const type = typeOf(text, start)
    // Built-in tools of the hosted gateway are run by nobody upstream.
    if (type.startsWith("openrouter:")) return true
    return type.startsWith("web_search") && profile.webSearch !== "tool"
  })
}

const refusesSampling = (profile: Profile): boolean => profile.noSampling === true

/** Whether one top-level field, which is not null, has to be read or reported before it may go up. */
export const fieldNeedsTranslation = (member: Member, text: string, profile: Profile): boolean => {
  const { key } = member
  if (state.has(key)) return true
  if (key === "background") return valueText(text, member) !== "false"
  if (key === "store") return false
  // "Encrypted content is not supported with this model."
  if (key === "include")
    return profile.reasoningFormat === "none" && valueText(text, member).includes("encrypted_content")
  // Dropping a field is a loss, and losses are reported by the encoder.
  if (profile.dropFields?.includes(key)) return true
  if (foreignFields.has(key)) return profile.takesFields?.includes(key) !== true
  if (key === "reasoning") return reasoningNeedsTranslation(valueText(text, member), profile)
  if (key === "tools") return toolsNeedTranslation(text, member, profile)
  if (key === "temperature") {
    const highest = profile.maxTemperature
    return refusesSampling(profile) || (highest !== undefined && Number(valueText(text, member)) > highest)
  }
  return (key === "top_p" || key === "top_logprobs") && refusesSampling(profile)
}
