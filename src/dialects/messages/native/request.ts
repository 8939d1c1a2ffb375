import { isObject, type NativeTarget } from "../../../contract/index.ts"
import { type Member, memberOf, patchObject, valueText } from "../../json-text/index.ts"
import { asksForFileParser } from "../../translate/index.ts"
import { gatewayKeys } from "../client/decode.ts"
import { cautiousOutput } from "../request/encode.ts"
import { endsUnacceptably, holdsForeignIds, holdsForeignReasoning, holdsRefusedBlocks } from "./history.ts"
import { fieldNeedsTranslation, isActive, isMistaken, readSmall, refusesWishes } from "./refusals.ts"
import { scanRequest } from "./scan.ts"

type Changes = Map<string, string | undefined>

const limitOf = (text: string, members: readonly Member[]): number | undefined => {
  const member = members.find(({ key }) => key === "max_tokens")
  const value = member && valueText(text, member)
  return value === undefined || value === "null" ? undefined : Number(value)
}

/** Fields that the profile adds; undefined where two objects would have to be merged. */
const addExtraBody = (text: string, members: readonly Member[], target: NativeTarget, changes: Changes): boolean => {
  for (const [key, value] of Object.entries(target.profile.extraBody ?? {})) {
    const present = members.find((member) => member.key === key)
    if (!present) changes.set(key, JSON.stringify(value))
    else if (isObject(value) && text[present.valueStart] === "{") return false
  }
  return true
}

/**
 * The client's body for the upstream: another model name, the gateway's own keys taken out, the demanded output limit put in, all else
 * byte for byte. Undefined when something in it must be read, rewritten or reported as lost: that is the translated lane's work.
 */
export const nativeRequest = (text: string, target: NativeTarget): string | undefined => {
  const { profile } = target
  const span = scanRequest(text)?.span
  // Of duplicate keys, the gateway would obey one and the upstream perhaps the other.
  if (!span || span.duplicates.length > 0) return undefined
  const { members } = span
  const messages = memberOf(span, "messages")
  if (!messages || profile.thinkTags || members.some((member) => isMistaken(text, member))) return undefined
  const most = target.maxOutput ?? profile.maxOutput
  const asked = limitOf(text, members)
  if (asked !== undefined && (!Number.isInteger(asked) || asked < 1 || asked > (most ?? asked))) return undefined
  const limit = Math.min(asked ?? most ?? cautiousOutput, target.maxOutputTokens ?? Number.POSITIVE_INFINITY)
  const small = readSmall(text, members)
  const thinks = isActive(small.thinking)
  if (refusesWishes(small, limit, profile)) return undefined
  if (holdsForeignReasoning(text, target) || holdsForeignIds(text, target) || holdsRefusedBlocks(text, target))
    return undefined
  const refusesPrefill = profile.noPrefill === true || thinks
  if (endsUnacceptably(text, messages, refusesPrefill, small.thinking?.type === "enabled")) return undefined
  const changes: Changes = new Map([["model", JSON.stringify(target.model)]])
  for (const member of members) {
    if (member.key === "plugins" && asksForFileParser(valueText(text, member))) return undefined
    if (gatewayKeys.has(member.key)) changes.set(member.key, undefined)
    else if (fieldNeedsTranslation(member, text, profile, thinks)) return undefined
  }
  if (memberOf(span, "temperature") && memberOf(span, "top_p")) return undefined
  if (limit !== asked) changes.set("max_tokens", String(limit))
  if (!addExtraBody(text, members, target, changes)) return undefined
  return patchObject(text, span, changes)
}
