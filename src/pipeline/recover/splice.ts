import type { ChatPart } from "../../contract/index.ts"
import { Seam } from "./seam.ts"
import type { Transcript } from "./transcript.ts"

/** Parts of a continuation as parts of the answer that it goes on with: blocks numbered on, its first text in the text that was cut. */
export class Splice {
  readonly #transcript: Transcript
  readonly #seam: Seam
  readonly #said: number
  readonly #keepsReasoning: boolean
  #nextIndex: number
  readonly #blocks = new Map<number, number>()
  /** The cut text is still to be gone on with. */
  #isCut: boolean
  /** Where the seam is: the block of the continuation that goes on with the text. */
  #seamAt: number | undefined

  /** `isAnew`: the client has seen nothing of the answer. `mayRepeat`: the model may say again what was said. */
  constructor(transcript: Transcript, isAnew: boolean, mayRepeat: boolean) {
    this.#transcript = transcript
    this.#seam = new Seam(transcript.text, mayRepeat)
    this.#said = transcript.text.length
    this.#keepsReasoning = isAnew
    this.#nextIndex = transcript.nextIndex
    this.#isCut = transcript.open?.type === "text"
  }

  /** What must be closed before anything follows: reasoning that was cut is not gone on with. */
  begin(): readonly ChatPart[] {
    const { open } = this.#transcript
    return open?.type === "reasoning" ? [{ type: "reasoning-end", index: open.index }] : []
  }

  push(part: ChatPart): readonly ChatPart[] {
    switch (part.type) {
      case "start":
        return []
      // It has thought before it began to answer.
      case "reasoning-start":
      case "reasoning-delta":
      case "reasoning-end":
        return this.#keepsReasoning ? this.#other(part) : []
      case "text-start":
        this.#seamAt ??= part.index
        if (this.#isCut && this.#transcript.open) {
          this.#isCut = false
          this.#blocks.set(part.index, this.#transcript.open.index)
          return []
        }
        return [{ ...part, index: this.#indexOf(part.index) }]
      case "text-delta": {
        const text = part.index === this.#seamAt ? this.#seam.push(part.text) : part.text
        return text === "" ? [] : [{ ...part, text, index: this.#indexOf(part.index) }]
      }
      case "text-end":
        return [...this.#rest(part.index), { ...part, index: this.#indexOf(part.index) }]
      case "citation": {
        const { startIndex, endIndex, ...rest } = part
        const shift = this.#said - this.#seam.dropped
        return [
          {
            ...rest,
            index: this.#indexOf(part.index),
            ...(startIndex === undefined ? {} : { startIndex: Math.max(0, startIndex + shift) }),
            ...(endIndex === undefined ? {} : { endIndex: Math.max(0, endIndex + shift) }),
          },
        ]
      }
      case "finish":
        return [...this.#closed(), part]
      case "usage":
      case "error":
        return [part]
      default:
        return this.#other(part)
    }
  }

  #other(part: Extract<ChatPart, { readonly index: number }>): readonly ChatPart[] {
    return [...this.#closed(), { ...part, index: this.#indexOf(part.index) }]
  }

  /** The cut text ends where something else begins before it was gone on with. */
  #closed(): readonly ChatPart[] {
    const { open } = this.#transcript
    if (!this.#isCut || !open) return []
    this.#isCut = false
    return [{ type: "text-end", index: open.index }]
  }

  #rest(index: number): readonly ChatPart[] {
    const text = index === this.#seamAt ? this.#seam.end() : ""
    return text === "" ? [] : [{ type: "text-delta", text, index: this.#indexOf(index) }]
  }

  #indexOf(index: number): number {
    const known = this.#blocks.get(index)
    if (known !== undefined) return known
    const next = this.#nextIndex++
    this.#blocks.set(index, next)
    return next
  }
}
