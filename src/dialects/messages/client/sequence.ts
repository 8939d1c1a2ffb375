import type { ChatPart } from "../../../contract/index.ts"

type BlockPart = Extract<ChatPart, { index: number }>

const isStart = ({ type }: ChatPart) => type.endsWith("-start")
const isEnd = ({ type }: ChatPart) => type.endsWith("-end")

/**
 * Parts of parallel blocks, one block after the other: this format never interleaves. What belongs to another block than the open one
 * waits until that one is closed; blocks keep the order in which they began.
 */
export class BlockSequence {
  #open: number | undefined
  readonly #waiting = new Map<number, BlockPart[]>()

  push(part: BlockPart): readonly BlockPart[] {
    if (this.#open !== undefined && this.#open !== part.index) {
      const waiting = this.#waiting.get(part.index)
      if (waiting) waiting.push(part)
      else this.#waiting.set(part.index, [part])
      return []
    }
    if (isStart(part)) this.#open = part.index
    if (!isEnd(part)) return [part]
    this.#open = undefined
    return [part, ...this.#release()]
  }

  /** Everything that still waits; blocks that nobody closed end here. */
  end(): readonly BlockPart[] {
    this.#open = undefined
    return this.#release().concat([...this.#waiting.values()].flat())
  }

  #release(): BlockPart[] {
    const out: BlockPart[] = []
    for (const [index, parts] of this.#waiting) {
      this.#waiting.delete(index)
      out.push(...parts)
      if (parts.some(isStart) && !parts.some(isEnd)) {
        this.#open = index
        break
      }
    }
    return out
  }
}
