import { type ChatPart, isObject, type JsonObject, type MediaContent } from "../../../contract/index.ts"
import { type ToolNames, unwrapCustomInput } from "../../translate/index.ts"
import { dialectName } from "../formats.ts"
import { mediaKind } from "../media-kind.ts"
import { citations } from "./grounding.ts"
import { decodeLogprobs } from "./logprobs.ts"

/** What all candidates of one answer share. */
export interface CandidateSource {
  readonly names: ToolNames
  readonly customTools: ReadonlySet<string>
  readonly format: string
  readonly newId: (prefix: string) => string
  readonly usedIds: Set<string>
}

const knownPart = ["text", "functionCall", "inlineData", "thought", "thoughtSignature", "partMetadata"]

/** One candidate of an answer. Its parts are deltas: neighbours of one kind are one block. */
export class Candidate {
  #open: { readonly kind: "text" | "reasoning"; readonly index: number } | undefined
  #nextIndex = 0
  #textIndex = 0
  #text = ""
  #partStarts: number[] = []
  #chunks = 0
  #grounding: JsonObject | undefined
  #logprobs: JsonObject | undefined
  readonly #choice: { readonly choice?: number }
  calledTools = false
  searches = 0
  finish: string | undefined
  finishMessage: string | undefined

  constructor(
    readonly position: number,
    private readonly source: CandidateSource,
  ) {
    this.#choice = position === 0 ? {} : { choice: position }
  }

  push(candidate: JsonObject): readonly ChatPart[] {
    const content = isObject(candidate.content) ? candidate.content : {}
    const parts = (Array.isArray(content.parts) ? content.parts : []).filter(isObject)
    this.#chunks++
    this.#logprobs = decodeLogprobs(candidate.logprobsResult)
    this.#partStarts = []
    const out = parts.flatMap((part) => {
      this.#partStarts.push(this.#text.length)
      return this.#part(part)
    })
    if (typeof candidate.finishReason === "string") this.finish = candidate.finishReason
    if (typeof candidate.finishMessage === "string") this.finishMessage = candidate.finishMessage
    if (isObject(candidate.groundingMetadata)) this.#ground(candidate.groundingMetadata)
    return out
  }

  /** Citations, and the end of whatever is open. */
  close(): readonly ChatPart[] {
    // In a stream the parts were deltas of one text, and so are the places counted.
    const starts = this.#chunks === 1 ? this.#partStarts : []
    const cited = this.#grounding ? citations(this.#grounding, this.#text, this.#textIndex, this.#choice, starts) : []
    return [...cited, ...this.#closeBlock()]
  }

  #ground(metadata: JsonObject) {
    this.#grounding = { ...this.#grounding, ...metadata }
    if (Array.isArray(metadata.webSearchQueries)) this.searches = metadata.webSearchQueries.length
  }

  #closeBlock(): readonly ChatPart[] {
    const open = this.#open
    this.#open = undefined
    if (!open) return []
    return [{ type: open.kind === "text" ? "text-end" : "reasoning-end", index: open.index, ...this.#choice }]
  }

  #block(kind: "text" | "reasoning"): { readonly parts: readonly ChatPart[]; readonly index: number } {
    if (this.#open?.kind === kind) return { parts: [], index: this.#open.index }
    const closed = this.#closeBlock()
    const index = this.#nextIndex++
    this.#open = { kind, index }
    const choice = this.#choice
    if (kind === "reasoning")
      return { index, parts: [...closed, { type: "reasoning-start", index, format: this.source.format, ...choice }] }
    this.#textIndex = index
    return { index, parts: [...closed, { type: "text-start", index, ...choice }] }
  }

  #part(part: JsonObject): readonly ChatPart[] {
    const signature = typeof part.thoughtSignature === "string" ? part.thoughtSignature : undefined
    if (isObject(part.functionCall)) return this.#call(part.functionCall, signature)
    if (isObject(part.inlineData)) return part.thought === true ? [] : this.#media(part.inlineData, signature)
    if (typeof part.text === "string" || signature !== undefined)
      return part.thought === true ? this.#thought(part, signature) : this.#answer(part, signature)
    if (Object.keys(part).every((key) => knownPart.includes(key))) return []
    // Executed code, server tools and what comes next year: kept whole for clients that speak this format.
    const index = this.#nextIndex
    const closed = this.#closeBlock()
    this.#nextIndex++
    return [...closed, { type: "opaque", index, ...this.#choice, dialect: dialectName, data: part }]
  }

  #thought(part: JsonObject, signature: string | undefined): readonly ChatPart[] {
    const { parts, index } = this.#block("reasoning")
    const text = typeof part.text === "string" && part.text !== "" ? { text: part.text } : {}
    const delta = { ...text, ...(signature === undefined ? {} : { signature }) }
    if (Object.keys(delta).length === 0) return parts
    return [...parts, { type: "reasoning-delta", index, ...this.#choice, ...delta }]
  }

  #answer(part: JsonObject, signature: string | undefined): readonly ChatPart[] {
    const text = typeof part.text === "string" ? part.text : ""
    const out: ChatPart[] = []
    if (text !== "") {
      const { parts, index } = this.#block("text")
      this.#text += text
      const logprobs = this.#logprobs === undefined ? {} : { logprobs: this.#logprobs }
      this.#logprobs = undefined
      out.push(...parts, { type: "text-delta", index, ...this.#choice, text, ...logprobs })
    }
    return signature === undefined ? out : [...out, ...this.#sealed(signature)]
  }

  /** The signature of a text or an image: encrypted reasoning without words, which the next turn brings back. */
  #sealed(encrypted: string): readonly ChatPart[] {
    const closed = this.#closeBlock()
    const at = { index: this.#nextIndex++, ...this.#choice }
    return [
      ...closed,
      { type: "reasoning-start", format: this.source.format, ...at },
      { type: "reasoning-delta", encrypted, ...at },
      { type: "reasoning-end", ...at },
    ]
  }

  #media(data: JsonObject, signature: string | undefined): readonly ChatPart[] {
    const mime = typeof data.mimeType === "string" ? data.mimeType.toLowerCase() : "application/octet-stream"
    const base64 = typeof data.data === "string" ? data.data : ""
    const closed = this.#closeBlock()
    const media: MediaContent = { type: "media", kind: mediaKind(mime), mime, source: { type: "data", base64 } }
    const part: ChatPart = { type: "media", index: this.#nextIndex++, ...this.#choice, media }
    return [...closed, part, ...(signature === undefined ? [] : this.#sealed(signature))]
  }

  /** OpenAI clients need ids, and unique ones; models before Gemini 3 give none. */
  #call(call: JsonObject, signature: string | undefined): readonly ChatPart[] {
    const { names, customTools, newId, usedIds } = this.source
    const given = typeof call.id === "string" && call.id !== "" && !usedIds.has(call.id) ? call.id : undefined
    const id = given ?? newId("call_")
    usedIds.add(id)
    this.calledTools = true
    const name = names.toClient(typeof call.name === "string" ? call.name : "")
    const custom = customTools.has(name)
    const written = JSON.stringify(isObject(call.args) ? call.args : {})
    const closed = this.#closeBlock()
    const at = { index: this.#nextIndex++, ...this.#choice }
    const signed = signature === undefined ? {} : { signature }
    return [
      ...closed,
      { type: "tool-call-start", id, name, kind: custom ? "custom" : "function", ...signed, ...at },
      { type: "tool-call-delta", arguments: custom ? unwrapCustomInput(written) : written, ...at },
      { type: "tool-call-end", ...signed, ...at },
    ]
  }
}
