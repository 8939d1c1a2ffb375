import { type ChatPart, isObject, type Json, type JsonObject } from "../../../contract/index.ts"
import { type Event, type ItemPlace, type ItemStatus, itemAdded, itemDone, type OpenItem } from "./item-writer.ts"

export type Citation = Extract<ChatPart, { readonly type: "citation" }>

interface Part {
  /** The block of the answer that it shows. */
  readonly block: number
  readonly kind: "output_text" | "refusal"
  /** Characters of the answer's text before this part: citations count from the answer's beginning, annotations from the part's. */
  readonly offset: number
  text: string
  readonly annotations: JsonObject[]
  readonly logprobs: JsonObject[]
  /** Its block has ended; citations may still come. */
  ended: boolean
  /** Its last events are written. */
  done: boolean
}

const shownPart = ({ kind, text, annotations, logprobs }: Part): JsonObject =>
  kind === "refusal"
    ? { type: "refusal", refusal: text }
    : { type: "output_text", text, annotations: [...annotations], logprobs: [...logprobs] }

const withBytes = (entry: JsonObject): JsonObject => ({
  ...entry,
  bytes: Array.isArray(entry.bytes) ? entry.bytes : [...new TextEncoder().encode(String(entry.token ?? ""))],
})

/** Chances of tokens as both forms of them come: chat completions' object, or the list itself. `bytes` must be there for SDKs. */
const readLogprobs = (logprobs: Json | undefined): JsonObject[] => {
  const list = isObject(logprobs) ? logprobs.content : logprobs
  if (!Array.isArray(list)) return []
  return list.filter(isObject).map((entry) => {
    const top = Array.isArray(entry.top_logprobs) ? entry.top_logprobs.filter(isObject).map(withBytes) : []
    return { ...withBytes(entry), top_logprobs: top }
  })
}

/** What the assistant says: a message with a part for each block of text or refusal. */
export class MessageWriter implements OpenItem {
  readonly #place: ItemPlace
  readonly #fields: JsonObject
  readonly #parts: Part[] = []
  #status: ItemStatus | "in_progress" = "in_progress"

  constructor(place: ItemPlace, fields: JsonObject = {}) {
    this.#place = place
    this.#fields = fields
  }

  get item(): JsonObject {
    const content = this.#parts.map(shownPart)
    return {
      type: "message",
      id: this.#place.item_id,
      role: "assistant",
      status: this.#status,
      content,
      ...this.#fields,
    }
  }

  /** Whether a text whose message has such fields belongs here; nothing said is nothing against it. */
  takes(fields: JsonObject | undefined): boolean {
    return fields === undefined || JSON.stringify(fields) === JSON.stringify(this.#fields)
  }

  get refuses(): boolean {
    return this.#parts.some((part) => part.kind === "refusal")
  }

  open(): Event {
    return itemAdded(this.#place, this.item)
  }

  has(block: number): boolean {
    return this.#parts.some((part) => part.block === block)
  }

  /** No block writes here at the moment. */
  get idle(): boolean {
    return this.#parts.every((part) => part.ended)
  }

  /** Begins a part, after the last events of those before that have ended. */
  begin(block: number, kind: Part["kind"], offset: number): readonly Event[] {
    const before = this.#endParts((part) => part.ended)
    // Nothing announces the end of a refusal.
    const ended = kind === "refusal"
    const part: Part = { block, kind, offset, text: "", annotations: [], logprobs: [], ended, done: false }
    this.#parts.push(part)
    return [
      ...before,
      {
        type: "response.content_part.added",
        ...this.#place,
        content_index: this.#parts.length - 1,
        part: shownPart(part),
      },
    ]
  }

  end(block: number): void {
    const [part] = this.#at(block)
    if (part) part.ended = true
  }

  write(block: number, text: string, logprobs?: Json): readonly Event[] {
    const [part, index] = this.#at(block)
    const chances = readLogprobs(logprobs)
    if (!part || (text === "" && chances.length === 0)) return []
    part.text += text
    part.logprobs.push(...chances)
    const where = { ...this.#place, content_index: index, delta: text }
    return part.kind === "refusal"
      ? [{ type: "response.refusal.delta", ...where }]
      : [{ type: "response.output_text.delta", ...where, logprobs: chances }]
  }

  /** A source on the web. Undefined: there is no text that it could belong to. */
  cite(citation: Citation): readonly Event[] | undefined {
    const { url, title, content, startIndex, endIndex } = citation
    const offset = this.#parts[this.#textAt(citation.index)]?.offset ?? 0
    return this.annotate(citation.index, {
      type: "url_citation",
      url,
      title: title ?? url,
      start_index: Math.max(0, (startIndex ?? offset) - offset),
      end_index: Math.max(0, (endIndex ?? offset) - offset),
      ...(content === undefined ? {} : { content }),
    })
  }

  /** Any annotation. Also after the item is done: the last event of the answer then has it. */
  annotate(block: number, annotation: JsonObject): readonly Event[] | undefined {
    const index = this.#textAt(block)
    const part = this.#parts[index]
    if (!part) return undefined
    part.annotations.push(annotation)
    const where = { ...this.#place, content_index: index, annotation_index: part.annotations.length - 1 }
    return [{ type: "response.output_text.annotation.added", ...where, annotation }]
  }

  close(status: ItemStatus): readonly Event[] {
    this.#status = status
    return [...this.#endParts(() => true), itemDone(this.#place, this.item)]
  }

  #at(block: number): readonly [Part | undefined, number] {
    const index = this.#parts.findIndex((part) => part.block === block)
    return [this.#parts[index], index]
  }

  /** The text of a block, or the last one where the block is no text of this message. */
  #textAt(block: number): number {
    const own = this.#parts.findIndex((part) => part.block === block && part.kind === "output_text")
    return own < 0 ? this.#parts.findLastIndex((part) => part.kind === "output_text") : own
  }

  #endParts(which: (part: Part) => boolean): readonly Event[] {
    return this.#parts.flatMap((part, index) => {
      if (part.done || !which(part)) return []
      part.done = true
      const where = { ...this.#place, content_index: index }
      const { kind, text, logprobs } = part
      const said = kind === "refusal" ? { refusal: text } : { text, logprobs: [...logprobs] }
      const type = kind === "refusal" ? "response.refusal.done" : "response.output_text.done"
      return [
        { type, ...where, ...said },
        { type: "response.content_part.done", ...where, part: shownPart(part) },
      ]
    })
  }
}
