import { isObject, type Json, type JsonObject } from "../../../contract/index.ts"
import {
  type Changes,
  elementsAt,
  type Member,
  memberOf,
  type ObjectSpan,
  objectAt,
  objectEdits,
  type TextEdit,
} from "../../json-text/index.ts"
import { type CallTracker, type OpenCall, readCallDelta } from "../reply/tool-calls.ts"

/** What stands for the text of a delta while an event is patched, so that the result can be kept as a pattern. Never in valid JSON. */
export const placeholder = "\u0001"

const letterN = 110

/** The value is `null`: no other JSON value begins with that letter. */
export const isNull = (text: string, member: Member): boolean => text.charCodeAt(member.valueStart) === letterN

/** A text that is there and not empty. */
export const isFilled = (text: string, member: Member | undefined): member is Member =>
  member !== undefined && text[member.valueStart] === '"' && member.valueEnd - member.valueStart > 2

/** Length of a member's text without its quotes, escapes counted as they are written. */
export const lengthOf = (text: string, member: Member | undefined): number =>
  isFilled(text, member) ? member.valueEnd - member.valueStart - 2 : 0

type MutableChanges = Map<string, string | undefined>

/** `content` and `refusal` may be null; every other null fails somebody's parser, and absent says the same. */
export const dropNulls = (text: string, span: ObjectSpan, changes: MutableChanges, keep: ReadonlySet<string>): void => {
  for (const member of span.members)
    if (isNull(text, member) && !keep.has(member.key)) changes.set(member.key, undefined)
}

const noKeys: ReadonlySet<string> = new Set()
const nullable: ReadonlySet<string> = new Set(["content", "refusal"])

/** The member that carries plain reasoning: the first of the spellings that is not empty. */
const reasoningMember = (text: string, span: ObjectSpan): Member | undefined => {
  for (const key of ["reasoning_content", "reasoning", "reasoning_text"]) {
    const member = memberOf(span, key)
    if (isFilled(text, member)) return member
  }
  return undefined
}

const detailsText = (text: string, span: ObjectSpan, parse: (text: string) => Json): string => {
  const details = memberOf(span, "reasoning_details")
  if (!details || text[details.valueStart] !== "[") return ""
  const list = parse(text.slice(details.valueStart, details.valueEnd))
  const texts = (Array.isArray(list) ? list : []).filter(isObject).map((detail) => detail.text ?? detail.summary)
  return texts.filter((piece) => typeof piece === "string").join("")
}

/** The pages that annotations cite, as Requesty's clients look for them. */
const webSearch = (text: string, span: ObjectSpan, { parse, print }: PatchTools): string | undefined => {
  const annotations = memberOf(span, "annotations")
  if (!annotations || text[annotations.valueStart] !== "[" || memberOf(span, "web_search")) return undefined
  const list = parse(text.slice(annotations.valueStart, annotations.valueEnd))
  const pages = (Array.isArray(list) ? list : []).flatMap((annotation) => {
    const page = isObject(annotation) && isObject(annotation.url_citation) ? annotation.url_citation : undefined
    return typeof page?.url === "string" ? [{ url: page.url, title: page.title ?? page.url }] : []
  })
  return pages.length > 0 ? print({ content: pages }) : undefined
}

export interface MessagePatch {
  readonly edits: readonly TextEdit[]
  /** The one text that changes from event to event, where there is just one. */
  readonly text: Member | undefined
  /** The tool call whose arguments that text is. */
  readonly call: OpenCall | undefined
  readonly length: number
}

export interface PatchTools {
  readonly tracker: CallTracker
  readonly newId: () => string
  readonly parse: (text: string) => Json
  readonly print: (value: Json) => string
  /** Streams number their calls; whole messages have them complete. */
  readonly isDelta: boolean
  /** See `Face.showsWebSearch`. */
  readonly showsWebSearch: boolean
}

interface CallPatch {
  readonly edits: readonly TextEdit[]
  readonly call: OpenCall
  readonly arguments: Member | undefined
  readonly isContinuation: boolean
}

const patchCall = (text: string, span: ObjectSpan, tools: PatchTools): CallPatch => {
  const { tracker, isDelta } = tools
  const raw = tools.parse(text.slice(span.start, span.end)) as JsonObject
  const delta = readCallDelta(raw)
  const known = tracker.calls.length
  const call = tracker.find(delta, () => tracker.calls.length)
  const isFirst = tracker.calls.length > known
  call.text += delta.text
  if (call.name === "") call.name = delta.name
  const changes: MutableChanges = new Map()
  dropNulls(text, span, changes, noKeys)
  if (isDelta && delta.index !== call.block) changes.set("index", String(call.block))
  if (isFirst || !isDelta) {
    const isTaken = delta.id !== "" && tracker.isIdTaken(delta.id, call)
    call.id = delta.id === "" || isTaken ? tools.newId() : delta.id
    if (call.id !== delta.id) changes.set("id", tools.print(call.id))
    if (typeof raw.type !== "string") changes.set("type", `"${delta.kind}"`)
  }
  const inner = memberOf(span, "function")
  const body = inner && objectAt(text, inner.valueStart)
  const written = memberOf(body, "arguments")
  const edits = [...objectEdits(span, changes)]
  if (body) {
    const bodyChanges: MutableChanges = new Map()
    dropNulls(text, body, bodyChanges, noKeys)
    if (written && isNull(text, written)) bodyChanges.set("arguments", '""')
    // Clients parse the arguments of a whole message as JSON, and "" is none.
    if (!isDelta && delta.kind === "function" && delta.text.trim() === "") bodyChanges.set("arguments", '"{}"')
    edits.push(...objectEdits(body, bodyChanges))
  }
  return {
    edits,
    call,
    arguments: written,
    isContinuation: !isFirst && delta.id === "" && delta.name === "" && delta.index !== undefined,
  }
}

/** What a delta or message needs so that both faces' clients can read it. */
export const patchMessage = (text: string, span: ObjectSpan, tools: PatchTools): MessagePatch => {
  const changes: MutableChanges = new Map()
  dropNulls(text, span, changes, nullable)
  const content = memberOf(span, "content")
  const thought = reasoningMember(text, span)
  let length = lengthOf(text, content) + lengthOf(text, thought)
  if (thought) {
    for (const key of ["reasoning", "reasoning_content"])
      if (!isFilled(text, memberOf(span, key))) changes.set(key, placeholder)
  } else {
    const spoken = detailsText(text, span, tools.parse)
    if (spoken !== "") for (const key of ["reasoning", "reasoning_content"]) changes.set(key, tools.print(spoken))
    length += spoken.length
  }
  const found = tools.showsWebSearch ? webSearch(text, span, tools) : undefined
  if (found !== undefined) changes.set("web_search", found)
  const edits: TextEdit[] = []
  const calls = memberOf(span, "tool_calls")
  const elements = calls && !isNull(text, calls) ? elementsAt(text, calls.valueStart) : undefined
  const patched: CallPatch[] = []
  for (const element of elements ?? []) {
    const call = objectAt(text, element.start)
    if (call) patched.push(patchCall(text, call, tools))
  }
  for (const call of patched) {
    edits.push(...call.edits)
    length += lengthOf(text, call.arguments)
  }
  edits.push(...objectEdits(span, changes as Changes))
  const varying = [isFilled(text, content) ? content : undefined, thought].filter((member) => member !== undefined)
  const only = patched.length === 0 && varying.length === 1 ? varying[0] : undefined
  const single = varying.length === 0 && patched.length === 1 && patched[0]?.isContinuation ? patched[0] : undefined
  const argued = single && isFilled(text, single.arguments) ? single : undefined
  // With a thought and something else in one message, copies of the thought are filled in right away.
  const settled = only || !thought ? edits : edits.map((edit) => ({ ...edit, text: fill(edit.text, text, thought) }))
  return { edits: settled, text: only ?? argued?.arguments, call: argued?.call, length }
}

const fill = (pattern: string, text: string, member: Member): string =>
  pattern.split(placeholder).join(text.slice(member.valueStart, member.valueEnd))
