import type { Content, JsonObject, ReasoningContent } from "../../../contract/index.ts"
import { openAiFormat } from "../names.ts"
import { ownExtras, type RequestContext } from "./context.ts"

/** One reasoning item as several contents may tell of it: a summary, a text, what is encrypted. */
export interface ReasoningGroup {
  readonly format: string
  readonly path: string
  id: string | undefined
  readonly parts: ReasoningContent[]
}

const hasEncrypted = ({ parts }: ReasoningGroup) => parts.some((part) => part.encrypted !== undefined)

/** Same id, or a neighbour without one that completes what is not complete yet. */
const belongsTo = (part: ReasoningContent, group: ReasoningGroup, isNeighbour: boolean): boolean => {
  if (part.format !== group.format) return false
  if (part.id !== undefined && group.id !== undefined) return part.id === group.id
  return isNeighbour && !hasEncrypted(group)
}

/** Which group each reasoning content of a message belongs to. Azure tells of encrypted content late, so the order is the first's. */
export const groupReasoning = (content: readonly Content[], path: string): ReadonlyMap<Content, ReasoningGroup> => {
  const groups = new Map<Content, ReasoningGroup>()
  let before: ReasoningGroup | undefined
  content.forEach((part, index) => {
    if (part.type !== "reasoning") {
      before = undefined
      return
    }
    let group = [...new Set(groups.values())].find((known) => belongsTo(part, known, known === before))
    if (group) {
      group.parts.push(part)
      group.id ??= part.id
    } else group = { format: part.format, path: `${path}.content[${index}]`, id: part.id, parts: [part] }
    groups.set(part, group)
    before = group
  })
  return groups
}

/** The item for an upstream that made it; undefined, with its loss, for any other. */
export const encodeReasoningItem = (group: ReasoningGroup, context: RequestContext): JsonObject | undefined => {
  const { profile, lose } = context
  const { format, path, parts, id } = group
  if (!(profile.reasoningOrigins ?? [openAiFormat]).includes(format)) {
    const reason = `the upstream did not make reasoning of format ${format}`
    lose({ path, action: "dropped", code: "foreign_reasoning", reason })
    return undefined
  }
  const encrypted = parts.findLast((part) => part.encrypted !== undefined)?.encrypted
  // Nothing is stored upstream, so an item that is only a name for something stored is an error there.
  if (encrypted === undefined && !profile.emptySignatures) {
    const reason = "reasoning without its encrypted content cannot be sent back"
    lose({ path, action: "dropped", code: "state_unsupported", reason })
    return undefined
  }
  const signature = parts.find((part) => part.signature !== undefined)?.signature
  const texts = parts.filter((part) => part.text !== undefined && part.text !== "")
  // What is encrypted is never shown, so the text beside it can only be a summary.
  const isSummary = (part: ReasoningContent) => part.summary === true || encrypted !== undefined
  const summary = texts.filter(isSummary).map((part) => ({ type: "summary_text", text: part.text!.toWellFormed() }))
  const content = texts
    .filter((part) => !isSummary(part))
    .map((part) => ({ type: "reasoning_text", text: part.text!.toWellFormed() }))
  return {
    type: "reasoning",
    ...(id === undefined ? {} : { id }),
    summary,
    ...(content.length > 0 ? { content } : {}),
    ...(encrypted === undefined ? {} : { encrypted_content: encrypted }),
    ...(signature === undefined ? {} : { signature }),
    ...parts.reduce<JsonObject>((all, part) => Object.assign(all, ownExtras(part.extras)), {}),
  }
}
