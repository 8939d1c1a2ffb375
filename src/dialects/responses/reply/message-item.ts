import { isObject, type Json, type JsonObject } from "../../../contract/index.ts"
import { dialectName } from "../names.ts"
import { type AnswerState, type ItemReader, restOf } from "./blocks.ts"

interface OpenPart {
  readonly block: number
  readonly kind: "text" | "refusal"
  /** Units of the answer's text before this part; annotations count from the part's beginning. */
  readonly offset: number
  came: string
  annotations: number
  closed: boolean
}

const chances = (logprobs: Json | undefined) =>
  Array.isArray(logprobs) && logprobs.length > 0 ? { logprobs: { content: logprobs } } : {}

/** A message: each of its parts is a block. */
export class MessageItem implements ItemReader {
  readonly #state: AnswerState
  readonly #parts = new Map<number, OpenPart>()
  #phase: string | undefined

  constructor(state: AnswerState, item: JsonObject) {
    this.#state = state
    if (typeof item.phase === "string") this.#phase = item.phase
  }

  event(type: string, event: JsonObject): void {
    const at = typeof event.content_index === "number" ? event.content_index : 0
    switch (type) {
      case "response.output_text.delta":
        this.#write(at, "text", String(event.delta ?? ""), event.logprobs)
        break
      case "response.refusal.delta":
        this.#write(at, "refusal", String(event.delta ?? ""))
        break
      case "response.output_text.done":
        this.#complete(at, { type: "output_text", text: event.text ?? "", logprobs: event.logprobs ?? [] })
        break
      case "response.refusal.done":
        this.#complete(at, { type: "refusal", refusal: event.refusal ?? "" })
        break
      case "response.output_text.annotation.added": {
        const part = this.#open(at, "text")
        if (typeof event.annotation_index !== "number" || event.annotation_index >= part.annotations)
          this.#annotate(part, event.annotation)
        break
      }
      case "response.content_part.done":
        if (isObject(event.part)) this.#complete(at, event.part)
        this.#close(at)
        break
    }
  }

  done(item: JsonObject): void {
    if (typeof item.phase === "string") this.#phase = item.phase
    const content = Array.isArray(item.content) ? item.content : []
    content.forEach((part, at) => {
      if (!isObject(part)) return
      this.#complete(at, part)
      this.#close(at)
    })
    for (const at of this.#parts.keys()) this.#close(at)
  }

  #open(at: number, kind: OpenPart["kind"]): OpenPart {
    const known = this.#parts.get(at)
    if (known) return known
    const state = this.#state
    const block = state.blocks++
    const part = { block, kind, offset: state.textLength, came: "", annotations: 0, closed: kind === "refusal" }
    this.#parts.set(at, part)
    const extras = this.#phase === undefined ? {} : { extras: { [dialectName]: { phase: this.#phase } } }
    if (kind === "text") state.parts.push({ type: "text-start", index: block, ...extras })
    return part
  }

  #write(at: number, kind: OpenPart["kind"], text: string, logprobs?: Json): void {
    const part = this.#open(at, kind)
    const more = chances(logprobs)
    if (text === "" && !("logprobs" in more)) return
    part.came += text
    if (part.kind === "refusal") {
      this.#state.refused = true
      this.#state.parts.push({ type: "refusal-delta", index: part.block, text })
      return
    }
    // After its end nothing can be added; only a broken upstream says more.
    if (part.closed) return
    this.#state.textLength += text.length
    this.#state.parts.push({ type: "text-delta", index: part.block, text, ...more })
  }

  /** The part as it is in the end: whatever of it did not come in pieces comes now. */
  #complete(at: number, whole: JsonObject): void {
    if (whole.type !== "refusal" && typeof whole.text !== "string") {
      // A kind of part that is not known here.
      if (!this.#parts.has(at) && whole.type !== "output_text") this.#keep(at, whole)
      return
    }
    const kind = whole.type === "refusal" ? "refusal" : "text"
    const part = this.#open(at, kind)
    const rest = restOf(String(whole.text ?? whole.refusal ?? ""), part.came)
    if (rest !== "") this.#write(at, kind, rest, part.came === "" ? whole.logprobs : undefined)
    const annotations = Array.isArray(whole.annotations) ? whole.annotations : []
    for (const annotation of annotations.slice(part.annotations)) this.#annotate(part, annotation)
  }

  #keep(at: number, data: JsonObject): void {
    const block = this.#state.blocks++
    this.#parts.set(at, { block, kind: "text", offset: 0, came: "", annotations: 0, closed: true })
    this.#state.parts.push({ type: "opaque", dialect: dialectName, index: block, data })
  }

  #annotate(part: OpenPart, annotation: Json | undefined): void {
    if (!isObject(annotation)) return
    part.annotations++
    const { type, url, title, content, start_index: start, end_index: end } = annotation
    if (typeof url !== "string" || (type !== undefined && type !== "url_citation")) {
      this.#state.parts.push({ type: "opaque", dialect: dialectName, index: part.block, data: annotation })
      return
    }
    this.#state.parts.push({
      type: "citation",
      index: part.block,
      url,
      ...(typeof title === "string" ? { title } : {}),
      ...(typeof start === "number" ? { startIndex: part.offset + start } : {}),
      ...(typeof end === "number" ? { endIndex: part.offset + end } : {}),
      ...(typeof content === "string" ? { content } : {}),
    })
  }

  #close(at: number): void {
    const part = this.#parts.get(at)
    if (!part || part.closed) return
    part.closed = true
    this.#state.parts.push({ type: "text-end", index: part.block })
  }
}
