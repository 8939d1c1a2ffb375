import type { ChatPart } from "../../contract/index.ts"

/** A block that was opened and not closed. */
interface OpenBlock {
  readonly type: "text" | "reasoning"
  readonly index: number
}

/** What the client has been given of an answer, as far as another upstream must know it to go on. */
export class Transcript {
  readonly #showsReasoning: boolean
  #text = ""
  #hasReasoning = false
  #isFixed = false
  #nextIndex = 0
  #open: OpenBlock | undefined

  /** `showsReasoning`: false where the client hides it from itself. */
  constructor(showsReasoning: boolean) {
    this.#showsReasoning = showsReasoning
  }

  /** All text of the answer. */
  get text(): string {
    return this.#text
  }

  get open(): OpenBlock | undefined {
    return this.#open
  }

  /** The first number that no block has. */
  get nextIndex(): number {
    return this.#nextIndex
  }

  /** Nothing that a new answer could contradict. */
  get isBlank(): boolean {
    return this.#text.trim() === "" && !this.#hasReasoning && !this.#isFixed
  }

  /** Words, and nothing behind or between them that only its maker can go on with. */
  get isContinuable(): boolean {
    return this.#text.trim() !== "" && !this.#isFixed
  }

  note(part: ChatPart): void {
    if ("index" in part) this.#nextIndex = Math.max(this.#nextIndex, part.index + 1)
    switch (part.type) {
      case "text-start":
        this.#open = { type: "text", index: part.index }
        return
      case "reasoning-start":
        this.#open = { type: "reasoning", index: part.index }
        return
      case "text-end":
      case "reasoning-end":
        if (this.#open?.index === part.index) this.#open = undefined
        return
      case "text-delta":
        this.#text += part.text
        return
      case "reasoning-delta":
        if (this.#showsReasoning && (part.text || part.signature || part.encrypted)) this.#hasReasoning = true
        return
      case "refusal-delta":
      case "media":
      case "tool-call-start":
        this.#isFixed = true
        return
    }
  }
}
