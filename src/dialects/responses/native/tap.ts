import type { GatewayError, NativeSummary, ReplyPatch } from "../../../contract/index.ts"
import { dataOf, type EventData } from "../../body/event-data.ts"
import { EventTap } from "../../body/event-tap.ts"
import { asciiJson, fromLatin1, parseLatin1 } from "../../body/latin1.ts"
import { emptySummary, interruptedStream, unreadableEvent } from "../../body/native.ts"
import { faces } from "../../faces/index.ts"
import {
  applyEdits,
  memberOf,
  type ObjectSpan,
  objectAt,
  objectIn,
  patchObject,
  topLevel,
  valueText,
} from "../../json-text/index.ts"
import { failureOf, streamError } from "../client/failure.ts"
import { inlineError, isErrorBody } from "../reply/errors.ts"
import { encryptedContents } from "./encrypted.ts"
import { deltaLength, numberOf, typeOf } from "./event-data.ts"
import { ResponsePatcher } from "./response-object.ts"

const openings: ReadonlySet<string> = new Set(["response.created", "response.queued", "response.in_progress"])
const endings: ReadonlySet<string> = new Set(["response.completed", "response.incomplete", "response.done"])

/** What the upstream's own tools do is shown while they do it. */
const progress = /\.(?:partial_image|searching|interpreting|generating)$/

/**
 * Lets a stream through with its patches, which only events that hold the whole response need. All others are told by their type and go
 * as they are, looked into for nothing but what the gateway must know.
 */
export class ResponsesTap extends EventTap {
  readonly summary: NativeSummary = emptySummary()
  readonly #patcher: ResponsePatcher
  readonly #patch: ReplyPatch
  readonly #provider: string
  #sequence = -1
  /** The response as it was last told, patched: what a failure of the gateway's own is told with. */
  #response: string | undefined
  /** Items that are done, for upstreams that leave them out of their last event. */
  readonly #items: string[] = []
  #broken = false

  constructor(patch: ReplyPatch, provider: string) {
    super()
    this.#patch = patch
    this.#provider = provider
    this.#patcher = new ResponsePatcher(patch, this.summary, { parse: parseLatin1, print: asciiJson })
  }

  end(): Uint8Array | undefined {
    if (this.over) return undefined
    const rest = this.cutter.end()
    // Some servers close without the last blank line; whether the event is whole shows in its text.
    const data = rest === undefined ? undefined : dataOf(rest)?.data
    const last =
      rest !== undefined && data !== undefined && topLevel(data) !== undefined ? this.guard(() => this.event(rest)) : ""
    if (this.over) return fromLatin1(last)
    return fromLatin1(last + this.fail(interruptedStream(this.#provider)))
  }

  protected event(event: string): string {
    const found = dataOf(event)
    // Comments, and events without data.
    if (!found || found.data === "") return event
    const { data } = found
    // What ends a stream is the face's business.
    if (data.trim() === "[DONE]") return ""
    if (this.#broken) throw unreadableEvent(this.#provider)
    if (!data.startsWith("{") || !data.trimEnd().endsWith("}")) return this.#odd(data)
    this.#sequence = Math.max(this.#sequence, numberOf(data) ?? -1)
    const type = typeOf(found) ?? this.#typeIn(data)
    if (type?.endsWith(".delta")) this.summary.contentLength += deltaLength(data)
    else if (type !== undefined && progress.test(type)) this.summary.contentLength ||= 1
    else if (type === "response.output_item.done") this.#itemDone(data)
    else if (type !== undefined && openings.has(type)) return this.#opening(event, found)
    else if (type !== undefined && endings.has(type)) return this.#ending(found)
    else if (type === "response.failed") return this.#failed(data)
    else if (type === "error" || (type === undefined && isErrorBody(this.#parse(data))))
      throw inlineError(this.#parse(data), this.#provider)
    return event
  }

  /** A list may be an error in somebody's shape; anything else is a torn event if nothing follows it. */
  #odd(data: string): string {
    if (data.startsWith("[")) {
      const parsed = this.#parse(data)
      if (isErrorBody(parsed)) throw inlineError(parsed, this.#provider)
    }
    this.#broken = true
    return ""
  }

  #typeIn(data: string): string | undefined {
    const member = memberOf(topLevel(data), "type")
    return member && valueText(data, member).slice(1, -1)
  }

  #parse(data: string) {
    try {
      return parseLatin1(data)
    } catch {
      throw unreadableEvent(this.#provider)
    }
  }

  #itemDone(data: string): void {
    const span = topLevel(data)
    const item = memberOf(span, "item")
    if (!item) return
    const text = valueText(data, item)
    this.#items.push(text)
    // Some upstreams send no deltas at all.
    if (this.summary.contentLength === 0) this.summary.contentLength += text.length
    for (const signature of encryptedContents(text)) this.#sign(signature)
  }

  /** Azure tells encrypted content in the last event only, OpenAI twice. */
  #sign(signature: string): void {
    this.summary.signatures ??= []
    if (!this.summary.signatures.includes(signature)) this.summary.signatures.push(signature)
  }

  #opening(event: string, { before, data, after }: EventData): string {
    const response = this.#responseIn(data)
    if (!response) return event
    this.#response = this.#patcher.patch(...this.#cut(data, response))
    return before + applyEdits(data, [{ start: response.start, end: response.end, text: this.#response }]) + after
  }

  #ending({ before, data, after }: EventData): string {
    const response = this.#responseIn(data)
    if (!response) throw unreadableEvent(this.#provider)
    const [text, span] = this.#cut(data, response)
    if (this.#patcher.field(text, span, "status") === "failed") return this.#failed(data)
    for (const signature of encryptedContents(text)) this.#sign(signature)
    const patched = this.#patcher.finish(text, span)
    this.over = true
    this.summary.complete = true
    this.summary.terminated = true
    this.summary.finish ??= "completed"
    this.summary.reply = Buffer.from(this.#withItems(patched), "latin1").toString("utf8")
    const out = applyEdits(data, [{ start: response.start, end: response.end, text: patched }])
    return before + out + after + faces[this.#patch.face].responsesTrailer
  }

  /** What is kept of an answer holds its items, wherever the upstream told them. */
  #withItems(text: string): string {
    const span = topLevel(text)
    const output = memberOf(span, "output")
    const isEmpty = !output || /^\[\s*\]$/.test(valueText(text, output)) || valueText(text, output) === "null"
    if (!span || !isEmpty || this.#items.length === 0) return text
    return patchObject(text, span, new Map([["output", `[${this.#items.join(",")}]`]]))
  }

  #failed(data: string): string {
    const response = this.#responseIn(data)
    const parsed = this.#parse(data)
    if (response) {
      const [text, span] = this.#cut(data, response)
      this.#response = this.#patcher.patch(text, span)
      this.#patcher.usageOf(text, span)
      throw inlineError({ error: this.#patcher.field(text, span, "error") ?? {} }, this.#provider)
    }
    throw inlineError(parsed, this.#provider)
  }

  #responseIn(data: string): ObjectSpan | undefined {
    return objectIn(data, topLevel(data), "response")
  }

  #cut(data: string, span: ObjectSpan): [string, ObjectSpan] {
    const text = data.slice(span.start, span.end)
    return [text, objectAt(text)!]
  }

  /** The response that began, now failed; or one that begins and fails, because clients refuse one that only fails. */
  protected fail(error: GatewayError): string {
    this.over = true
    this.summary.error = error
    const { id, model, provider: providerName } = this.#patch
    const face = faces[this.#patch.face]
    const context = { requestId: id }
    const span = this.#response === undefined ? undefined : topLevel(this.#response)
    if (this.#response === undefined || !span) {
      const identity = { id, model, provider: this.#provider, providerName, createdSeconds: 0 }
      return Buffer.from(streamError(error, identity, face, context)).toString("latin1")
    }
    const outcome = failureOf(error, face, context)
    const changes = new Map([
      ["status", '"failed"'],
      ["error", asciiJson("error" in outcome ? outcome.error : null)],
      ["error_type", asciiJson(error.rule.errorType)],
      ["output", `[${this.#items.join(",")}]`],
    ])
    const response = patchObject(this.#response, span, changes)
    const data = `{"type":"response.failed","sequence_number":${this.#sequence + 1},"response":${response}}`
    return `event: response.failed\ndata: ${data}\n\n${face.responsesTrailer}`
  }
}
