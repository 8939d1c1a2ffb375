import {
  GatewayError,
  type Json,
  type JsonObject,
  type NativeSummary,
  type ReplyPatch,
} from "../../../contract/index.ts"
import { asciiJson, parseLatin1 } from "../../body/latin1.ts"
import { faces } from "../../faces/index.ts"
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
import { decodeFinish } from "../reply/finish.ts"
import { CallTracker, type OpenCall } from "../reply/tool-calls.ts"
import { decodeUsage, findUsage } from "../reply/usage.ts"
import { dropNulls, isFilled, isNull, type MessagePatch, patchMessage, placeholder } from "./fields.ts"
import { callIds, finishChanges } from "./reply.ts"

interface ChoiceState {
  readonly tracker: CallTracker
  finished: boolean
}

/** What became of one chunk. */
export interface ChunkResult {
  /** The patched JSON, cut where `text` goes; undefined: the client does not get this chunk. */
  readonly pieces: readonly string[] | undefined
  /** Where the one varying text of a plain delta is in the chunk, quotes included. */
  readonly text: { readonly start: number; readonly end: number } | undefined
  readonly call: OpenCall | undefined
  /** Chunks to send before this one. */
  readonly before: readonly string[]
}

const keepInChoice: ReadonlySet<string> = new Set(["logprobs", "finish_reason"])
const nothing = { pieces: undefined, text: undefined, call: undefined, before: [] } as const

/** Patches chunks of one answer by locating what must change; knows the answer's calls, finish and usage. Text is a latin1 view. */
export class ChunkPatcher {
  readonly summary: NativeSummary
  readonly #patch: ReplyPatch
  readonly #provider: string
  readonly #choices = new Map<number, ChoiceState>()
  readonly #newId: () => string
  readonly #identity: readonly (readonly [string, string])[]
  created = 0
  usage: JsonObject | undefined

  constructor(patch: ReplyPatch, provider: string, summary: NativeSummary) {
    this.#patch = patch
    this.#provider = provider
    this.summary = summary
    this.#newId = callIds(patch.id)
    this.#identity = [
      ["id", asciiJson(patch.id)],
      ["model", asciiJson(patch.model)],
      ["provider", asciiJson(patch.provider)],
    ]
  }

  get hasChoices(): boolean {
    return this.#choices.size > 0
  }

  get isFinished(): boolean {
    return this.hasChoices && [...this.#choices.values()].every((choice) => choice.finished)
  }

  /** A chunk of the gateway's own, in the name of this answer. */
  make(choices: Json, more: JsonObject = {}): string {
    const { id, model, provider } = this.#patch
    return asciiJson({ id, object: "chat.completion.chunk", created: this.created, model, provider, choices, ...more })
  }

  /** Finish chunks for choices whose upstream says [DONE] without a reason. */
  closing(): string[] {
    const chunks: string[] = []
    for (const [index, choice] of this.#choices) {
      if (choice.finished) continue
      choice.finished = true
      const word = choice.tracker.calls.length > 0 ? "tool_calls" : "stop"
      this.summary.finish ??= word
      chunks.push(
        ...this.#emptyCalls(index, choice),
        this.make([{ index, delta: {}, finish_reason: word, native_finish_reason: word }]),
      )
    }
    return chunks
  }

  /** Throws GatewayError when the chunk is an error; undefined when it is not JSON. */
  push(text: string, isErrorEvent: boolean): ChunkResult | undefined {
    const span = topLevel(text)
    if (!span || text.includes(placeholder)) return this.#other(text)
    this.#refuseError(text, span, isErrorEvent)
    this.#learn(text, span)
    const changes = new Map<string, string | undefined>(this.#identity)
    dropNulls(text, span, changes, new Set())
    if (!memberOf(span, "object")) changes.set("object", '"chat.completion.chunk"')
    const choices = memberOf(span, "choices")
    const elements = (choices && elementsAt(text, choices.valueStart)) ?? []
    // Azure's first chunks and some servers' usage chunks have none; Roo Code reads choices[0] unguarded.
    if (!choices || isNull(text, choices)) changes.set("choices", "[]")
    const usage = this.#takeUsage(
      text,
      span,
      elements.length > 0 ? text.slice(elements[0]?.start, elements[0]?.end) : undefined,
    )
    if (usage) {
      this.usage = usage
      this.summary.usage = decodeUsage(usage)
      changes.set("usage", undefined)
      if (elements.length === 0) return nothing
    }
    const edits = objectEdits(span, changes)
    const before: string[] = []
    let only: MessagePatch | undefined
    for (const [position, element] of elements.entries()) {
      const choice = objectAt(text, element.start)
      if (!choice) return this.#other(text)
      const patched = this.#patchChoice(text, choice, position, edits, before)
      only = elements.length === 1 && !usage ? patched : undefined
      if (!only && patched?.text) this.#settle(text, patched, edits)
    }
    if (!only?.text) return { ...nothing, pieces: [applyEdits(text, edits)], before }
    const { valueStart: start, valueEnd: end } = only.text
    const pieces = applyEdits(text, [...edits, { start, end, text: placeholder }]).split(placeholder)
    return { pieces, text: { start, end }, call: only.call, before }
  }

  /** Copies of a thought become the thought where the chunk is no pattern. */
  #settle(text: string, patched: MessagePatch, edits: TextEdit[]): void {
    const copy = patched.text ? valueText(text, patched.text) : ""
    for (const [index, edit] of edits.entries())
      if (edit.text.includes(placeholder)) edits[index] = { ...edit, text: edit.text.split(placeholder).join(copy) }
  }

  #other(text: string): ChunkResult | undefined {
    try {
      const error = errorInside(parseLatin1(text), this.#provider)
      if (error) throw error
    } catch (thrown) {
      if (GatewayError.is(thrown)) throw thrown
    }
    return undefined
  }

  #refuseError(text: string, span: ObjectSpan, isErrorEvent: boolean): void {
    const failing = memberOf(span, "error")
    const kind = memberOf(span, "object")
    const has = (failing && !isNull(text, failing)) || (kind && valueText(text, kind) === '"error"')
    if (!has && !isErrorEvent) return
    const parsed = parseLatin1(text)
    const error = errorInside(isErrorEvent && !has ? { error: parsed } : parsed, this.#provider)
    if (error) throw error
  }

  #learn(text: string, span: ObjectSpan): void {
    const created = memberOf(span, "created")
    if (this.created === 0 && created) this.created = Number(valueText(text, created)) || 0
    for (const [key, field] of [
      ["id", "upstreamId"],
      ["model", "upstreamModel"],
    ] as const) {
      const member = memberOf(span, key)
      if (this.summary[field] === undefined && isFilled(text, member))
        this.summary[field] = parseLatin1(valueText(text, member)) as string
    }
  }

  #takeUsage(text: string, span: ObjectSpan, choice: string | undefined): JsonObject | undefined {
    const found: JsonObject = {}
    for (const key of ["usage", "x_groq"]) {
      const member = memberOf(span, key)
      if (member && text[member.valueStart] === "{") found[key] = parseLatin1(valueText(text, member))
    }
    if (choice?.includes('"usage"')) found.choices = [parseLatin1(choice)]
    return findUsage(found)
  }

  #patchChoice(
    text: string,
    choice: ObjectSpan,
    position: number,
    edits: TextEdit[],
    before: string[],
  ): MessagePatch | undefined {
    const failing = memberOf(choice, "error")
    if (failing && !isNull(text, failing)) {
      const error = errorOfChoice(parseLatin1(text.slice(choice.start, choice.end)) as JsonObject, this.#provider)
      if (error) throw error
    }
    const changes = new Map<string, string | undefined>()
    dropNulls(text, choice, changes, keepInChoice)
    const numbered = memberOf(choice, "index")
    const index = numbered && !isNull(text, numbered) ? Number(valueText(text, numbered)) : position
    if (!numbered || isNull(text, numbered)) changes.set("index", String(position))
    const state = this.#choices.get(index) ?? { tracker: new CallTracker(), finished: false }
    this.#choices.set(index, state)
    const nested = memberOf(choice, "usage")
    if (nested && text[nested.valueStart] === "{") changes.set("usage", undefined)
    const raw = finishChanges(text, choice, changes)
    if (raw !== undefined && decodeFinish(raw) === "error")
      throw new GatewayError("provider_down", `The upstream broke the answer off: ${raw}`, { provider: this.#provider })
    const delta = memberOf(choice, "delta")
    const inner = delta && objectAt(text, delta.valueStart)
    if (!inner) changes.set("delta", "{}")
    edits.push(...objectEdits(choice, changes))
    let patched: MessagePatch | undefined
    if (inner) {
      patched = patchMessage(text, inner, {
        tracker: state.tracker,
        newId: this.#newId,
        parse: parseLatin1,
        print: asciiJson,
        isDelta: true,
        showsWebSearch: faces[this.#patch.face].showsWebSearch,
      })
      edits.push(...patched.edits)
      this.summary.contentLength += patched.length
    }
    if (raw === undefined) return patched
    this.summary.finish ??= raw
    if (!state.finished) before.push(...this.#emptyCalls(index, state))
    state.finished = true
    // A finish is no pattern for what follows.
    if (patched?.text) this.#settle(text, patched, edits)
    return undefined
  }

  /** Calls that got no arguments at all: clients parse them as JSON, and "" is none. */
  #emptyCalls(index: number, { tracker }: ChoiceState): string[] {
    const empty = tracker.calls.filter((call) => call.kind === "function" && call.text.trim() === "")
    return empty.map((call) => {
      call.text = "{}"
      const fragment = { index: call.block, function: { arguments: "{}" } }
      return this.make([{ index, delta: { tool_calls: [fragment] }, finish_reason: null }])
    })
  }
}
