import { isObject, type NativeTarget } from "../../../contract/index.ts"
import { type Member, memberOf, patchObject, valueText } from "../../json-text/index.ts"
import { asksForFileParser, sealPrefix } from "../../translate/index.ts"
import { gatewayKeys, openAiFormat } from "../names.ts"
import { encryptedContents } from "./encrypted.ts"
import { contentNeedsTranslation, fieldNeedsTranslation, foreignFields } from "./refusals.ts"
import { scanRequest } from "./scan.ts"

type Changes = Map<string, string | undefined>

/** What the values of some fields begin with; anything else is a mistake that the translated lane names with its path. */
const beginnings: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^[-\dn]/, ["temperature", "top_p", "top_logprobs", "max_output_tokens", "max_tool_calls"]],
  [/^[tfn]/, ["stream", "store", "background", "parallel_tool_calls"]],
  [/^["n]/, ["model", "instructions", "user", "safety_identifier", "service_tier", "prompt_cache_key", "truncation"]],
  [/^(?:"(?!")|\[\s*[{"])/, ["input"]],
  [/^[[n]/, ["tools", "include"]],
  [/^[{n]/, ["text", "reasoning", "metadata", "stream_options"]],
]
const beginningOf = new Map(beginnings.flatMap(([pattern, keys]) => keys.map((key) => [key, pattern] as const)))

const isMistaken = (text: string, member: Member): boolean => {
  const pattern = beginningOf.get(member.key)
  return pattern !== undefined && !pattern.test(text.slice(member.valueStart, member.valueStart + 16))
}

const isNull = (text: string, member: Member): boolean => text.startsWith("null", member.valueStart)

/** At most what the budget pays for. */
const changeLimit = (text: string, member: Member | undefined, target: NativeTarget, changes: Changes): void => {
  const value = member && !isNull(text, member) ? Number(valueText(text, member)) : undefined
  const asked = value !== undefined && Number.isInteger(value) ? value : Number.POSITIVE_INFINITY
  const limit = Math.min(asked, target.maxOutputTokens ?? Number.POSITIVE_INFINITY)
  if (limit < asked) changes.set("max_output_tokens", String(limit))
}

const encrypted = '"reasoning.encrypted_content"'

/**
 * Nothing is stored upstream. A client that relies on it being stored sends earlier items back as they were told, so their reasoning has
 * to come with what makes it whole; one that said `store: false` knows what to ask for.
 */
const changeStore = (
  text: string,
  find: (key: string) => Member | undefined,
  target: NativeTarget,
  changes: Changes,
) => {
  const { profile } = target
  const store = find("store")
  const isOff = store !== undefined && valueText(text, store) === "false"
  if (profile.dropFields?.includes("store")) {
    if (store) changes.set("store", undefined)
  } else if (!isOff) changes.set("store", "false")
  if (isOff || profile.reasoningFormat === "none" || profile.dropFields?.includes("include")) return
  const include = find("include")
  const listed = include && !isNull(text, include) ? valueText(text, include) : "[]"
  if (listed.includes(encrypted)) return
  const isEmpty = /^\[\s*\]$/.test(listed)
  changes.set("include", isEmpty ? `[${encrypted}]` : `${listed.slice(0, -1)},${encrypted}]`)
}

const changeExtraBody = (
  text: string,
  find: (key: string) => Member | undefined,
  target: NativeTarget,
  changes: Changes,
): boolean => {
  for (const [key, value] of Object.entries(target.profile.extraBody ?? {})) {
    const present = find(key)
    if (!present) changes.set(key, JSON.stringify(value))
    // Two objects are merged, which means reading them.
    else if (isObject(value) && text[present.valueStart] === "{") return false
  }
  return true
}

/** Reasoning that another vendor encrypted, as far as anybody knows. */
const holdsForeign = (text: string, { originOf, profile }: NativeTarget): boolean => {
  if (!originOf) return false
  const own = profile.reasoningOrigins ?? [openAiFormat]
  return encryptedContents(text).some((content) => {
    const origin = originOf(content)
    return origin !== undefined && !own.includes(origin)
  })
}

/**
 * The client's body for the upstream: another model name, the gateway's own keys taken out, nothing stored, all else byte for byte.
 * Undefined when something in it must be read, rewritten or reported as lost: that is the translated lane's work.
 */
export const nativeRequest = (text: string, target: NativeTarget): string | undefined => {
  const { profile } = target
  // Their replies cannot be shown as they are.
  if (profile.thinkTags || profile.usageQuirk === "reasoning-outside") return undefined
  if (text.includes(sealPrefix)) return undefined
  const scan = scanRequest(text)
  if (!scan) return undefined
  const { span, found } = scan
  // Of duplicate keys, the gateway would obey one and the upstream perhaps the other.
  if (span.duplicates.length > 0 || !memberOf(span, "input")) return undefined
  if (contentNeedsTranslation(found, profile)) return undefined
  if (holdsForeign(text, target)) return undefined
  const changes: Changes = new Map([["model", JSON.stringify(target.model)]])
  for (const member of span.members) {
    const { key } = member
    if (isMistaken(text, member)) return undefined
    if (key === "plugins" && asksForFileParser(valueText(text, member))) return undefined
    if (gatewayKeys.has(key)) changes.set(key, undefined)
    else if (isNull(text, member)) {
      // OpenAI takes null for what it knows, and refuses by name what it does not.
      if (foreignFields.has(key)) changes.set(key, undefined)
    } else if (fieldNeedsTranslation(member, text, profile)) return undefined
  }
  const find = (key: string) => memberOf(span, key)
  changeLimit(text, find("max_output_tokens"), target, changes)
  changeStore(text, find, target, changes)
  if (!changeExtraBody(text, find, target, changes)) return undefined
  return patchObject(text, span, changes)
}
