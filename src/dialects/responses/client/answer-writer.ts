import { type ChatPart, isObject, type JsonObject } from "../../../contract/index.ts"
import { geminiFormat } from "../../chat-completions/names.ts"
import { dialectName, isAnnotation, openAiFormat } from "../names.ts"
import { CallWriter } from "./call-writer.ts"
import { type Event, type ItemPlace, type ItemStatus, itemAdded, itemDone, type OpenItem } from "./item-writer.ts"
import { type Citation, MessageWriter } from "./message-writer.ts"
import type { Namespaces } from "./namespaces.ts"
import { ReasoningWriter } from "./reasoning-writer.ts"
import { wholeItem } from "./whole-items.ts"

type Block = Extract<ChatPart, { readonly index: number }>
type PartOf<Type extends Block["type"]> = Extract<Block, { readonly type: Type }>

const isOwnAnnotation = (part: Block): boolean =>
  part.type === "opaque" && part.dialect === dialectName && isAnnotation(part.data)

/**
 * Parts → items of the output, and the events that tell of them. Items are closed one part late: only then is it known whether more
 * belongs to them (a text to a message, encrypted reasoning to its summary), and whether the answer was cut off in them.
 */
export class AnswerWriter {
  readonly #suffix: string
  readonly #namespaces: Namespaces
  readonly #items: (OpenItem | { readonly item: JsonObject })[] = []
  readonly #ids = new Set<string>()
  /** Items that are not done, with whether their blocks have ended. */
  readonly #open = new Map<OpenItem, boolean>()
  readonly #blocks = new Map<number, OpenItem>()
  readonly #calls = new Map<number, string>()
  /** The last item, if it is a message: what text follows joins it. */
  #message: MessageWriter | undefined
  #written = 0
  #waiting: Citation[] = []

  constructor(responseId: string, namespaces: Namespaces) {
    this.#suffix = responseId.replace(/^[a-z]+[_-]/, "").replaceAll(/[^A-Za-z0-9]/g, "")
    this.#namespaces = namespaces
  }

  get output(): JsonObject[] {
    return this.#items.map(({ item }) => item)
  }

  get refused(): boolean {
    return this.#items.some((item) => item instanceof MessageWriter && item.refuses)
  }

  write(part: ChatPart): readonly Event[] {
    // This API has one answer; a second choice cannot have been asked for.
    if (!("index" in part) || (part.choice ?? 0) > 0) return []
    return [...this.#settle(part), ...this.#block(part)]
  }

  /** The answer is over; what was written last is as complete as the answer. */
  close(status: ItemStatus): readonly Event[] {
    const last = [...this.#open.keys()].at(-1)
    return [...this.#open].flatMap(([item, ended]) => this.#done(item, ended && item !== last ? "completed" : status))
  }

  #block(part: Block): readonly Event[] {
    switch (part.type) {
      case "text-start":
        return this.#begin(part.index, "output_text", part.extras?.[dialectName])
      case "text-delta": {
        const started = this.#blocks.has(part.index) ? [] : this.#begin(part.index, "output_text")
        const events = this.#messageOf(part.index)?.write(part.index, part.text, part.logprobs) ?? []
        this.#written += part.text.length
        return [...started, ...events]
      }
      case "text-end":
        this.#endText(part.index)
        return []
      case "refusal-delta": {
        const started = this.#blocks.has(part.index) ? [] : this.#begin(part.index, "refusal")
        return [...started, ...(this.#messageOf(part.index)?.write(part.index, part.text) ?? [])]
      }
      case "citation":
        return this.#cite(part)
      case "reasoning-start":
        return this.#think(part)
      case "reasoning-delta": {
        const item = this.#blocks.get(part.index)
        if (!(item instanceof ReasoningWriter)) return []
        item.keep(part.signature, part.encrypted)
        return item.write(part.index, part.text ?? "")
      }
      case "reasoning-end": {
        const item = this.#blocks.get(part.index)
        if (item instanceof ReasoningWriter && item.leave(part.index)) this.#open.set(item, true)
        return []
      }
      case "tool-call-start":
        return this.#call(part)
      case "tool-call-delta": {
        const item = this.#blocks.get(part.index)
        return item instanceof CallWriter ? item.write(part.arguments) : []
      }
      case "tool-call-end":
        return this.#endCall(part)
      case "media":
      case "opaque":
        return this.#whole(part)
    }
  }

  /** Closes the items that have ended and that this part does not go on with. */
  #settle(part: Block): readonly Event[] {
    const events: Event[] = []
    for (const [item, ended] of this.#open)
      if (ended && !this.#goesOn(item, part)) events.push(...this.#done(item, "completed"))
    return events
  }

  #goesOn(item: OpenItem, part: Block): boolean {
    if (item instanceof MessageWriter)
      return item === this.#message && (/^(?:text|refusal|citation)/.test(part.type) || isOwnAnnotation(part))
    if (item instanceof ReasoningWriter) return part.type === "reasoning-start" && item.isSame(part)
    return false
  }

  #done(item: OpenItem, status: ItemStatus): readonly Event[] {
    this.#open.delete(item)
    if (item === this.#message) this.#message = undefined
    return item.close(status)
  }

  /** An id of the vendor, if it may stand here and is not taken; otherwise one of ours. */
  #place(prefix: string, own?: string): ItemPlace {
    const output_index = this.#items.length
    const item_id = own !== undefined && !this.#ids.has(own) ? own : `${prefix}_${this.#suffix}${output_index}`
    this.#ids.add(item_id)
    return { output_index, item_id }
  }

  #add(item: OpenItem): void {
    this.#items.push(item)
    this.#open.set(item, false)
    this.#message = item instanceof MessageWriter ? item : undefined
  }

  #messageOf(block: number): MessageWriter | undefined {
    const item = this.#blocks.get(block)
    return item instanceof MessageWriter ? item : undefined
  }

  /** `fields` are those of the message that only this format has (`phase`): texts with others are of another message. */
  #begin(block: number, kind: "output_text" | "refusal", fields?: JsonObject): readonly Event[] {
    const events: Event[] = []
    let message = this.#message
    if (message && !message.takes(fields)) {
      if (message.idle) events.push(...this.#done(message, "completed"))
      message = undefined
    }
    if (!message) {
      message = new MessageWriter(this.#place("msg"), fields)
      this.#add(message)
      events.push(message.open())
    }
    this.#blocks.set(block, message)
    events.push(...message.begin(block, kind, this.#written))
    this.#open.set(message, message.idle)
    const waiting = kind === "output_text" ? this.#waiting.splice(0) : []
    for (const citation of waiting) events.push(...(message.cite(citation) ?? []))
    return events
  }

  #endText(block: number): void {
    const message = this.#messageOf(block)
    message?.end(block)
    if (message && this.#open.has(message)) this.#open.set(message, message.idle)
  }

  /** Some upstreams name their sources before they say anything. */
  #cite(citation: Citation): readonly Event[] {
    const events = this.#speaker(citation.index)?.cite(citation)
    if (!events) this.#waiting.push(citation)
    return events ?? []
  }

  /** The message of a block, or the last one. */
  #speaker(block: number): MessageWriter | undefined {
    return this.#messageOf(block) ?? this.#items.filter((item) => item instanceof MessageWriter).at(-1)
  }

  /** Pieces of one thought, told by the vendor's id, are one item: encrypted content is void under another id. */
  #think(part: PartOf<"reasoning-start">): readonly Event[] {
    const same = [...this.#open.keys()].find((item) => item instanceof ReasoningWriter && item.isSame(part))
    if (same instanceof ReasoningWriter) {
      same.join(part.index, part.summary)
      this.#open.set(same, false)
      this.#blocks.set(part.index, same)
      return []
    }
    const { format, id } = part
    const place = this.#place("rs", format === openAiFormat ? id : undefined)
    const item = new ReasoningWriter(place, { format, ...(id === undefined ? {} : { id }) })
    item.join(part.index, part.summary)
    this.#add(item)
    this.#blocks.set(part.index, item)
    return [item.open()]
  }

  #call({ index, id, kind, name }: PartOf<"tool-call-start">): readonly Event[] {
    const place = this.#place(kind === "custom" ? "ctc" : "fc")
    const callId = id || `call_${this.#suffix}${place.output_index}`
    const item = new CallWriter(place, { id: callId, kind, names: this.#namespaces.fields(name) })
    this.#calls.set(index, callId)
    this.#add(item)
    this.#blocks.set(index, item)
    return [item.open()]
  }

  /** Gemini's signature of a call has no place in the call: it follows as reasoning that names the call. */
  #endCall({ index, signature }: PartOf<"tool-call-end">): readonly Event[] {
    const item = this.#blocks.get(index)
    if (!(item instanceof CallWriter) || !this.#open.has(item)) return []
    this.#open.set(item, true)
    const id = this.#calls.get(index)
    if (signature === undefined || id === undefined) return []
    const events = this.#done(item, "completed")
    const signed = new ReasoningWriter(this.#place("rs"), { format: geminiFormat, id })
    signed.keep(signature, undefined)
    this.#items.push(signed)
    return [...events, signed.open(), ...signed.close()]
  }

  #whole(part: PartOf<"media" | "opaque">): readonly Event[] {
    if (part.type === "opaque" && isOwnAnnotation(part) && isObject(part.data))
      return this.#speaker(part.index)?.annotate(part.index, part.data) ?? []
    const found = wholeItem(part)
    if (!found) return []
    const place = this.#place(found.prefix, found.id)
    const item = { ...found.fields, id: place.item_id }
    this.#items.push({ item })
    this.#message = undefined
    return [itemAdded(place, item), itemDone(place, item)]
  }
}
