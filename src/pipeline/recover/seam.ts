/** Shorter answers may well begin again with the same words. */
const shortestRepetition = 16

/**
 * Where a continuation meets what was said. The spaces at the end of what was said were not sent along, because models refuse or repeat them;
 * those that the continuation begins with are the same ones. A model that may say everything again is not heard twice.
 */
export class Seam {
  readonly #said: string
  readonly #spaces: string
  readonly #mayRepeat: boolean
  #held: string | undefined = ""

  /** `said`: all that the client has. */
  constructor(said: string, mayRepeat: boolean) {
    this.#said = said.trimEnd()
    this.#spaces = said.slice(this.#said.length)
    this.#mayRepeat = mayRepeat && this.#said.length >= shortestRepetition
  }

  /** Characters of the continuation that the client has already. */
  dropped = 0

  /** What of this text, and of what was held back before, is new. */
  push(text: string): string {
    if (this.#held === undefined) return text
    this.#held += text
    return this.#isUndecided(this.#held) ? "" : this.end()
  }

  /** Nothing more comes: what is still held back. */
  end(): string {
    const held = this.#held
    if (held === undefined) return ""
    this.#held = undefined
    const again = this.#mayRepeat && held.startsWith(this.#said) ? this.#said.length : 0
    const spaces = commonLength(held.slice(again), this.#spaces)
    this.dropped = again + spaces
    return held.slice(this.dropped)
  }

  /** More text may show that it was said before. */
  #isUndecided(held: string): boolean {
    const whole = this.#said + this.#spaces
    return (
      (this.#mayRepeat && whole.startsWith(held)) ||
      (held.length < this.#spaces.length && this.#spaces.startsWith(held))
    )
  }
}

const commonLength = (one: string, other: string): number => {
  let length = 0
  while (length < one.length && length < other.length && one[length] === other[length]) length++
  return length
}
