import type { NativeTarget } from "../../../contract/index.ts"
import { isObject } from "../../../contract/index.ts"
import { gatewayKeys } from "../../body/gateway-keys.ts"
import { type Member, memberOf, objectAt, patchObject, valueText } from "../../json-text/index.ts"
import { contentNeedsTranslation, fieldNeedsTranslation } from "./refusals.ts"
import { scanRequest } from "./scan.ts"

const isTrue = (text: string, member: Member | undefined) => member !== undefined && valueText(text, member) === "true"

const limitOf = (text: string, member: Member | undefined): number | undefined => {
  const value = member && Number(valueText(text, member))
  return value !== undefined && valueText(text, member!) !== "null" && Number.isInteger(value) ? value : undefined
}

type Changes = Map<string, string | undefined>

/** One limit under the name that the upstream knows; at most what the budget pays for. */
const changeLimit = (text: string, members: readonly Member[], target: NativeTarget, changes: Changes) => {
  const field = target.profile.maxTokensField ?? "max_tokens"
  const other = field === "max_tokens" ? "max_completion_tokens" : "max_tokens"
  const find = (key: string) => members.find((member) => member.key === key)
  const asked = limitOf(text, find("max_completion_tokens")) ?? limitOf(text, find("max_tokens"))
  const limit = Math.min(asked ?? Number.POSITIVE_INFINITY, target.maxOutputTokens ?? Number.POSITIVE_INFINITY)
  if (find(other)) changes.set(other, undefined)
  if (!Number.isFinite(limit)) return
  const present = find(field)
  if (!present || limitOf(text, present) !== limit) changes.set(field, String(limit))
}

/** Usage is always asked for; whether the client sees it is decided when it arrives. */
const changeStreamOptions = (text: string, members: readonly Member[], target: NativeTarget, changes: Changes) => {
  const options = members.find((member) => member.key === "stream_options")
  const isStream = isTrue(
    text,
    members.find((member) => member.key === "stream"),
  )
  const span = options && objectAt(text, options.valueStart)
  if (!isStream) {
    // OpenAI refuses the field outside of streams.
    if (options) changes.set("stream_options", undefined)
    return
  }
  if (target.profile.usageInStream !== false) {
    if (!span || !options) changes.set("stream_options", '{"include_usage":true}')
    else if (!isTrue(text, memberOf(span, "include_usage"))) {
      const part = text.slice(span.start, span.end)
      const inner = objectAt(part)
      if (inner) changes.set("stream_options", patchObject(part, inner, new Map([["include_usage", "true"]])))
    }
  } else if (options) {
    const others = span?.members.filter((member) => member.key !== "include_usage") ?? []
    if (others.length === 0) changes.set("stream_options", undefined)
    else if (memberOf(span, "include_usage")) {
      const part = text.slice(options.valueStart, options.valueEnd)
      const inner = objectAt(part)
      if (inner) changes.set("stream_options", patchObject(part, inner, new Map([["include_usage", undefined]])))
    }
  }
}

const changeExtraBody = (text: string, members: readonly Member[], target: NativeTarget, changes: Changes): boolean => {
  for (const [key, value] of Object.entries(target.profile.extraBody ?? {})) {
    const present = members.find((member) => member.key === key)
    if (!present) changes.set(key, JSON.stringify(value))
    // Two objects are merged, which means reading them.
    else if (isObject(value) && text[present.valueStart] === "{") return false
  }
  return true
}

/** What the values of some fields begin with; anything else is a mistake that the translated lane names with its path. */
const beginnings: readonly (readonly [RegExp, readonly string[]])[] = [
  [
    /^[-\dn]/,
    ["temperature", "top_p", "top_k", "min_p", "top_a", "frequency_penalty", "presence_penalty", "repetition_penalty"],
  ],
  [/^[-\dn]/, ["seed", "n", "max_tokens", "max_completion_tokens", "top_logprobs"]],
  [/^[tfn]/, ["stream", "logprobs", "parallel_tool_calls", "include_reasoning"]],
  [/^["n]/, ["model", "user", "service_tier", "verbosity", "prompt_cache_key", "reasoning_effort"]],
  [/^["[n]/, ["stop"]],
  [/^\[\s*\{/, ["messages"]],
  [/^[[n]/, ["tools", "modalities"]],
  [/^[{n]/, ["response_format", "stream_options", "logit_bias", "metadata", "reasoning", "cache_control"]],
]
const beginningOf = new Map(beginnings.flatMap(([pattern, keys]) => keys.map((key) => [key, pattern] as const)))

/** Lists that OpenAI refuses as `null`, which the hosted routers take for absent. */
const neverNull: ReadonlySet<string> = new Set(["tools", "functions", "modalities"])

const isMistaken = (text: string, member: Member): boolean => {
  const pattern = beginningOf.get(member.key)
  return pattern !== undefined && !pattern.test(text.slice(member.valueStart, member.valueStart + 16))
}

/**
 * The client's body for the upstream: another model name, the gateway's own keys taken out, limit and usage wish put right, all else
 * byte for byte. Undefined when something in it must be read, rewritten or reported as lost: that is the translated lane's work.
 */
export const nativeRequest = (text: string, target: NativeTarget): string | undefined => {
  const { profile } = target
  // Their replies cannot be shown as they are.
  if (profile.thinkTags || profile.usageQuirk?.startsWith("reasoning-outside")) return undefined
  const scan = scanRequest(text)
  if (!scan) return undefined
  const { span, found } = scan
  // Of duplicate keys, the gateway would obey one and the upstream perhaps the other.
  if (span.duplicates.length > 0 || !memberOf(span, "messages")) return undefined
  if (contentNeedsTranslation(found, profile)) return undefined
  const changes: Changes = new Map([["model", JSON.stringify(target.model)]])
  for (const member of span.members) {
    if (isMistaken(text, member) || fieldNeedsTranslation(member, text, profile, found)) return undefined
    const isIdle = neverNull.has(member.key) && valueText(text, member) === "null"
    if (isIdle || gatewayKeys.has(member.key)) changes.set(member.key, undefined)
  }
  changeLimit(text, span.members, target, changes)
  changeStreamOptions(text, span.members, target, changes)
  if (!changeExtraBody(text, span.members, target, changes)) return undefined
  return patchObject(text, span, changes)
}
