import type { JsonObject } from "../../../contract/index.ts"
import { type Event, type ItemPlace, itemAdded, itemDone, type OpenItem } from "./item-writer.ts"
import { encryptedContent, textPlace } from "./reasoning-item.ts"

/** Who thought it, and the id that the vendor gave it. */
export interface Thought {
  readonly format: string
  readonly id?: string
}

/** One text of the item: a summary, or the thoughts themselves. Both are announced, grow, and are done. */
interface TextSpelling {
  readonly part: "summary_text" | "reasoning_text"
  readonly index: "summary_index" | "content_index"
  readonly added: string
  readonly delta: string
  readonly textDone: string
  readonly partDone: string
}

const spellings: Readonly<Record<"summary" | "content", TextSpelling>> = {
  summary: {
    part: "summary_text",
    index: "summary_index",
    added: "response.reasoning_summary_part.added",
    delta: "response.reasoning_summary_text.delta",
    textDone: "response.reasoning_summary_text.done",
    partDone: "response.reasoning_summary_part.done",
  },
  content: {
    part: "reasoning_text",
    index: "content_index",
    added: "response.content_part.added",
    delta: "response.reasoning_text.delta",
    textDone: "response.reasoning_text.done",
    partDone: "response.content_part.done",
  },
}

const places = ["summary", "content"] as const

/** Reasoning: what may be seen as text, what must come back unchanged as `encrypted_content` when the item is done. */
export class ReasoningWriter implements OpenItem {
  readonly #thought: Thought
  /** Blocks of the answer that write here, and whether they are summaries. */
  readonly #blocks = new Map<number, boolean | undefined>()
  readonly #place: ItemPlace
  readonly #texts: { summary?: string; content?: string } = {}
  #signature: string | undefined
  #encrypted: string | undefined

  constructor(place: ItemPlace, thought: Thought) {
    this.#place = place
    this.#thought = thought
  }

  get item(): JsonObject {
    const { summary, content } = this.#texts
    const sealed = encryptedContent({
      ...this.#thought,
      ...(this.#signature === undefined ? {} : { signature: this.#signature }),
      ...(this.#encrypted === undefined ? {} : { encrypted: this.#encrypted }),
    })
    return {
      type: "reasoning",
      id: this.#place.item_id,
      summary: summary === undefined ? [] : [{ type: "summary_text", text: summary }],
      ...(content === undefined ? {} : { content: [{ type: "reasoning_text", text: content }] }),
      ...(sealed === undefined ? {} : { encrypted_content: sealed }),
    }
  }

  open(): Event {
    return itemAdded(this.#place, { type: "reasoning", id: this.#place.item_id, summary: [] })
  }

  /** Pieces of a signature or of encrypted content belong together as the texts do. */
  keep(signature: string | undefined, encrypted: string | undefined): void {
    if (signature !== undefined) this.#signature = (this.#signature ?? "") + signature
    if (encrypted !== undefined) this.#encrypted = (this.#encrypted ?? "") + encrypted
  }

  /** Whether a block belongs to the same thought of the vendor. */
  isSame({ format, id }: Thought): boolean {
    return id !== undefined && id === this.#thought.id && format === this.#thought.format
  }

  join(block: number, summary: boolean | undefined): void {
    this.#blocks.set(block, summary)
  }

  /** True when no other block writes here. */
  leave(block: number): boolean {
    this.#blocks.delete(block)
    return this.#blocks.size === 0
  }

  write(block: number, text: string): readonly Event[] {
    if (text === "") return []
    const where = textPlace(this.#thought.format, this.#blocks.get(block))
    const spelling = spellings[where]
    const before = this.#texts[where]
    this.#texts[where] = (before ?? "") + text
    const delta = { type: spelling.delta, ...this.#place, [spelling.index]: 0, delta: text }
    return before === undefined ? [this.#partEvent(spelling.added, spelling, ""), delta] : [delta]
  }

  close(): readonly Event[] {
    const ends = places.flatMap((where) => {
      const [text, spelling] = [this.#texts[where], spellings[where]]
      if (text === undefined) return []
      return [
        { type: spelling.textDone, ...this.#place, [spelling.index]: 0, text },
        this.#partEvent(spelling.partDone, spelling, text),
      ]
    })
    return [...ends, itemDone(this.#place, this.item)]
  }

  #partEvent(type: string, spelling: TextSpelling, text: string): Event {
    return { type, ...this.#place, [spelling.index]: 0, part: { type: spelling.part, text } }
  }
}
