import { customToolNames } from "signalbox/dialects"
import {
  type ChatPart,
  type DecodeSource,
  GatewayError,
  isObject,
  type Json,
  type JsonObject,
  type StreamDecoder,
  type WireEvent,
} from "signalbox/plugin"
import { cohereToolNames } from "../formats.ts"
import { type BlockSource, CallBlock, type OpenBlock, TextBlock, ThinkingBlock } from "./blocks.ts"
import { decodeCitation } from "./citations.ts"
import { inlineError } from "./error.ts"
import { failureOf, finishReason } from "./finish.ts"
import { decodeLogprobs } from "./logprobs.ts"
import { decodeUsage } from "./usage.ts"

const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {})
const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "")
const listOf = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

/** Reads the events of one answer. Whole replies are read as the events that would have brought them, so that both give the same parts. */
export class CohereDecoder implements StreamDecoder {
  /** Content and calls are numbered apart: `content 0`, `call 0`. */
  readonly #open = new Map<string, OpenBlock>()
  readonly #texts: TextBlock[] = []
  /** By the number of the content, which citations name. */
  readonly #contents = new Map<number, OpenBlock>()
  readonly #source: BlockSource
  #nextIndex = 0
  #started = false
  #done = false

  constructor({ request, newId }: DecodeSource) {
    this.#source = { names: cohereToolNames(request), customTools: customToolNames(request.tools), newId }
  }

  push({ event, data }: WireEvent): readonly ChatPart[] {
    if (this.#done || data === "" || data === "[DONE]") return []
    let parsed: Json
    try {
      parsed = JSON.parse(data) as Json
    } catch {
      return this.#fail(new GatewayError("bad_provider_response", "Cohere sent an event that is not JSON"))
    }
    return isObject(parsed) ? this.#read(parsed.type ?? event, parsed) : []
  }

  end(): readonly ChatPart[] {
    if (this.#done) return []
    return this.#fail(new GatewayError("stream_interrupted", "Cohere's stream ended before its answer was complete"))
  }

  /** A whole reply. */
  reply(body: JsonObject): readonly ChatPart[] {
    const message = objectOf(body.message)
    const parts = [...this.#start(body)]
    listOf(message.content).forEach((content, index) => {
      parts.push(...this.#openContent(index, content, body.logprobs), ...this.#close(`content ${index}`))
    })
    for (const citation of listOf(message.citations)) parts.push(...this.#cite(citation))
    const plan = textOf(message.tool_plan)
    if (plan !== "") parts.push(...this.#plan(plan))
    listOf(message.tool_calls).forEach((call, index) => {
      parts.push(...this.#openCall(index, call), ...this.#close(`call ${index}`))
    })
    return [...parts, ...this.#finish(body)]
  }

  #read(type: Json | undefined, event: JsonObject): readonly ChatPart[] {
    const delta = objectOf(event.delta)
    const message = objectOf(delta.message)
    const at = Number(event.index ?? 0)
    switch (type) {
      case "message-start":
        return this.#start(event)
      case "content-start":
        return this.#openContent(at, objectOf(message.content))
      case "content-delta":
        return this.#content(at, objectOf(message.content), event.logprobs ?? delta.logprobs)
      case "content-end":
        return this.#close(`content ${at}`)
      case "tool-plan-delta":
        return this.#plan(textOf(message.tool_plan))
      case "tool-call-start":
        return this.#openCall(at, objectOf(message.tool_calls))
      case "tool-call-delta":
        return (
          this.#open.get(`call ${at}`)?.write(textOf(objectOf(objectOf(message.tool_calls).function).arguments)) ?? []
        )
      case "tool-call-end":
        return this.#close(`call ${at}`)
      case "citation-start":
        return this.#cite(objectOf(message.citations))
      case "message-end":
        return this.#finish(delta)
      default:
        // An error has no type; events of the future say nothing to us.
        if (type !== undefined || (event.message === undefined && event.error === undefined)) return []
        return this.#fail(inlineError(event))
    }
  }

  #start(event: JsonObject): readonly ChatPart[] {
    if (this.#started) return []
    this.#started = true
    return [{ type: "start", ...(typeof event.id === "string" ? { id: event.id } : {}) }]
  }

  /** Opens a block under a name, after whatever was open under it, and after the plan. */
  #begin(name: string, block: OpenBlock & { open(): readonly ChatPart[] }): readonly ChatPart[] {
    const before = [...this.#start({}), ...this.#close("plan"), ...this.#close(name)]
    this.#open.set(name, block)
    return [...before, ...block.open()]
  }

  #textBlock(): TextBlock {
    const start = this.#texts.reduce((sum, { text }) => sum + text.length, 0)
    const block = new TextBlock(this.#nextIndex++, start)
    this.#texts.push(block)
    return block
  }

  /** It may be filled already. */
  #openContent(at: number, content: JsonObject, logprobs?: Json): readonly ChatPart[] {
    const isThinking = content.type === "thinking" || (content.type === undefined && content.thinking !== undefined)
    const block = isThinking ? new ThinkingBlock(this.#nextIndex++) : this.#textBlock()
    this.#contents.set(at, block)
    const piece = textOf(isThinking ? content.thinking : content.text)
    return [...this.#begin(`content ${at}`, block), ...block.write(piece, decodeLogprobs(logprobs))]
  }

  #content(at: number, content: JsonObject, logprobs?: Json): readonly ChatPart[] {
    const block = this.#open.get(`content ${at}`)
    if (!block) return this.#openContent(at, content, logprobs)
    const piece = textOf(block instanceof ThinkingBlock ? content.thinking : content.text)
    return block.write(piece, decodeLogprobs(logprobs))
  }

  /** What the model says before it calls tools: to everybody else that is its text. */
  #plan(piece: string): readonly ChatPart[] {
    const open = this.#open.get("plan")
    if (open) return open.write(piece)
    if (piece === "") return []
    const block = this.#textBlock()
    return [...this.#begin("plan", block), ...block.write(piece)]
  }

  #openCall(at: number, call: JsonObject): readonly ChatPart[] {
    const { names, customTools, newId } = this.#source
    const called = objectOf(call.function)
    const name = names.toClient(textOf(called.name))
    const id = textOf(call.id) || newId("call_")
    const block = new CallBlock(this.#nextIndex++, id, name, customTools.has(name))
    return [...this.#begin(`call ${at}`, block), ...block.write(textOf(called.arguments))]
  }

  /** `content_index` names the block where there are several; without it, the last text is meant. */
  #cite(citation: JsonObject): readonly ChatPart[] {
    const named = this.#contents.get(Number(citation.content_index ?? -1))
    const block = named instanceof TextBlock ? named : this.#texts.at(-1)
    return block === undefined ? [] : decodeCitation(citation, block)
  }

  #close(name: string): readonly ChatPart[] {
    const block = this.#open.get(name)
    this.#open.delete(name)
    return block?.close() ?? []
  }

  #finish(end: JsonObject): readonly ChatPart[] {
    const raw = typeof end.finish_reason === "string" ? end.finish_reason : undefined
    const usage: ChatPart[] = isObject(end.usage) ? [{ type: "usage", usage: decodeUsage(end.usage) }] : []
    const failure = failureOf(raw, typeof end.error === "string" ? end.error : undefined)
    if (failure) return [...usage, ...this.#fail(failure)]
    const closed = [...this.#open.keys()].flatMap((name) => this.#close(name))
    this.#done = true
    return [...this.#start({}), ...closed, ...usage, { type: "finish", reason: finishReason(raw), raw: raw ?? null }]
  }

  #fail(error: GatewayError): readonly ChatPart[] {
    this.#done = true
    return [{ type: "error", error }]
  }
}

/** A whole reply as parts. Throws for an error inside a 200 and for what is no reply at all. */
export const decodeReply = (body: Json, source: DecodeSource): readonly ChatPart[] => {
  if (!isObject(body) || !isObject(body.message)) {
    if (isObject(body) && (typeof body.message === "string" || body.error !== undefined)) throw inlineError(body)
    throw new GatewayError("bad_provider_response", "Cohere's answer holds no message")
  }
  const parts = new CohereDecoder(source).reply(body)
  const failed = parts.find((part) => part.type === "error")
  if (failed) throw failed.error
  return parts
}
