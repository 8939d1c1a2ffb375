import { GatewayError, type NativeSummary, type ReplyPatch } from "../../../contract/index.ts"
import { EventTap } from "../../body/event-tap.ts"
import { asciiJson, fromLatin1 } from "../../body/latin1.ts"
import { emptySummary, interruptedStream, unreadableEvent } from "../../body/native.ts"
import { faceOf, faces } from "../../faces/index.ts"
import { doneEvent } from "../../sse.ts"
import { decodeUsage } from "../reply/usage.ts"
import { ChunkPatcher } from "./chunk.ts"
import { learn, match, type Pattern, rewrite } from "./pattern.ts"
import { mergeUsage } from "./usage.ts"

/** Patterns kept at once: text, reasoning and arguments of a few choices alternate. */
const most = 4

/**
 * Lets a stream through with its patches. Most events differ from the one before in their text only and are recognised by comparing what
 * is around it; the others are located value by value. Bytes outside of patches are never touched.
 */
export class ChatTap extends EventTap {
  readonly summary: NativeSummary = emptySummary()
  readonly #chunks: ChunkPatcher
  readonly #patch: ReplyPatch
  readonly #provider: string
  #patterns: Pattern[] = []
  #broken = false

  constructor(patch: ReplyPatch, provider: string) {
    super()
    this.#patch = patch
    this.#provider = provider
    this.#chunks = new ChunkPatcher(patch, provider, this.summary)
  }

  end(): Uint8Array | undefined {
    if (this.over) return undefined
    const rest = this.cutter.end()
    // Some servers close without the last blank line.
    const out = rest === undefined ? "" : this.guard(() => this.#read(rest))
    if (this.over) return fromLatin1(out)
    return fromLatin1(
      out +
        this.guard(() => {
          // A finish reason is a terminal signal; not every server sends [DONE] after it.
          if (!this.#chunks.isFinished) throw interruptedStream(this.#provider)
          return this.#close()
        }),
    )
  }

  /** The event rewritten after a pattern, if it is of one. */
  #known(event: string): string | undefined {
    for (const pattern of this.#patterns) {
      const length = match(pattern, event)
      if (length < 0) continue
      this.summary.contentLength += length
      if (pattern.call && length > 0)
        pattern.call.text += event.slice(pattern.head.length, pattern.head.length + length)
      return rewrite(pattern, event, length)
    }
    return undefined
  }

  protected event(event: string): string {
    return this.#known(event) ?? this.#read(event)
  }

  #read(event: string): string {
    const at = event.startsWith("data:") ? 0 : event.indexOf("\ndata:") + 1
    // Comments, and events without data.
    if (at === 0 && !event.startsWith("data:")) return event
    const from = event.startsWith("data: ", at) ? at + 6 : at + 5
    let to = event.indexOf("\n", from)
    let before = event.slice(0, from)
    let data = event.slice(from, to)
    let after = event.slice(to)
    if (event.indexOf("\ndata:", to) >= 0) {
      // Several data lines are one text; in JSON their line breaks are space.
      const lines = event.trim().split("\n")
      data = lines
        .filter((line) => line.startsWith("data:"))
        .map((line) => line.slice(5))
        .join(" ")
      before = [...lines.filter((line) => !line.startsWith("data:")), "data: "].join("\n")
      after = "\n\n"
      to = -1
    }
    if (data.trim() === "[DONE]") return this.#done()
    if (data.trim() === "") return event
    if (this.#broken) throw unreadableEvent(this.#provider)
    const result = this.#chunks.push(data, /^event: ?error$/m.test(before))
    if (!result) {
      // The torn last event of a cut stream looks the same: which of both it is shows when something follows.
      this.#broken = true
      return ""
    }
    const extra = result.before.map((chunk) => `data: ${chunk}\n\n`).join("")
    if (!result.pieces) return extra
    if (!result.text) return `${extra}${before}${result.pieces.join("")}${after}`
    const pieces = [...result.pieces]
    pieces[0] = before + pieces[0]
    pieces[pieces.length - 1] += after
    const { start, end } = result.text
    if (to >= 0) this.#keep(learn(event, from + start, from + end, pieces, result.call))
    return extra + pieces.join(data.slice(start, end))
  }

  #keep(pattern: Pattern): void {
    this.#patterns = [pattern, ...this.#patterns.filter(({ head }) => head !== pattern.head)].slice(0, most)
  }

  #done(): string {
    if (this.#broken) throw unreadableEvent(this.#provider)
    if (!this.#chunks.hasChoices)
      throw new GatewayError("bad_provider_response", "The upstream's answer holds no choices", {
        provider: this.#provider,
      })
    return this.#close()
  }

  /** The end of a whole answer: what finishes it, its usage where it is shown, `[DONE]`. */
  #close(): string {
    if (this.#broken || !this.#chunks.hasChoices) throw interruptedStream(this.#provider)
    const closing = this.#chunks.closing()
    this.over = true
    this.summary.complete = true
    this.summary.terminated = true
    return [...closing, ...this.#usage()].map((chunk) => `data: ${chunk}\n\n`).join("") + doneEvent
  }

  #usage(): string[] {
    const face = faceOf(this.#patch)
    const raw = this.#chunks.usage
    const usage = raw ? decodeUsage(raw) : this.#patch.estimate(this.summary.contentLength)
    this.summary.usage = usage
    const cost = this.#patch.price(usage)
    if (!this.#patch.includeUsage && !face.alwaysStreamUsage) return []
    return [this.#chunks.make([], { usage: mergeUsage(raw ?? {}, face, usage, cost) })]
  }

  protected fail(error: GatewayError): string {
    this.over = true
    this.summary.error = error
    if (this.#chunks.usage) this.summary.usage = decodeUsage(this.#chunks.usage)
    const { id, model, provider: providerName, face } = this.#patch
    const identity = { id, model, provider: this.#provider, providerName, createdSeconds: this.#chunks.created }
    return `data: ${asciiJson(faces[face].streamError(error, identity, { requestId: id }))}\n\n`
  }
}
