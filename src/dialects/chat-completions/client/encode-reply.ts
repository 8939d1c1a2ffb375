import {
  type ChatPart,
  type ClientDialect,
  type Face,
  isObject,
  type Json,
  type JsonObject,
  type Usage,
} from "../../../contract/index.ts"
import { encodeFinish } from "../reply/finish.ts"
import { DeltaWriter } from "./deltas.ts"
import { mergeFields } from "./reply-fields.ts"

interface Folded {
  message: JsonObject
  calls: JsonObject[]
  details: JsonObject[]
  chances: Json[]
  refusedChances: Json[]
  finish: string | null
  native: string | null
}

const fresh = (): Folded => ({
  message: {},
  calls: [],
  details: [],
  chances: [],
  refusedChances: [],
  finish: null,
  native: null,
})

const listOf = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

/** Fragments of one call become one call; the index is a matter of streams only. */
const foldCalls = (folded: Folded, fragments: readonly JsonObject[]) => {
  for (const { index, ...fragment } of fragments) {
    const position = Number(index)
    const { type, ...rest } = fragment
    const before = folded.calls[position]
    folded.calls[position] = before ? mergeFields(before, rest) : fragment
    if (before?.type === "custom") delete folded.calls[position].function
  }
}

/** Pieces of one thought become one entry. */
const foldDetails = (folded: Folded, pieces: readonly JsonObject[]) => {
  for (const piece of pieces) {
    const { type, index, format, id, ...rest } = piece
    const at = folded.details.findIndex((detail) => detail.type === type && detail.index === index)
    const before = folded.details[at]
    if (before) folded.details[at] = mergeFields(before, rest)
    else folded.details.push(piece)
  }
}

const foldChances = (folded: Folded, logprobs: Json | undefined) => {
  if (!isObject(logprobs)) return
  folded.chances.push(...listOf(logprobs.content))
  folded.refusedChances.push(...listOf(logprobs.refusal))
}

const fold = (parts: readonly ChatPart[], face: Face): Map<number, Folded> => {
  const writer = new DeltaWriter(face)
  const choices = new Map<number, Folded>()
  const at = (choice: number) => {
    const folded = choices.get(choice) ?? fresh()
    choices.set(choice, folded)
    return folded
  }
  for (const part of parts) {
    if (part.type === "error") throw part.error
    if (part.type === "finish") {
      const folded = at(part.choice ?? 0)
      folded.finish = encodeFinish(part.reason, part.raw)
      folded.native = part.raw ?? folded.finish
    }
    const delta = writer.write(part)
    if (!delta) continue
    const folded = at(delta.choice)
    const { tool_calls: calls, reasoning_details: details, ...fields } = delta.fields
    folded.message = mergeFields(folded.message, fields)
    foldCalls(folded, listOf(calls))
    foldDetails(folded, listOf(details))
    foldChances(folded, delta.logprobs)
  }
  return choices
}

const encodeChoice = (index: number, folded: Folded): JsonObject => {
  const { content, ...fields } = folded.message
  const isSilent = folded.calls.length > 0 || folded.message.refusal !== undefined
  const chances = folded.chances.length + folded.refusedChances.length > 0
  return {
    index,
    message: {
      role: "assistant",
      content: content ?? (isSilent ? null : ""),
      ...fields,
      ...(folded.details.length > 0 ? { reasoning_details: folded.details } : {}),
      ...(folded.calls.length > 0 ? { tool_calls: folded.calls } : {}),
    },
    ...(chances
      ? {
          logprobs: {
            content: folded.chances,
            refusal: folded.refusedChances.length > 0 ? folded.refusedChances : null,
          },
        }
      : {}),
    finish_reason: folded.finish,
    native_finish_reason: folded.native,
  }
}

/**
 * Parts → a whole reply. Absent values are left out, never null, where Requesty's SDK dies of a null; `system_fingerprint` is there even
 * when null, because OpenRouter's SDK demands the key. An `error` part is thrown.
 */
export const encodeReply: ClientDialect["encodeReply"] = (parts, identity, face, costUsd) => {
  const choices = fold(parts, face)
  const start = parts.find((part) => part.type === "start")
  let usage: Usage | undefined
  for (const part of parts) if (part.type === "usage") usage = part.usage
  if (choices.size === 0) choices.set(0, fresh())
  return {
    id: identity.id,
    object: "chat.completion",
    created: identity.createdSeconds,
    model: identity.model,
    provider: identity.providerName,
    system_fingerprint: start?.systemFingerprint ?? null,
    ...(start?.serviceTier === undefined ? {} : { service_tier: start.serviceTier }),
    choices: [...choices].sort(([a], [b]) => a - b).map(([index, folded]) => encodeChoice(index, folded)),
    ...(usage ? { usage: face.usage(usage, costUsd) } : {}),
  }
}
