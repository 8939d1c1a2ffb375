import { eventTooLarge, largestEventBytes } from "../sse.ts"
import { toLatin1 } from "./latin1.ts"

const none: readonly string[] = []

const lineFeed = 10

/** One past the blank line that ends the event at `start`; further blank lines belong to it, or they would be events without an end. */
function endOf(block: string, start: number): number {
  let end = block.indexOf("\n\n", start) + 2
  if (end < 2) return block.length
  while (block.charCodeAt(end) === lineFeed) end++
  return end
}

const mark = "\xef\xbb\xbf"

/** Bytes of an event stream, cut anywhere → whole events as latin1 text, each with the blank line that ends it. */
export class EventCutter {
  #rest = ""
  /** A carriage return at the end of a chunk: whether a line feed follows decides what it was. */
  #heldReturn = false
  #isFirst = true

  /** Throws when an event grows beyond all measure. */
  push(bytes: Uint8Array): readonly string[] {
    let text = toLatin1(bytes)
    if (this.#isFirst || this.#heldReturn || text.includes("\r")) text = this.#lineFeeds(text)
    // Only the new text is searched, so that an event of many chunks is not searched again and again.
    const joins = this.#rest.endsWith("\n") && text.startsWith("\n")
    const boundary = text.lastIndexOf("\n\n")
    if (boundary < 0 && !joins) {
      this.#rest += text
      if (this.#rest.length <= largestEventBytes) return none
      this.#rest = ""
      throw eventTooLarge()
    }
    const cut = boundary < 0 ? 1 : boundary + 2
    const block = this.#rest + text.slice(0, cut)
    this.#rest = text.slice(cut)
    const events: string[] = []
    for (let start = 0; start < block.length; ) {
      const end = endOf(block, start)
      events.push(start === 0 && end === block.length ? block : block.slice(start, end))
      start = end
    }
    return events
  }

  /** What has no blank line behind it: a last event, or a torn one. */
  end(): string | undefined {
    const rest = this.#rest.trim() === "" ? undefined : `${this.#rest.trimEnd()}\n\n`
    this.#rest = ""
    return rest
  }

  /** Line ends become line feeds; raw carriage returns occur nowhere else in an event stream. A byte order mark goes. */
  #lineFeeds(text: string): string {
    let out = text
    if (this.#isFirst) {
      out = this.#rest + text
      this.#rest = ""
      if (out.length < mark.length && mark.startsWith(out)) {
        this.#rest = out
        return ""
      }
      this.#isFirst = false
      if (out.startsWith(mark)) out = out.slice(mark.length)
    }
    if (this.#heldReturn) out = `\r${out}`
    this.#heldReturn = out.endsWith("\r")
    if (this.#heldReturn) out = out.slice(0, -1)
    return out.includes("\r") ? out.replace(/\r\n?/g, "\n") : out
  }
}
