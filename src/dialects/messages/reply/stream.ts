import {
  type ChatPart,
  type DecodeSource,
  GatewayError,
  isObject,
  type Json,
  type JsonObject,
  type StreamDecoder,
  type WireEvent,
} from "../../../contract/index.ts"
import { customToolNames } from "../../translate/index.ts"
import { jsonToolName, messagesToolNames, reasoningOrigins, withExtras } from "../formats.ts"
import { type BlockSource, blockOfDelta, type OpenBlock, openBlock } from "./block.ts"
import { inlineError } from "./error.ts"
import { finishReason } from "./finish.ts"
import { JsonToolFilter } from "./json-tool.ts"
import { UsageCounter } from "./usage.ts"

/** What the end of an answer may say that only this format understands. */
const endings = ["stop_details", "container", "context_management"] as const

const upstreamName = "The upstream"

/** Reads the events of one answer. The same machine reads whole replies, so that both give the same parts. */
export class MessagesDecoder implements StreamDecoder {
  readonly #blocks = new Map<number, OpenBlock>()
  readonly #usage = new UsageCounter()
  readonly #source: BlockSource
  readonly #jsonTool: JsonToolFilter | undefined
  #nextIndex = 0
  #started = false
  #done = false
  #stopReason: string | undefined
  #stopSequence: string | undefined
  #ending: JsonObject = {}

  constructor({ request, profile, newId }: DecodeSource) {
    const name = jsonToolName(request, profile)
    this.#jsonTool = name === undefined ? undefined : new JsonToolFilter(name)
    this.#source = {
      names: messagesToolNames(request),
      customTools: customToolNames(request.tools),
      format: reasoningOrigins(profile)[0] ?? "unknown",
      newId,
      textLength: 0,
    }
  }

  push({ event, data }: WireEvent): readonly ChatPart[] {
    if (this.#done || data === "" || data === "[DONE]") return []
    let parsed: Json
    try {
      parsed = JSON.parse(data) as Json
    } catch {
      return this.#fail(new GatewayError("bad_provider_response", `${upstreamName} sent an event that is not JSON`))
    }
    if (!isObject(parsed)) return []
    return this.#emit(this.#read(parsed.type ?? event, parsed))
  }

  end(): readonly ChatPart[] {
    if (this.#done) return []
    const error = new GatewayError(
      "stream_interrupted",
      `${upstreamName}'s stream ended before its message was complete`,
    )
    return [...this.#usageParts(), ...this.#fail(error)]
  }

  /** A whole message, read as the events that would have brought it. */
  reply(message: JsonObject): readonly ChatPart[] {
    const content = Array.isArray(message.content) ? message.content : []
    const parts = [...this.#read("message_start", { message: { ...message, content: [] } })]
    content.forEach((block, index) => {
      parts.push(...this.#read("content_block_start", { index, content_block: block }))
      parts.push(...this.#read("content_block_stop", { index }))
    })
    parts.push(...this.#read("message_delta", { delta: message }), ...this.#read("message_stop", {}))
    return this.#emit(parts)
  }

  #emit(parts: readonly ChatPart[]): readonly ChatPart[] {
    return this.#jsonTool && parts.length > 0 ? this.#jsonTool.map(parts) : parts
  }

  #fail(error: GatewayError): readonly ChatPart[] {
    this.#done = true
    return this.#emit([{ type: "error", error }])
  }

  #read(type: Json | undefined, event: JsonObject): readonly ChatPart[] {
    switch (type) {
      case "message_start":
        return this.#start(isObject(event.message) ? event.message : {})
      case "content_block_start":
        return this.#open(Number(event.index ?? 0), isObject(event.content_block) ? event.content_block : {})
      case "content_block_delta":
        return this.#delta(Number(event.index ?? 0), isObject(event.delta) ? event.delta : {})
      case "content_block_stop":
        return this.#close(Number(event.index ?? 0))
      case "message_delta":
        return this.#messageDelta(event)
      case "message_stop":
        return this.#stop()
      case "error":
        this.#done = true
        return [...this.#usageParts(), { type: "error", error: inlineError(event) }]
      default:
        // Proxies write errors without a type. Pings and events of the future say nothing to us.
        if (event.error === undefined || event.error === null) return []
        return this.#read("error", event)
    }
  }

  #begin(message: JsonObject = {}): readonly ChatPart[] {
    if (this.#started) return []
    this.#started = true
    const usage = isObject(message.usage) ? message.usage : {}
    return [
      {
        type: "start",
        ...(typeof message.id === "string" ? { id: message.id } : {}),
        ...(typeof message.model === "string" ? { model: message.model } : {}),
        ...(typeof usage.service_tier === "string" ? { serviceTier: usage.service_tier } : {}),
      },
    ]
  }

  /** The content may be there already (calls that were deferred to this turn). */
  #start(message: JsonObject): readonly ChatPart[] {
    const parts = [...this.#begin(message)]
    // Counted now, so that an answer that its client leaves is billed for what it read.
    if (this.#usage.take(message.usage)) parts.push(...this.#usageParts())
    const content = Array.isArray(message.content) ? message.content : []
    content.forEach((block, index) => {
      if (isObject(block)) parts.push(...this.#open(index, block), ...this.#close(index))
    })
    return parts
  }

  #open(at: number, content: JsonObject): readonly ChatPart[] {
    const before = [...this.#begin(), ...this.#close(at)]
    const { block, parts } = openBlock(content, this.#nextIndex++, this.#source)
    this.#blocks.set(at, block)
    return [...before, ...parts]
  }

  #delta(at: number, delta: JsonObject): readonly ChatPart[] {
    const open = this.#blocks.get(at)
    if (open) return open.delta(delta)
    const content = blockOfDelta(delta)
    if (!content) return []
    return [...this.#open(at, content), ...(this.#blocks.get(at)?.delta(delta) ?? [])]
  }

  #close(at: number): readonly ChatPart[] {
    const block = this.#blocks.get(at)
    this.#blocks.delete(at)
    return block?.close() ?? []
  }

  #messageDelta(event: JsonObject): readonly ChatPart[] {
    const delta = isObject(event.delta) ? event.delta : {}
    if (typeof delta.stop_reason === "string") this.#stopReason = delta.stop_reason
    if (typeof delta.stop_sequence === "string") this.#stopSequence = delta.stop_sequence
    for (const key of endings) {
      const value = delta[key] ?? event[key]
      if (value !== undefined && value !== null) this.#ending[key] = value
    }
    return this.#usage.take(event.usage) ? this.#usageParts() : []
  }

  #usageParts(): readonly ChatPart[] {
    return this.#usage.any ? [{ type: "usage", usage: this.#usage.usage() }] : []
  }

  #stop(): readonly ChatPart[] {
    const parts = [...this.#begin(), ...[...this.#blocks.keys()].flatMap((at) => this.#close(at))]
    this.#done = true
    const { stop_details: details } = this.#ending
    const refused = isObject(details) ? details.explanation : undefined
    // Why the classifiers stepped in: the one thing that tells the user what to change.
    if (this.#stopReason === "refusal" && typeof refused === "string" && refused !== "")
      parts.push({ type: "refusal-delta", index: this.#nextIndex++, text: refused })
    const raw = this.#stopReason ?? null
    const stopSequence = this.#stopSequence === undefined ? {} : { stopSequence: this.#stopSequence }
    const usage = this.#usage.rest()
    const ending = Object.keys(usage).length > 0 ? { ...this.#ending, usage } : this.#ending
    parts.push({
      type: "finish",
      reason: finishReason(this.#stopReason),
      raw,
      ...stopSequence,
      ...withExtras(ending),
    })
    return parts
  }
}
