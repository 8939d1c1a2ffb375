import type { JsonObject, ReasoningContent } from "../../../contract/index.ts"
import { isObject, type Json } from "../../../contract/index.ts"
import { defined, Fields } from "../../body/fields.ts"
import { type SealedReasoning, seal, sealPrefix, unseal } from "../../translate/index.ts"
import { openAiFormat } from "../names.ts"
import { withExtras } from "./extras.ts"

/** Vendors that speak this API themselves tell summaries from thoughts; what others think is shown as a summary, which all clients read. */
const tellsApart = (format: string): boolean => /responses-v1$/.test(format)

/** Where the text of such reasoning stands in its item. */
export const textPlace = (format: string, summary: boolean | undefined): "summary" | "content" =>
  summary || !tellsApart(format) ? "summary" : "content"

/**
 * OpenAI's own reasoning leaves as it came; encrypted content belongs to the id it came with. All other is sealed, because clients keep
 * nothing else of an item than this text.
 */
export const encryptedContent = (reasoning: SealedReasoning): string | undefined => {
  const { format, signature, encrypted, id } = reasoning
  if (format !== openAiFormat || signature !== undefined || (encrypted !== undefined && id === undefined))
    return seal(reasoning)
  return encrypted
}

const textsOf = (list: readonly Json[]): string[] =>
  list.flatMap((entry) => {
    const text = isObject(entry) ? entry.text : entry
    return typeof text === "string" && text !== "" ? [text] : []
  })

/** A reasoning item of an earlier turn: one content, or two where it has both a summary and the thoughts themselves. */
export const decodeReasoningItem = (raw: JsonObject, path: string): ReasoningContent[] => {
  const item = new Fields(raw, path)
  for (const read of ["type", "status"]) item.any(read)
  const summary = textsOf(item.array("summary") ?? []).join("\n\n")
  const thoughts = textsOf(item.array("content") ?? []).join("")
  const carried = item.string("encrypted_content") || undefined
  const named = { format: item.string("format"), signature: item.string("signature"), id: item.string("id") }
  const extras = withExtras(item.rest())
  const sealed = carried === undefined ? undefined : unseal(carried)
  if (sealed) {
    const { text = summary || thoughts || undefined, ...inside } = sealed
    const flag = summary !== "" && tellsApart(inside.format) ? { summary: true } : {}
    return [{ type: "reasoning", ...inside, ...defined({ text }), ...flag, ...extras }]
  }
  // A damaged envelope is worth nothing to anybody.
  const encrypted = carried?.startsWith(sealPrefix) ? undefined : carried
  const format = named.format ?? (carried === encrypted ? openAiFormat : "unknown")
  const { signature, id } = named
  const out: ReasoningContent[] = []
  if (summary !== "" || encrypted !== undefined || signature !== undefined) {
    const text = summary || undefined
    const flag = text === undefined ? {} : { summary: true }
    out.push({ type: "reasoning", format, ...defined({ text, encrypted, signature, id }), ...flag, ...extras })
  }
  if (thoughts !== "") {
    const first = out[0]
    if (first && first.text === undefined) out[0] = { ...first, text: thoughts }
    else out.push({ type: "reasoning", format, text: thoughts, ...defined({ id }), ...(first ? {} : extras) })
  }
  return out
}
