import type { NativeTarget, Profile } from "../../../contract/index.ts"
import {
  elementsAt,
  type Member,
  memberOf,
  type ObjectSpan,
  objectAt,
  patchObject,
  valueText,
} from "../../json-text/index.ts"
import { asksForFileParser } from "../../translate/index.ts"
import { addressed } from "../client/decode.ts"
import { sealedStart } from "../client/signatures.ts"
import { reasoningOrigins } from "../formats.ts"
import { isReadable } from "../request/media-need.ts"
import { scanRequest } from "./scan.ts"

type Changes = Map<string, string | undefined>

/** The member under either spelling of its name. */
const find = (span: ObjectSpan | undefined, camel: string): Member | undefined =>
  memberOf(span, camel) ??
  memberOf(
    span,
    camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  )

/** Bodies that say something in both spellings are the translated lane's to settle. */
const isTwice = (span: ObjectSpan | undefined, camel: string): boolean => {
  const snake = camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return memberOf(span, camel) !== undefined && memberOf(span, snake) !== undefined
}

const signature = /"thought_?[sS]ignature"\s*:\s*"((?:[^"\\]|\\.)*)"/g

/** Seals, and signatures that are known to be another vendor's, must be taken out. */
const holdsForeign = (text: string, { profile, originOf }: NativeTarget): boolean => {
  const own = reasoningOrigins(profile)
  for (const [, value = ""] of text.matchAll(signature)) {
    if (value.startsWith(sealedStart)) return true
    const origin = originOf?.(value)
    if (origin !== undefined && !own.includes(origin)) return true
  }
  return false
}

const fileUri = /"file_?[uU]ri"\s*:\s*("(?:[^"\\]|\\.)*")/g

/** Addresses that Gemini does not fetch: the gateway does. */
const holdsUnreadable = (text: string): boolean => {
  for (const [, value = ""] of text.matchAll(fileUri)) if (!isReadable(JSON.parse(value) as string)) return true
  return false
}

/** Only what the API itself takes: a list of objects whose role is one of its own. */
const areContents = (text: string, member: Member): boolean => {
  const elements = elementsAt(text, member.valueStart)
  if (!elements || elements.length === 0) return false
  return elements.every(({ start }) => {
    const content = objectAt(text, start)
    const role = memberOf(content, "role")
    return content !== undefined && (!role || ['"user"', '"model"', '"function"'].includes(valueText(text, role)))
  })
}

/** Whether the model of this profile refuses something in the configuration, which is then dropped or replaced with a loss. */
const isRefused = (text: string, config: ObjectSpan | undefined, profile: Profile): boolean => {
  if (profile.dropFields?.some((field) => find(config, field))) return true
  if (profile.maxTemperature !== undefined && find(config, "temperature")) return true
  const thinking = find(config, "thinkingConfig")
  if (!thinking) return false
  if (profile.thinking === "none") return true
  const level = find(objectAt(text, thinking.valueStart), "thinkingLevel")
  return level !== undefined && profile.thinking === "budget"
}

/** The budget's bound on the output, in `generationConfig`. False: what is there cannot be read. */
const changeLimit = (text: string, span: ObjectSpan, limit: number | undefined, changes: Changes): boolean => {
  if (limit === undefined) return true
  const member = find(span, "generationConfig")
  if (!member || valueText(text, member) === "null") {
    changes.set(member?.key ?? "generationConfig", `{"maxOutputTokens":${limit}}`)
    return true
  }
  const inner = valueText(text, member)
  const config = objectAt(inner)
  if (!config) return false
  const asked = find(config, "maxOutputTokens")
  const value = asked && valueText(inner, asked)
  if (value !== undefined && value !== "null" && Number(value) <= limit) return true
  changes.set(member.key, patchObject(inner, config, new Map([[asked?.key ?? "maxOutputTokens", String(limit)]])))
  return true
}

/**
 * The client's body for the upstream: the gateway's own keys taken out, the limit lowered to what the budget pays for, all else byte for
 * byte; the model is in the address. Undefined when something in it must be read, rewritten or reported as lost.
 */
export const nativeRequest = (text: string, target: NativeTarget): string | undefined => {
  const { profile } = target
  const span = scanRequest(text)?.span
  if (!span || span.duplicates.length > 0) return undefined
  const contents = memberOf(span, "contents")
  if (!contents || !areContents(text, contents)) return undefined
  const system = find(span, "systemInstruction")
  if (system && (profile.noSystem || text[system.valueStart] !== "{")) return undefined
  if (isTwice(span, "generationConfig") || isTwice(span, "systemInstruction")) return undefined
  const member = find(span, "generationConfig")
  const config = member && objectAt(text, member.valueStart)
  if ((config?.duplicates.length ?? 0) > 0 || isTwice(config, "maxOutputTokens")) return undefined
  if (isRefused(text, config, profile) || holdsForeign(text, target) || holdsUnreadable(text)) return undefined
  const tools = find(span, "tools")
  if (tools && profile.webSearch === undefined && /"google_?[sS]earch/.test(valueText(text, tools))) return undefined
  const changes: Changes = new Map()
  for (const member of span.members) {
    if (member.key === "plugins" && asksForFileParser(valueText(text, member))) return undefined
    if (addressed.has(member.key)) changes.set(member.key, undefined)
  }
  for (const [key, value] of Object.entries(profile.extraBody ?? {})) {
    // Two values of one field: the translated lane says whose counts.
    if (find(span, key)) return undefined
    changes.set(key, JSON.stringify(value))
  }
  if (!changeLimit(text, span, target.maxOutputTokens, changes)) return undefined
  return patchObject(text, span, changes)
}
