import {
  attributed,
  emptyUsage,
  type GatewayError,
  isObject,
  type NativeSummary,
  type ReplyPatch,
  type Usage,
} from "../../../contract/index.ts"
import { EventTap } from "../../body/event-tap.ts"
import { asciiJson, fromLatin1, parseLatin1 } from "../../body/latin1.ts"
import { interruptedStream, unreadableEvent } from "../../body/native.ts"
import { faceOf, faces } from "../../faces/index.ts"
import {
  applyEdits,
  type Changes,
  memberOf,
  type ObjectSpan,
  objectEdits,
  objectIn,
  type TextEdit,
  topLevel,
  valueText,
} from "../../json-text/index.ts"
import { errorBody } from "../client/errors.ts"
import { usageOf } from "../client/reply-fields.ts"
import { inlineError } from "../reply/error.ts"
import { UsageCounter } from "../reply/usage.ts"
import { noteContent, Summary, writtenText } from "./contents.ts"
import { plainDelta } from "./plain-delta.ts"
import { moneyChanges } from "./usage.ts"

/** What can be said of an event: where its JSON is in its text, and of which type it is. */
interface Found {
  readonly data: string
  readonly span: ObjectSpan
  readonly type: string | undefined
}

/** Lets a stream through: identity and cost are patched where they stand, everything else is left byte for byte. */
export class MessagesTap extends EventTap {
  readonly summary: NativeSummary & Summary
  readonly #usage = new UsageCounter()
  readonly #patch: ReplyPatch
  readonly #provider: string
  #broken = false

  constructor(patch: ReplyPatch, provider: string) {
    super()
    this.#patch = patch
    this.#provider = provider
    this.summary = new Summary(patch.estimate)
  }

  end(): Uint8Array | undefined {
    if (this.over) return undefined
    const rest = this.cutter.end() ?? ""
    // Some servers close without the last blank line; what has no data yet is the torn beginning of an event.
    const out = !/^data:/m.test(rest) ? "" : this.guard(() => this.event(rest))
    if (this.over) return fromLatin1(out)
    return fromLatin1(out + this.fail(interruptedStream(this.#provider)))
  }

  protected event(event: string): string {
    const characters = this.#broken ? undefined : plainDelta(event)
    if (characters !== undefined) {
      this.summary.contentLength += characters
      return event
    }
    const lines = event.split("\n")
    const written = lines.filter((line) => line.startsWith("data:"))
    // Comments, and events without data.
    if (written.length === 0) return event
    const data = written.map((line) => line.slice(line.startsWith("data: ") ? 6 : 5)).join("\n")
    // How chat completions end; here `message_stop` does.
    if (data.trim() === "[DONE]" || data.trim() === "") return ""
    if (this.#broken) throw unreadableEvent(this.#provider)
    const span = topLevel(data)
    if (!span) {
      // The torn last event of a cut stream looks the same: which of both it is shows when something follows.
      this.#broken = true
      return ""
    }
    const named = lines.find((line) => line.startsWith("event:"))
    const type = writtenText(data, memberOf(span, "type")) ?? named?.slice(6).trim()
    const edits = this.#read({ data, span, type })
    const isAsSent = edits.length === 0 && (named !== undefined || type === undefined)
    if (isAsSent) return event
    // SDKs read events by their name.
    const before = lines.filter((line) => line !== "" && !line.startsWith("data:"))
    if (named === undefined && type !== undefined) before.unshift(`event: ${type}`)
    const patched = applyEdits(data, edits).replaceAll("\n", "\ndata: ")
    return `${[...before, `data: ${patched}`].join("\n")}\n\n`
  }

  #read({ data, span, type }: Found): readonly TextEdit[] {
    const failing = memberOf(span, "error")
    if (type === "error" || (failing && valueText(data, failing) !== "null"))
      throw attributed(inlineError(parseLatin1(data)), this.#provider, this.#patch.provider)
    switch (type) {
      case "message_start":
        return this.#begin(data, span)
      case "content_block_start":
      case "content_block_delta": {
        const inner = objectIn(data, span, type === "content_block_start" ? "content_block" : "delta")
        if (inner) noteContent(data, inner, this.summary)
        return []
      }
      case "message_delta":
        return this.#conclude(data, span)
      case "message_stop":
        this.#stop()
        return []
      default:
        return []
    }
  }

  #begin(data: string, span: ObjectSpan): readonly TextEdit[] {
    const message = objectIn(data, span, "message")
    if (!message) return []
    const { id, model, provider } = this.#patch
    const string = (key: string) => {
      const member = memberOf(message, key)
      return writtenText(data, member) === undefined ? undefined : (parseLatin1(valueText(data, member!)) as string)
    }
    this.summary.upstreamId ??= string("id")
    this.summary.upstreamModel ??= string("model")
    const identity: Changes = new Map([
      ["id", asciiJson(id)],
      ["model", asciiJson(model)],
      ["provider", asciiJson(provider)],
    ])
    return [...objectEdits(message, identity), ...this.#count(data, message)]
  }

  #conclude(data: string, span: ObjectSpan): readonly TextEdit[] {
    const delta = objectIn(data, span, "delta")
    const reason = delta && writtenText(data, memberOf(delta, "stop_reason"))
    if (reason !== undefined) this.summary.finish = reason
    const edits = this.#count(data, span)
    if (edits.length > 0) {
      this.summary.isCounted = true
      return edits
    }
    const usage = this.#settle()
    const cost = this.#patch.price(usage)
    return objectEdits(span, new Map([["usage", asciiJson(usageOf(usage, faceOf(this.#patch), cost, undefined))]]))
  }

  /** Takes the usage of `holder` and adds its cost; no edits where it has none. */
  #count(data: string, holder: ObjectSpan): readonly TextEdit[] {
    const usage = objectIn(data, holder, "usage")
    if (!usage) return []
    const parsed = parseLatin1(data.slice(usage.start, usage.end))
    if (!isObject(parsed) || !this.#usage.take(parsed)) return []
    this.summary.reported = this.#usage.usage()
    return objectEdits(usage, moneyChanges(this.summary.reported, this.#patch))
  }

  /** The guess becomes the count where the upstream never counts its output. */
  #settle(): Usage {
    const { summary } = this
    if (!summary.isCounted) {
      const guess = this.#patch.estimate(summary.contentLength)
      summary.reported = summary.usage ?? guess
      summary.isCounted = true
    }
    return summary.reported ?? emptyUsage
  }

  #stop(): void {
    if (!this.summary.isCounted) this.#patch.price(this.#settle())
    this.over = true
    this.summary.complete = true
    this.summary.terminated = true
  }

  protected fail(error: GatewayError): string {
    this.over = true
    this.summary.error = error
    // What was produced is billed.
    if (this.summary.reported && !this.summary.isCounted) this.#patch.price(this.#settle())
    const body = errorBody(error, faces[this.#patch.face], { requestId: this.#patch.id })
    return `event: error\ndata: ${asciiJson(body)}\n\n`
  }
}
