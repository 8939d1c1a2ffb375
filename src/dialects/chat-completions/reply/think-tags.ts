const open = "<think>"
const close = "</think>"

export interface ThinkPiece {
  readonly kind: "text" | "reasoning"
  readonly text: string
}

/** How many characters at the end of `text` could be the beginning of `tag`. */
const partial = (text: string, tag: string): number => {
  for (let size = Math.min(tag.length - 1, text.length); size > 0; size--)
    if (text.endsWith(tag.slice(0, size))) return size
  return 0
}

/** Takes `<think>…</think>` at the very start of a text apart. Anything later is text, tags included. */
export class ThinkTags {
  #state: "before" | "inside" | "after" = "before"
  #held = ""
  #trimStart = false

  push(text: string): readonly ThinkPiece[] {
    this.#held += text
    const pieces: ThinkPiece[] = []
    if (this.#state === "before") {
      const start = this.#held.trimStart()
      if (start.length < open.length && open.startsWith(start)) return pieces
      this.#state = start.startsWith(open) ? "inside" : "after"
      if (this.#state === "inside") this.#held = start.slice(open.length)
    }
    if (this.#state === "inside") {
      const end = this.#held.indexOf(close)
      const ready = end >= 0 ? end : this.#held.length - partial(this.#held, close)
      if (ready > 0) pieces.push({ kind: "reasoning", text: this.#held.slice(0, ready) })
      this.#held = this.#held.slice(end >= 0 ? end + close.length : ready)
      if (end < 0) return pieces
      this.#state = "after"
      this.#trimStart = true
    }
    return [...pieces, ...this.#text()]
  }

  /** What was held back because it could have been a tag. */
  end(): readonly ThinkPiece[] {
    const kind = this.#state === "inside" ? "reasoning" : "text"
    const text = this.#held
    this.#held = ""
    return text === "" ? [] : [{ kind, text }]
  }

  #text(): ThinkPiece[] {
    // The line breaks between the closing tag and the answer belong to neither.
    const text = this.#trimStart ? this.#held.trimStart() : this.#held
    this.#held = ""
    if (text !== "") this.#trimStart = false
    return text === "" ? [] : [{ kind: "text", text }]
  }
}
