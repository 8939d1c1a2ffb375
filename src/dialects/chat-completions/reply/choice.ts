import { type ChatPart, type FinishReason, isObject, type Json, type JsonObject } from "../../../contract/index.ts"
import { readDataUrl } from "../../body/data-url.ts"
import { unwrapCustomInput } from "../../translate/index.ts"
import { dialectName } from "../names.ts"
import { type ReasoningPiece, ReasoningReader } from "./reasoning.ts"
import { ThinkTags } from "./think-tags.ts"
import { CallTracker, type OpenCall, readCallDelta } from "./tool-calls.ts"

export interface ChoiceOptions {
  readonly choice: number
  readonly thinkTags: boolean
  /** Names of free-text tools that the upstream knows as functions. */
  readonly customTools?: ReadonlySet<string>
  readonly newId: (prefix: string) => string
}

interface OpenBlock {
  readonly kind: "text" | "reasoning"
  readonly index: number
  readonly key: string
}

/** What a delta may carry that only this dialect knows: passed on as it is to clients of the same dialect. */
const opaqueFields = ["audio", "executed_tools"] as const

const imageOf = (raw: JsonObject): (ChatPart & { type: "media" }) | undefined => {
  const inner = isObject(raw.image_url) ? raw.image_url.url : raw.image_url
  if (typeof inner !== "string") return undefined
  const data = readDataUrl(inner)
  const source = data ? { type: "data" as const, base64: data.base64 } : { type: "url" as const, url: inner }
  return {
    type: "media",
    index: 0,
    media: { type: "media", kind: "image", source, ...(data?.mime ? { mime: data.mime } : {}) },
  }
}

/** One choice of an answer: deltas in, parts out. Blocks are opened once, filled, and closed once. */
export class ChoiceDecoder {
  readonly #parts: ChatPart[] = []
  readonly #tracker = new CallTracker()
  readonly #reasoning = new ReasoningReader()
  readonly #think: ThinkTags | undefined
  readonly #options: ChoiceOptions
  readonly #at: { choice?: number }
  #blocks = 0
  #open: OpenBlock | undefined
  #lastText = 0
  #cited = false
  /** Addresses that were cited. */
  readonly #urls = new Set<string>()
  #refused = false
  finished = false

  constructor(options: ChoiceOptions) {
    this.#options = options
    this.#at = options.choice === 0 ? {} : { choice: options.choice }
    this.#think = options.thinkTags ? new ThinkTags() : undefined
  }

  /** Parts made since the last call. */
  take(): ChatPart[] {
    return this.#parts.splice(0)
  }

  push(delta: JsonObject, logprobs: Json | undefined): void {
    for (const piece of this.#reasoning.read(delta)) this.#reason(piece)
    this.#content(delta.content, logprobs)
    if (typeof delta.refusal === "string" && delta.refusal !== "") {
      this.#refused = true
      this.#parts.push({ type: "refusal-delta", text: delta.refusal, index: this.#textBlock(), ...this.#at })
    }
    for (const raw of Array.isArray(delta.tool_calls) ? delta.tool_calls : []) if (isObject(raw)) this.#call(raw)
    if (isObject(delta.function_call)) this.#call({ index: 0, type: "function", function: delta.function_call })
    for (const raw of Array.isArray(delta.images) ? delta.images : []) this.#image(raw)
    for (const raw of Array.isArray(delta.annotations) ? delta.annotations : []) this.#annotation(raw)
    if (isObject(delta.web_search)) this.#found(delta.web_search)
    for (const key of opaqueFields) {
      const value = delta[key]
      if (value !== undefined && value !== null) this.#opaque({ [key]: value })
    }
  }

  /** Perplexity's `citations` and `search_results`, which every chunk repeats: once, and only where no annotation said it better. */
  cite(citations: readonly Json[]): void {
    if (this.#cited) return
    for (const citation of citations) {
      const url = isObject(citation) ? citation.url : citation
      const title = isObject(citation) && typeof citation.title === "string" ? { title: citation.title } : {}
      if (typeof url === "string")
        this.#parts.push({ type: "citation", url, ...title, index: this.#lastText, ...this.#at })
    }
  }

  finish(reason: FinishReason, raw: string | null): void {
    if (this.finished) return
    this.finished = true
    for (const piece of this.#think?.end() ?? []) this.#piece(piece.kind, piece.text)
    this.#close()
    for (const call of this.#tracker.calls) this.#endCall(call)
    const called = reason === "stop" && this.#tracker.calls.length > 0
    const refused = reason === "stop" && this.#refused
    this.#parts.push({
      type: "finish",
      reason: called ? "tool-calls" : refused ? "content-filter" : reason,
      raw,
      ...this.#at,
    })
  }

  #content(content: Json | undefined, logprobs: Json | undefined): void {
    if (typeof content === "string") {
      if (content !== "" || isObject(logprobs)) this.#text(content, logprobs)
      return
    }
    // Mistral's reasoning models answer with a list of thinking and text parts.
    for (const part of Array.isArray(content) ? content : []) {
      if (!isObject(part)) continue
      if (typeof part.text === "string") this.#text(part.text, logprobs)
      else if (part.type === "thinking") this.#thinking(part.thinking)
      else if (part.type === "image_url") this.#image(part)
      else this.#opaque({ content: [part] })
    }
  }

  #thinking(thinking: Json | undefined): void {
    const pieces = Array.isArray(thinking) ? thinking : [thinking]
    for (const piece of pieces) {
      const text = isObject(piece) ? piece.text : piece
      if (typeof text === "string" && text !== "") this.#reason({ key: "plain", format: "unknown", text })
    }
  }

  #text(text: string, logprobs: Json | undefined): void {
    if (!this.#think) this.#piece("text", text, logprobs)
    else for (const piece of this.#think.push(text)) this.#piece(piece.kind, piece.text)
  }

  #piece(kind: "text" | "reasoning", text: string, logprobs?: Json): void {
    if (kind === "reasoning") {
      this.#reason({ key: "think", format: "unknown", text })
      return
    }
    const chances = isObject(logprobs) ? { logprobs } : {}
    this.#parts.push({ type: "text-delta", text, ...chances, index: this.#textBlock(), ...this.#at })
  }

  #textBlock(): number {
    if (this.#open?.kind === "text") return this.#open.index
    this.#close()
    const index = this.#blocks++
    this.#open = { kind: "text", index, key: "" }
    this.#lastText = index
    this.#parts.push({ type: "text-start", index, ...this.#at })
    return index
  }

  #reason(piece: ReasoningPiece): void {
    const { key, format, id, summary, ...delta } = piece
    if (this.#open?.kind !== "reasoning" || this.#open.key !== key) {
      this.#close()
      this.#open = { kind: "reasoning", index: this.#blocks++, key }
      const more = { ...(id === undefined ? {} : { id }), ...(summary ? { summary } : {}) }
      this.#parts.push({ type: "reasoning-start", format, ...more, index: this.#open.index, ...this.#at })
    }
    this.#parts.push({ type: "reasoning-delta", ...delta, index: this.#open.index, ...this.#at })
  }

  #close(): void {
    if (this.#open) this.#parts.push({ type: `${this.#open.kind}-end`, index: this.#open.index, ...this.#at })
    this.#open = undefined
  }

  #call(raw: JsonObject): void {
    const delta = readCallDelta(raw)
    const call = this.#tracker.find(delta, () => this.#blocks++)
    if (call.id === "" && delta.id !== "") call.id = delta.id
    if (call.name === "") call.name = delta.name
    call.signature ??= delta.signature
    call.text += delta.text
    // The start needs a name; what came before it is sent right after.
    if (call.started) this.#argue(call, delta.text)
    else if (call.name !== "") this.#startCall(call)
  }

  #startCall(call: OpenCall): void {
    this.#close()
    // One id for two calls would leave the client no way to answer them apart.
    if (call.id === "" || this.#tracker.isIdTaken(call.id, call)) call.id = this.#options.newId("call_")
    call.started = true
    this.#parts.push({
      type: "tool-call-start",
      id: call.id,
      name: call.name,
      kind: this.#isWrapped(call) ? "custom" : call.kind,
      ...(call.signature === undefined ? {} : { signature: call.signature }),
      index: call.block,
      ...this.#at,
    })
    this.#argue(call, call.text)
  }

  #isWrapped({ kind, name }: OpenCall): boolean {
    return kind === "function" && this.#options.customTools?.has(name) === true
  }

  #argue(call: OpenCall, text: string): void {
    // The free text inside is known only when the arguments are whole.
    if (!this.#isWrapped(call)) this.#write(call, text)
  }

  #write(call: OpenCall, text: string): void {
    if (text !== "") this.#parts.push({ type: "tool-call-delta", arguments: text, index: call.block, ...this.#at })
  }

  #endCall(call: OpenCall): void {
    // Without a name nobody can run it; the pipeline makes a failure of it, rather than a call that vanished.
    if (!call.started) this.#startCall(call)
    if (this.#isWrapped(call)) this.#write(call, unwrapCustomInput(call.text))
    else if (call.kind === "function" && call.text.trim() === "") this.#argue(call, "{}")
    const signature = call.signature === undefined ? {} : { signature: call.signature }
    this.#parts.push({ type: "tool-call-end", ...signature, index: call.block, ...this.#at })
  }

  #image(raw: Json): void {
    const part = isObject(raw) ? imageOf(raw) : undefined
    if (part) this.#parts.push({ ...part, index: this.#blocks++, ...this.#at })
  }

  #annotation(raw: Json): void {
    const citation = isObject(raw) && isObject(raw.url_citation) ? raw.url_citation : undefined
    if (typeof citation?.url !== "string") {
      this.#opaque({ annotations: [raw] })
      return
    }
    this.#cited = true
    const { url, title, content, start_index: start, end_index: end } = citation
    this.#urls.add(citation.url)
    this.#parts.push({
      type: "citation",
      url,
      ...(typeof title === "string" ? { title } : {}),
      ...(typeof start === "number" ? { startIndex: start } : {}),
      ...(typeof end === "number" ? { endIndex: end } : {}),
      ...(typeof content === "string" ? { content } : {}),
      index: this.#lastText,
      ...this.#at,
    })
  }

  /** Requesty's `web_search: { content: [{ url, title }] }`; annotations say the same with places, so they are not repeated. */
  #found(search: JsonObject): void {
    const list = Array.isArray(search.content) ? search.content : []
    const pages = list.filter(
      (page): page is JsonObject & { url: string } => isObject(page) && typeof page.url === "string",
    )
    if (pages.length === 0 || pages.length < list.length) this.#opaque({ web_search: search })
    else
      for (const { url, title } of pages) {
        if (this.#urls.has(url)) continue
        this.#urls.add(url)
        const named = typeof title === "string" ? { title } : {}
        this.#cited = true
        this.#parts.push({ type: "citation", url, ...named, index: this.#lastText, ...this.#at })
      }
  }

  #opaque(data: JsonObject): void {
    this.#parts.push({ type: "opaque", dialect: dialectName, data, index: this.#lastText, ...this.#at })
  }
}
