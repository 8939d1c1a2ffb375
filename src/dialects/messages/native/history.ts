import { isObject, type Json, type JsonObject, type NativeTarget } from "../../../contract/index.ts"
import { elementsAt, type Member, memberOf, objectAt, valueText } from "../../json-text/index.ts"
import { sealPrefix } from "../../translate/index.ts"
import { reasoningOrigins } from "../formats.ts"

/** Keys and plain strings of JSON text; inside of strings every quote is escaped, so these never match a quotation. */
const signatures = /"signature"\s*:\s*"((?:[^"\\]|\\.)*)"/g
const redacted = /"redacted_thinking"/
const dataTexts = /"data"\s*:\s*"([^"\\]*)"/g
/** Every call is answered by its id, so the answers' ids are all of them; `id` alone may be anything in a tool's input. */
const callIds = /"tool_use_id"\s*:\s*"([^"\\]*)"/g
const allowedId = /^[\w-]{1,64}$/

/** Reasoning of another vendor, or an envelope of ours, which no vendor may see. */
export const holdsForeignReasoning = (text: string, { profile, originOf }: NativeTarget): boolean => {
  if (text.includes(`"${sealPrefix}`)) return true
  const origins = reasoningOrigins(profile)
  const isForeign = (signature: string) => {
    const origin = originOf?.(signature)
    return origin !== undefined && !origins.includes(origin)
  }
  for (const [, signature = ""] of text.matchAll(signatures))
    if ((signature === "" && !profile.emptySignatures) || isForeign(signature)) return true
  if (!redacted.test(text)) return false
  for (const [, data = ""] of text.matchAll(dataTexts)) if (isForeign(data)) return true
  return false
}

/** Ids of calls that another vendor's model made and this one refuses. */
export const holdsForeignIds = (text: string, { profile }: NativeTarget): boolean => {
  if (profile.toolCallIds === "any") return false
  for (const [, id = ""] of text.matchAll(callIds)) if (!allowedId.test(id)) return true
  return false
}

/** Blocks that this upstream takes no more, or must not be asked to fetch. */
export const holdsRefusedBlocks = (text: string, { profile }: NativeTarget): boolean => {
  if (profile.images === false && /"type"\s*:\s*"image"/.test(text)) return true
  if (profile.pdf === false && /"type"\s*:\s*"document"/.test(text)) return true
  if (profile.mediaUrls === false && /"type"\s*:\s*"url"/.test(text)) return true
  return !profile.midSystem && /"role"\s*:\s*"system"/.test(text)
}

const blocksOf = (message: JsonObject | undefined): JsonObject[] =>
  (Array.isArray(message?.content) ? message.content : []).filter(isObject)

const isThinking = (block: JsonObject | undefined) => block?.type === "thinking" || block?.type === "redacted_thinking"

/**
 * Whether the end of the conversation needs mending: a turn to be continued where the model refuses that, or, with budget thinking, calls
 * without the thinking that led to them. Only the last messages are read.
 */
export const endsUnacceptably = (
  text: string,
  messages: Member,
  refusesPrefill: boolean,
  budgeted: boolean,
): boolean => {
  if (!refusesPrefill && !budgeted) return false
  const elements = elementsAt(text, messages.valueStart) ?? []
  const roleAt = (at: number) => {
    const element = elements[at]
    const span = element && objectAt(text, element.start)
    const role = memberOf(span, "role")
    return role && valueText(text, role)
  }
  const last = elements.length - 1
  if (roleAt(last) === '"assistant"') return refusesPrefill
  if (!budgeted || roleAt(last) !== '"user"') return false
  const read = (at: number) => {
    const element = elements[at]
    const value = element && (JSON.parse(text.slice(element.start, element.end)) as Json)
    return isObject(value) ? value : undefined
  }
  if (!blocksOf(read(last)).some(({ type }) => type === "tool_result")) return false
  for (let at = last - 1; at >= 0; at--) if (roleAt(at) === '"assistant"') return !isThinking(blocksOf(read(at))[0])
  return false
}
