import type { ClientDialect, Json, JsonObject, Usage } from "../../../contract/index.ts"
import { CandidateBook, contentOf, feedbackOf, finishOf, optional } from "./candidates.ts"
import type { TextPart } from "./grounding.ts"
import { encodeLogprobs } from "./logprobs.ts"
import { sealedStart } from "./signatures.ts"
import { encodeUsage } from "./usage.ts"

/** A signature of Google's covers the text it stands on; a seal only travels with it. */
const isCovered = (part: JsonObject): boolean =>
  typeof part.thoughtSignature === "string" && !part.thoughtSignature.startsWith(sealedStart)

/** Pieces of one text become one part; so does a text with the signature that follows it. */
const joined = (before: JsonObject | undefined, part: JsonObject): JsonObject | undefined => {
  if (typeof before?.text !== "string" || typeof part.text !== "string") return undefined
  if ((before.thought === true) !== (part.thought === true) || isCovered(before)) return undefined
  if (before.thoughtSignature !== undefined && part.thoughtSignature !== undefined) return undefined
  return { ...before, ...part, text: before.text + part.text }
}

const textPlaces = (parts: readonly JsonObject[]): TextPart[] => {
  let start = 0
  return parts.flatMap((part, position) => {
    if (typeof part.text !== "string" || part.thought === true) return []
    const place = { position, start }
    start += part.text.length
    return [place]
  })
}

/** Parts → a whole GenerateContentResponse. An `error` part is thrown. */
export const encodeReply: ClientDialect["encodeReply"] = (parts, identity, _face, costUsd) => {
  const book = new CandidateBook()
  const folded = new Map<number, { readonly parts: JsonObject[]; readonly chances: Json[] }>()
  let usage: Usage | undefined
  let tier: string | undefined
  const at = (choice: number) => {
    const known = folded.get(choice) ?? { parts: [], chances: [] }
    folded.set(choice, known)
    return known
  }
  const add = (choice: number, part: JsonObject) => {
    const { parts: list } = at(choice)
    const whole = joined(list.at(-1), part)
    if (whole) list[list.length - 1] = whole
    else list.push(part)
  }
  for (const part of parts) {
    if (part.type === "error") throw part.error
    if (part.type === "usage") usage = part.usage
    if (part.type === "start") tier = part.serviceTier
    const fragment = book.push(part)
    if (!fragment) continue
    add(fragment.choice, fragment.part)
    if (fragment.logprobs !== undefined) at(fragment.choice).chances.push(fragment.logprobs)
  }
  const states = book.states()
  const candidates = states.map(([index, state]): JsonObject => {
    const rest = book.close(index)
    if (rest) add(index, rest.part)
    const { parts: list, chances } = at(index)
    return {
      content: contentOf(list),
      finishReason: finishOf(state),
      index,
      ...optional("groundingMetadata", state.grounding.encode(textPlaces(list))),
      ...optional("logprobsResult", encodeLogprobs(chances)),
    }
  })
  return {
    candidates,
    ...feedbackOf(states),
    ...(usage ? { usageMetadata: { ...encodeUsage(usage, costUsd), ...optional("serviceTier", tier) } } : {}),
    modelVersion: identity.model,
    responseId: identity.id,
  }
}
