import type { Content, JsonObject, ReasoningContent } from "../../../contract/index.ts"
import { dropForeignExtras } from "../../translate/index.ts"
import { dialectName, lostSignature } from "../formats.ts"
import { encodeCall, encodePart, isOwnReasoning, type PartContext } from "./parts.ts"

/**
 * Signatures that came back as reasoning of their own: those with the id of a call belong to that call (OpenRouter's
 * `reasoning.encrypted` with `id`), the others to the text of the turn, on whose last part Gemini puts them.
 */
const splitSignatures = (own: readonly ReasoningContent[], callIds: ReadonlySet<string>) => {
  const byCall = new Map<string, string>()
  let ofText: string | undefined
  for (const { encrypted, id } of own) {
    if (encrypted === undefined) continue
    if (id !== undefined && callIds.has(id)) byCall.set(id, encrypted)
    else ofText = encrypted
  }
  return { byCall, ofText }
}

/**
 * One assistant message as parts, each with the signature it had. From Gemini 3 on the first call of a turn must be signed; calls
 * that another model made get the documented sentinel, or the request would be refused.
 */
export const encodeModelTurn = (content: readonly Content[], path: string, context: PartContext): JsonObject[] => {
  const { profile, lose } = context
  const place = (part: Content) => `${path}.content[${content.indexOf(part)}]`
  const own = content.filter(
    (part): part is ReasoningContent => part.type === "reasoning" && isOwnReasoning(part, place(part), context),
  )
  const callIds = new Set(content.flatMap((part) => (part.type === "tool-call" ? [part.id] : [])))
  const { byCall, ofText } = splitSignatures(own, callIds)
  const parts: JsonObject[] = []
  for (const part of content) {
    dropForeignExtras(part.extras, dialectName, `${place(part)}.`, lose)
    if (part.type === "reasoning") {
      if (!own.includes(part) || !part.text) continue
      const signature = part.signature === undefined ? {} : { thoughtSignature: part.signature }
      parts.push({ text: part.text.toWellFormed(), thought: true, ...signature })
    } else if (part.type === "tool-call") {
      const signature = part.signature ?? byCall.get(part.id)
      parts.push({ ...encodeCall(part, place(part), context), ...(signature ? { thoughtSignature: signature } : {}) })
    } else {
      const encoded = encodePart(part, place(part), context)
      if (encoded) parts.push({ ...encoded, ...part.extras?.[dialectName] })
    }
  }
  if (ofText !== undefined) {
    const text = parts.findLast((part) => part.text !== undefined && part.thought !== true)
    if (text) text.thoughtSignature = ofText
    else parts.push({ text: "", thoughtSignature: ofText })
  }
  const first = parts.find((part) => part.functionCall !== undefined)
  if (profile.signedCalls && first && first.thoughtSignature === undefined) first.thoughtSignature = lostSignature
  return parts
}
