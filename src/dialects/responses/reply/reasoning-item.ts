import { isObject, type Json, type JsonObject } from "../../../contract/index.ts"
import { type AnswerState, type ItemReader, restOf } from "./blocks.ts"

type Kind = "summary" | "text"

const filled = (value: Json | undefined): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined

const textsOf = (list: Json | undefined): string[] =>
  (Array.isArray(list) ? list : []).map((entry) => (isObject(entry) ? String(entry.text ?? "") : String(entry)))

/** Reasoning: its summary and its text are blocks of their own; what is encrypted comes with the last of them. */
export class ReasoningItem implements ItemReader {
  readonly #state: AnswerState
  #item: JsonObject
  #open: { readonly kind: Kind; readonly block: number } | undefined
  /** What came, by kind and place in the list. */
  readonly #came = new Map<string, string>()
  readonly #begun = new Set<Kind>()
  #encrypted = false

  constructor(state: AnswerState, item: JsonObject) {
    this.#state = state
    this.#item = item
  }

  event(type: string, event: JsonObject): void {
    const at = (value: Json | undefined) => (typeof value === "number" ? value : 0)
    switch (type) {
      case "response.reasoning_summary_text.delta":
        this.#write("summary", at(event.summary_index), String(event.delta ?? ""))
        break
      case "response.reasoning_summary_text.done":
        this.#complete("summary", at(event.summary_index), String(event.text ?? ""))
        break
      case "response.reasoning_summary_part.done":
        if (isObject(event.part)) this.#complete("summary", at(event.summary_index), String(event.part.text ?? ""))
        break
      case "response.reasoning_text.delta":
      case "response.reasoning.delta":
        this.#write("text", at(event.content_index), String(event.delta ?? ""))
        break
      case "response.reasoning_text.done":
        this.#complete("text", at(event.content_index), String(event.text ?? ""))
        break
    }
  }

  done(item: JsonObject): void {
    this.#item = { ...this.#item, ...item }
    for (const [at, text] of textsOf(item.summary).entries()) this.#complete("summary", at, text)
    for (const [at, text] of textsOf(item.content).entries()) this.#complete("text", at, text)
    const signature = filled(item.signature)
    // An empty item keeps the place of what Azure tells in the last event only.
    this.#start(this.#open?.kind ?? "text")
    if (signature !== undefined)
      this.#state.parts.push({ type: "reasoning-delta", index: this.#open!.block, signature })
    this.#encrypt(item)
    this.#close()
  }

  /** Azure has encrypted content in the last event only: it comes as a block of its own, under the same id. */
  late(item: JsonObject): void {
    if (this.#encrypted || filled(item.encrypted_content) === undefined) return
    this.#start("text")
    this.#encrypt(item)
    this.#close()
  }

  #encrypt(item: JsonObject): void {
    const encrypted = filled(item.encrypted_content)
    if (encrypted === undefined || !this.#open) return
    this.#encrypted = true
    this.#state.parts.push({ type: "reasoning-delta", index: this.#open.block, encrypted })
  }

  #start(kind: Kind): void {
    if (this.#open?.kind === kind) return
    this.#close()
    const block = this.#state.blocks++
    this.#open = { kind, block }
    const { id, format } = this.#item
    this.#state.parts.push({
      type: "reasoning-start",
      index: block,
      format: filled(format) ?? this.#state.format,
      ...(filled(id) === undefined ? {} : { id: String(id) }),
      ...(kind === "summary" ? { summary: true } : {}),
    })
  }

  #write(kind: Kind, at: number, text: string): void {
    if (text === "") return
    this.#start(kind)
    const key = `${kind} ${at}`
    // Each part of a summary is a paragraph with a heading of its own.
    const isNext = kind === "summary" && this.#begun.has(kind) && !this.#came.has(key)
    this.#begun.add(kind)
    this.#came.set(key, (this.#came.get(key) ?? "") + text)
    this.#state.parts.push({
      type: "reasoning-delta",
      index: this.#open!.block,
      text: isNext ? `\n\n${text}` : text,
    })
  }

  #complete(kind: Kind, at: number, whole: string): void {
    this.#write(kind, at, restOf(whole, this.#came.get(`${kind} ${at}`) ?? ""))
  }

  #close(): void {
    if (this.#open) this.#state.parts.push({ type: "reasoning-end", index: this.#open.block })
    this.#open = undefined
  }
}
