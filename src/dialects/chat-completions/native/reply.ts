import {
  GatewayError,
  isObject,
  type Json,
  type JsonObject,
  type NativeSummary,
  type ReplyPatch,
} from "../../../contract/index.ts"
import { emptySummary, parseReply, unreadableReply } from "../../body/native.ts"
import { faceOf, faces } from "../../faces/index.ts"
import {
  applyEdits,
  elementsAt,
  memberOf,
  type ObjectSpan,
  objectAt,
  objectEdits,
  type TextEdit,
  topLevel,
  valueText,
} from "../../json-text/index.ts"
import { errorInside, errorOfChoice } from "../reply/errors.ts"
import { decodeFinish, encodeFinish } from "../reply/finish.ts"
import { CallTracker } from "../reply/tool-calls.ts"
import { decodeUsage, findUsage } from "../reply/usage.ts"
import { dropNulls, isFilled, isNull, patchMessage, placeholder } from "./fields.ts"
import { mergeUsage } from "./usage.ts"

/** Ids for calls that came without: made from the reply's own id, so that they are unique and need no randomness. */
export const callIds = (replyId: string): (() => string) => {
  let stem: string | undefined
  let count = 0
  return () => {
    stem ??= replyId.replace(/[^A-Za-z0-9]/g, "").slice(-20)
    return `call_${stem}${count++}`
  }
}

/** `finish_reason` in the words that clients know, and the upstream's own beside it. */
export const finishChanges = (
  text: string,
  span: ObjectSpan,
  changes: Map<string, string | undefined>,
): string | undefined => {
  const member = memberOf(span, "finish_reason")
  if (!isFilled(text, member)) {
    if (!member || !isNull(text, member)) changes.set("finish_reason", "null")
    return undefined
  }
  const raw = valueText(text, member).slice(1, -1)
  const word = encodeFinish(decodeFinish(raw), raw)
  if (word !== raw) changes.set("finish_reason", `"${word}"`)
  const native = memberOf(span, "native_finish_reason")
  if (!isFilled(text, native)) changes.set("native_finish_reason", `"${raw}"`)
  return raw
}

const keepFingerprint: ReadonlySet<string> = new Set(["system_fingerprint"])
const keepLogprobs: ReadonlySet<string> = new Set(["logprobs", "finish_reason"])

/** Patches a whole reply: identity, usage with its cost, absent values, both spellings of reasoning. The rest is left as it is. */
export const nativeReply = (
  text: string,
  patch: ReplyPatch,
  provider: string,
): { text: string; summary: NativeSummary } => {
  const span = topLevel(text)
  if (!span) {
    // An array or a bare text may still be an error in somebody's shape.
    const body = parseReply(text, provider)
    throw errorInside(body, provider) ?? unreadableReply(provider, "is not an object")
  }
  const failing = memberOf(span, "error")
  const kind = memberOf(span, "object")
  if ((failing && !isNull(text, failing)) || (kind && valueText(text, kind) === '"error"')) {
    const error = errorInside(JSON.parse(text) as Json, provider)
    if (error) throw error
  }
  const choices = memberOf(span, "choices")
  const elements = (choices && elementsAt(text, choices.valueStart)) ?? []
  if (elements.length === 0) throw unreadableReply(provider, "holds no choices")
  const summary = emptySummary()
  const string = (key: string) => {
    const member = memberOf(span, key)
    return isFilled(text, member) ? (JSON.parse(valueText(text, member)) as string) : undefined
  }
  summary.upstreamId = string("id")
  summary.upstreamModel = string("model")

  const edits: TextEdit[] = []
  const changes = new Map<string, string | undefined>()
  dropNulls(text, span, changes, keepFingerprint)
  changes.set("id", JSON.stringify(patch.id))
  changes.set("model", JSON.stringify(patch.model))
  changes.set("provider", JSON.stringify(patch.provider))
  if (!memberOf(span, "object")) changes.set("object", '"chat.completion"')
  // OpenRouter's SDK wants the key, null or not.
  if (!memberOf(span, "system_fingerprint")) changes.set("system_fingerprint", "null")
  const newId = callIds(patch.id)
  for (let index = 0; index < elements.length; index++) {
    const choice = objectAt(text, elements[index]!.start)
    if (!choice) throw unreadableReply(provider, "holds a choice that is not an object")
    edits.push(...patchChoice(text, choice, index, newId, provider, summary, patch.face))
  }
  const raw = rawUsage(text, span)
  const usage = raw ? decodeUsage(raw) : patch.estimate(summary.contentLength)
  summary.usage = usage
  changes.set("usage", JSON.stringify(mergeUsage(raw ?? {}, faceOf(patch), usage, patch.price(usage))))
  edits.push(...objectEdits(span, changes))
  summary.complete = true
  return { text: applyEdits(text, edits), summary }
}

const rawUsage = (text: string, span: ObjectSpan): JsonObject | undefined => {
  const found: JsonObject = {}
  for (const key of ["usage", "x_groq"]) {
    const member = memberOf(span, key)
    const value = member && text[member.valueStart] === "{" ? (JSON.parse(valueText(text, member)) as Json) : undefined
    if (isObject(value)) found[key] = value
  }
  return findUsage(found)
}

const patchChoice = (
  text: string,
  choice: ObjectSpan,
  index: number,
  newId: () => string,
  provider: string,
  summary: NativeSummary,
  face: ReplyPatch["face"],
): TextEdit[] => {
  const failing = memberOf(choice, "error")
  if (failing && !isNull(text, failing)) {
    const error = errorOfChoice(JSON.parse(text.slice(choice.start, choice.end)) as JsonObject, provider)
    if (error) throw error
  }
  const changes = new Map<string, string | undefined>()
  dropNulls(text, choice, changes, keepLogprobs)
  const raw = finishChanges(text, choice, changes)
  if (raw !== undefined && decodeFinish(raw) === "error")
    throw new GatewayError("provider_down", `The upstream broke the answer off: ${raw}`, { provider })
  summary.finish ??= raw
  if (!memberOf(choice, "index")) changes.set("index", String(index))
  const message = memberOf(choice, "message")
  const inner = message && objectAt(text, message.valueStart)
  if (!inner) changes.set("message", '{"role":"assistant","content":""}')
  const edits = objectEdits(choice, changes)
  if (!inner) return edits
  const patched = patchMessage(text, inner, {
    tracker: new CallTracker(),
    newId,
    parse: (part) => JSON.parse(part) as Json,
    print: (value) => JSON.stringify(value),
    isDelta: false,
    showsWebSearch: faces[face].showsWebSearch,
  })
  summary.contentLength += patched.length
  for (const edit of patched.edits) {
    // A thought that is to be shown under both of its names.
    const isCopied = patched.text !== undefined && edit.text.includes(placeholder)
    edits.push(isCopied ? { ...edit, text: edit.text.split(placeholder).join(valueText(text, patched.text!)) } : edit)
  }
  return edits
}
