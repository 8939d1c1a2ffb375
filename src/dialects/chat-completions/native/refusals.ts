import type { Profile } from "../../../contract/index.ts"
import { gatewayKeys } from "../../body/gateway-keys.ts"
import { elementsAt, type Member, memberOf, objectAt, valueText } from "../../json-text/index.ts"
import { asksForFileParser } from "../../translate/index.ts"
import { samplingFields } from "../request/encode.ts"

/** Words in messages and tools that may mean a change only the translated lane can make. */
export const watchedWords: ReadonlySet<string> = new Set([
  "developer",
  "assistant",
  "input_file",
  "input_video",
  "mime_type",
  "image_url",
  "video_url",
  "file_data",
  "file_url",
  "annotations",
  "input_audio",
  "cache_control",
  "prompt_cache_breakpoint",
  "reasoning",
  "reasoning_content",
  "reasoning_text",
  "reasoning_details",
  "reasoning_signature",
  "extra_content",
  "function_call",
  "tool_call_id",
  "tool_calls",
])

const echoes = ["reasoning", "reasoning_content", "reasoning_text", "reasoning_details", "reasoning_signature"] as const
const media = ["image_url", "video_url", "file_data", "input_audio"] as const

/** Whether messages or tools hold what this upstream wants written differently. Rather too often than too seldom. */
export const contentNeedsTranslation = (found: ReadonlySet<string>, profile: Profile): boolean => {
  const has = (...words: readonly string[]) => words.some((word) => found.has(word))
  if (has("input_file", "input_video", "mime_type", "file_url", "function_call")) return true
  if (profile.developerRole === false && has("developer")) return true
  if (has(...echoes.filter((word) => word !== profile.reasoningEcho))) return true
  if (profile.reasoningEcho && has("assistant")) {
    const isPartial = profile.reasoningEchoTurns === "current" || profile.reasoningOrigins !== undefined
    if (isPartial && has(profile.reasoningEcho)) return true
    if (profile.reasoningEchoEmpty) return true
  }
  if (profile.cacheFormat !== "anthropic" && has("cache_control")) return true
  if (profile.cacheFormat !== "openai" && has("prompt_cache_breakpoint")) return true
  if (has("extra_content") && !profile.reasoningOrigins?.includes("google-gemini-v1")) return true
  if (has("tool_call_id", "tool_calls")) {
    if (profile.toolResultName || profile.toolsWithToolHistory || profile.tools === false) return true
    if (profile.toolCallIds !== undefined && profile.toolCallIds !== "any") return true
    if (!profile.imageInToolResult && has(...media)) return true
  }
  if ((profile.images === false || profile.mediaUrls === false) && has("image_url", "video_url")) return true
  return (profile.pdf === false || profile.mediaUrls === false) && has("file_data")
}

const legacy: ReadonlySet<string> = new Set([
  "prompt",
  "functions",
  "function_call",
  "thinking",
  "output_config",
  "enable_thinking",
])
const sampling: ReadonlySet<string> = new Set(samplingFields)
const plainEfforts: ReadonlySet<string> = new Set(["none", "minimal", "low", "medium", "high", "xhigh", "max"])

const effortNeedsTranslation = (text: string, profile: Profile): boolean => {
  if ((profile.reasoningFormat ?? "effort") !== "effort") return true
  const effort = text.startsWith('"') ? text.slice(1, -1) : ""
  if (!plainEfforts.has(effort) || profile.effortMap?.[effort] !== undefined) return true
  return effort === "none" && profile.thinkingMandatory === true
}

/** A file that is no PDF in base64 is fetched or read here first. Escaped quotes keep texts from looking like this. */
const otherFile = /"file_data"\s*:\s*"(?!data:application\/pdf;base64,)/
const remoteAudio = /"data"\s*:\s*"https?:/
/** The text of a file that this gateway read in an earlier turn and told in the answer; only gateways know that form. */
const fileNote = /"hash"\s*:\s*"/

const holdsUnready = (text: string, found: ReadonlySet<string>, profile: Profile): boolean => {
  if (found.has("input_audio") && remoteAudio.test(text)) return true
  if (profile.fileUrls) return false
  return (found.has("file_data") && otherFile.test(text)) || (found.has("annotations") && fileNote.test(text))
}

/** `@openrouter/ai-sdk-provider` puts `name` on tool messages; OpenAI refuses it there as an unknown parameter. */
const namesToolResult = (text: string, messages: Member): boolean =>
  (elementsAt(text, messages.valueStart) ?? []).some(({ start }) => {
    const message = objectAt(text, start)
    return memberOf(message, "tool_call_id") !== undefined && memberOf(message, "name") !== undefined
  })

const searchTool = /"type"\s*:\s*"(openrouter:web_search|web_search|browser_search)/

/** A search that the upstream knows under another name, or cannot do. */
const needsSearch = (tools: string, profile: Profile): boolean => {
  const type = searchTool.exec(tools)?.[1]
  if (type === undefined) return false
  return type === "browser_search" ? profile.webSearch !== "browser" : profile.webSearch !== "tool"
}

/** Whether one top-level field has to be read or reported before it may go up. */
export const fieldNeedsTranslation = (
  member: Member,
  text: string,
  profile: Profile,
  found: ReadonlySet<string>,
): boolean => {
  const { key } = member
  const value = () => valueText(text, member)
  if (key === "messages") {
    if (profile.nonNullAssistantContent === true && /"content"\s*:\s*null/.test(value())) return true
    if (holdsUnready(value(), found, profile)) return true
    // Calls of free-text tools, rather too often than too seldom.
    if (profile.customTools === false && found.has("tool_calls") && value().includes('"custom"')) return true
    return found.has("tool_call_id") && !profile.toolResultName && namesToolResult(text, member)
  }
  const isNull = text.startsWith("null", member.valueStart)
  if (key === "plugins") return asksForFileParser(value())
  // The client asked not to be shown the reasoning.
  if (key === "include_reasoning") return text.startsWith("false", member.valueStart)
  if (isNull || gatewayKeys.has(key)) return false
  // Dropping a field is a loss, and losses are reported by the encoder.
  if (profile.dropFields?.includes(key)) return true
  if (key === "reasoning")
    return profile.reasoningFormat !== "openrouter" || profile.effortMap !== undefined || value().includes('"exclude"')
  if (key === "reasoning_effort") return effortNeedsTranslation(value(), profile)
  if (key === "cache_control") return profile.cacheFormat !== "anthropic"
  if (key === "web_search_options") return profile.webSearch !== "options"
  if (key === "tools") {
    if (profile.tools === false || profile.reasoningWithTools === false) return true
    if (needsSearch(value(), profile)) return true
    if (profile.customTools === false && /"type"\s*:\s*"custom"/.test(value())) return true
    return /^\[\s*\]$/.test(value()) || (profile.strictTools === false && value().includes('"strict"'))
  }
  if (key === "tool_choice") return /^"any"/.test(value())
  if (key === "temperature" && profile.maxTemperature !== undefined && Number(value()) > profile.maxTemperature)
    return true
  if (sampling.has(key)) return profile.noSampling === true
  return legacy.has(key)
}
