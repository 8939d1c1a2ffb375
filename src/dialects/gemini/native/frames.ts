import { eventTooLarge, largestEventBytes } from "../../sse.ts"

const mark = "\xef\xbb\xbf"

/** Cuts a latin1 view of an event stream into whole events, each ending with its blank line. Line ends become line feeds. */
export class Frames {
  #rest = ""
  #isFirst = true
  /** A carriage return at the end of a chunk: whether a line feed follows decides what it was. */
  #heldReturn = false

  /** Throws for an event that never ends. */
  push(text: string): readonly string[] {
    const more = this.#lineFeeds(text)
    // Only the new text is searched, so that an event of many chunks is not searched again and again.
    const joins = this.#rest.endsWith("\n") && more.startsWith("\n")
    this.#rest += more
    if (this.#isFirst) {
      if (this.#rest.length < mark.length && mark.startsWith(this.#rest)) return []
      this.#isFirst = false
      if (this.#rest.startsWith(mark)) this.#rest = this.#rest.slice(mark.length)
    }
    if (!joins && !more.includes("\n\n")) {
      if (this.#rest.length > largestEventBytes) throw eventTooLarge()
      return []
    }
    const events: string[] = []
    let start = 0
    for (;;) {
      const end = this.#rest.indexOf("\n\n", start)
      if (end < 0) break
      events.push(this.#rest.slice(start, end + 2))
      start = end + 2
    }
    this.#rest = this.#rest.slice(start)
    return events
  }

  /** Some servers close without the last blank line. */
  end(): readonly string[] {
    const rest = this.#rest.trim()
    this.#rest = ""
    return rest === "" ? [] : [`${rest}\n\n`]
  }

  #lineFeeds(text: string): string {
    let out = this.#heldReturn ? `\r${text}` : text
    this.#heldReturn = out.endsWith("\r")
    if (this.#heldReturn) out = out.slice(0, -1)
    return out.includes("\r") ? out.replace(/\r\n?/g, "\n") : out
  }
}

/** The data of an event, and what stands before it. Undefined for comments and events without data. */
export const dataOf = (event: string): { readonly before: string; readonly data: string } | undefined => {
  const lines = event.trimEnd().split("\n")
  const data = lines.filter((line) => line.startsWith("data:")).map((line) => line.slice(5))
  if (data.length === 0) return undefined
  const others = lines.filter((line) => !line.startsWith("data:")).map((line) => `${line}\n`)
  // Several data lines are one text; in JSON their line breaks are space.
  return { before: `${others.join("")}data: `, data: data.join(" ").trim() }
}
