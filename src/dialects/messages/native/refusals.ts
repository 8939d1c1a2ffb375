import { isObject, type Json, type JsonObject, type Profile } from "../../../contract/index.ts"
import { type Member, valueText } from "../../json-text/index.ts"
import { threadField } from "../client/decode.ts"

/** The small objects among the top-level fields, whose values decide; the large ones are never parsed. */
export interface SmallFields {
  readonly thinking: JsonObject | undefined
  readonly toolChoice: JsonObject | undefined
  readonly outputConfig: JsonObject | undefined
}

const objectOf = (text: string, member: Member | undefined): JsonObject | undefined => {
  if (!member || text[member.valueStart] !== "{") return undefined
  const value = JSON.parse(valueText(text, member)) as Json
  return isObject(value) ? value : undefined
}

export const readSmall = (text: string, members: readonly Member[]): SmallFields => {
  const find = (key: string) => members.find((member) => member.key === key)
  return {
    thinking: objectOf(text, find("thinking")),
    toolChoice: objectOf(text, find("tool_choice")),
    outputConfig: objectOf(text, find("output_config")),
  }
}

export const isActive = (thinking: JsonObject | undefined): boolean =>
  thinking?.type === "enabled" || thinking?.type === "adaptive"

/** Forms of thinking that the model does not take. */
const refusesThinking = (thinking: JsonObject | undefined, limit: number, profile: Profile): boolean => {
  const kind = profile.thinking ?? "budget"
  switch (thinking?.type) {
    case undefined:
      return false
    case "enabled":
      if (kind === "none" || profile.adaptiveOnly) return true
      return typeof thinking.budget_tokens === "number" && thinking.budget_tokens >= limit
    case "adaptive":
      return kind !== "adaptive"
    case "disabled":
      return profile.thinkingMandatory === true
    default:
      return kind !== "adaptive"
  }
}

const refusesOutputConfig = (config: JsonObject | undefined, profile: Profile): boolean => {
  if (!config) return false
  const { effort, format } = config
  if (format !== undefined && format !== null && profile.nativeSchema === false) return true
  if (typeof effort !== "string") return false
  if (profile.effortMap?.[effort] !== undefined) return true
  // Models and servers from before structured outputs know no effort either.
  return profile.thinking !== "adaptive" && profile.nativeSchema === false
}

/** Whether thinking, forced tools and output settings go together with the model and with each other. */
export const refusesWishes = (small: SmallFields, limit: number, profile: Profile): boolean => {
  const { thinking, toolChoice, outputConfig } = small
  if (refusesThinking(thinking, limit, profile) || refusesOutputConfig(outputConfig, profile)) return true
  const isForced = toolChoice?.type === "any" || toolChoice?.type === "tool"
  return isForced && (profile.noForcedTool === true || isActive(thinking))
}

const sampling: ReadonlySet<string> = new Set(["temperature", "top_p", "top_k"])

/** What the values of some fields begin with; anything else is a mistake that the translated lane names with its path. */
const beginnings: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^[-\dn]/, ["temperature", "top_p", "top_k", "max_tokens"]],
  [/^[tfn]/, ["stream"]],
  [/^["n]/, ["model", "service_tier", "user"]],
  [/^["[n]/, ["system"]],
  [/^\[\s*\{/, ["messages"]],
  [/^[[n]/, ["tools", "stop_sequences"]],
  [/^[{n]/, ["thinking", "tool_choice", "output_config", "output_format", "metadata", "cache_control"]],
]
const beginningOf = new Map(beginnings.flatMap(([pattern, keys]) => keys.map((key) => [key, pattern] as const)))

export const isMistaken = (text: string, member: Member): boolean => {
  const pattern = beginningOf.get(member.key)
  return pattern !== undefined && !pattern.test(text.slice(member.valueStart, member.valueStart + 16))
}

const refusesTools = (tools: string, profile: Profile): boolean => {
  if (/^\[\s*\]$/.test(tools)) return true
  if (profile.webSearch !== "tool" && /"type"\s*:\s*"web_search/.test(tools)) return true
  if (profile.toolCache === false && tools.includes('"cache_control"')) return true
  const noStrict = profile.strictTools === false || profile.nativeSchema === false
  return noStrict && /"strict"\s*:\s*true/.test(tools)
}

/** Whether one top-level field has to be read or reported before it may go up. */
export const fieldNeedsTranslation = (member: Member, text: string, profile: Profile, thinks: boolean): boolean => {
  const { key } = member
  if (text.startsWith("null", member.valueStart)) return false
  if (key === threadField) return true
  // A dropped field is a loss, and losses are reported by the encoder.
  if (profile.dropFields?.includes(key)) return true
  if (key === "tools") return refusesTools(valueText(text, member), profile)
  // The older name of `output_config.format`.
  if (key === "output_format") return profile.nativeSchema === false
  if (key === "temperature" && Number(valueText(text, member)) > (profile.maxTemperature ?? 1)) return true
  return sampling.has(key) && (profile.noSampling === true || thinks)
}
