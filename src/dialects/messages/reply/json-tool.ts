import type { ChatPart } from "../../../contract/index.ts"

/**
 * Undoes the one-tool trick: the arguments of the answer's own tool become the text, and the model's chatter around that call is left
 * out. Text is held back until it is known which of the two it is; without such a call it is the answer.
 */
export class JsonToolFilter {
  #held: ChatPart[] = []
  #jsonIndex: number | undefined
  #answered = false
  #otherCalls = false

  constructor(private readonly name: string) {}

  map(parts: readonly ChatPart[]): ChatPart[] {
    return parts.flatMap((part) => this.#one(part))
  }

  #release(): ChatPart[] {
    const held = this.#held
    this.#held = []
    return this.#answered ? [] : held
  }

  #one(part: ChatPart): ChatPart[] {
    switch (part.type) {
      case "text-start":
      case "text-delta":
      case "text-end":
      case "citation":
        if (this.#otherCalls) return [part]
        this.#held.push(part)
        return []
      case "tool-call-start":
        if (part.name !== this.name) {
          this.#otherCalls = true
          return [...this.#release(), part]
        }
        this.#held = []
        this.#answered = true
        this.#jsonIndex = part.index
        return [{ type: "text-start", index: part.index }]
      case "tool-call-delta":
        return part.index === this.#jsonIndex
          ? [{ type: "text-delta", index: part.index, text: part.arguments }]
          : [part]
      case "tool-call-end":
        if (part.index !== this.#jsonIndex) return [part]
        this.#jsonIndex = undefined
        return [{ type: "text-end", index: part.index }]
      case "finish": {
        const reason = part.reason === "tool-calls" && this.#answered && !this.#otherCalls ? "stop" : part.reason
        return [...this.#release(), { ...part, reason }]
      }
      case "error":
        return [...this.#release(), part]
      default:
        return [part]
    }
  }
}
