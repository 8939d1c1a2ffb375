import { customToolNames, JsonToolFilter } from "signalbox/dialects"
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
import { exceptionError } from "../../errors.ts"
import { exceptionOf } from "../../event-stream/frames.ts"
import { answerToolName, converseToolNames, reasoningOrigins } from "../formats.ts"
import { type BlockSource, type OpenBlock, openBlock } from "./block.ts"
import { finishReason } from "./finish.ts"
import { decodeUsage } from "./usage.ts"

const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {})

const stopSequenceOf = (fields: Json | undefined): string | undefined => {
  const outer = objectOf(fields)
  const found = objectOf(outer.delta).stop_sequence ?? outer.stop_sequence
  return typeof found === "string" ? found : undefined
}

/** Reads the events of one answer. The same machine reads whole replies, so that both give the same parts. */
export class ConverseDecoder implements StreamDecoder {
  readonly #blocks = new Map<number, OpenBlock>()
  readonly #source: BlockSource
  readonly #answer: JsonToolFilter | undefined
  #nextIndex = 0
  #started = false
  #finished = false
  #failed = false

  constructor({ request, profile, newId }: DecodeSource) {
    const name = answerToolName(request, profile)
    this.#answer = name === undefined ? undefined : new JsonToolFilter(name)
    this.#source = {
      names: converseToolNames(request),
      customTools: customToolNames(request.tools),
      format: reasoningOrigins(profile)[0] ?? "unknown",
      newId,
      textLength: 0,
    }
  }

  push(event: WireEvent): readonly ChatPart[] {
    if (this.#failed) return []
    const exception = exceptionOf(event)
    if (exception !== undefined) return this.#fail(exceptionError(exception, event.data))
    if (!event.event) return []
    let payload: Json
    try {
      payload = JSON.parse(event.data) as Json
    } catch {
      return this.#fail(new GatewayError("bad_provider_response", "The upstream sent an event that is not JSON"))
    }
    return this.#emit(this.#read(event.event, objectOf(payload)))
  }

  end(): readonly ChatPart[] {
    if (this.#failed || this.#finished) return []
    return this.#fail(
      new GatewayError("stream_interrupted", "The upstream's stream ended before its message was complete"),
    )
  }

  /** A whole reply, read as the events that would have brought it. */
  reply(body: JsonObject): readonly ChatPart[] {
    const content = objectOf(objectOf(body.output).message).content
    const parts = [...this.#begin(objectOf(body.serviceTier).type)]
    for (const [at, block] of (Array.isArray(content) ? content : []).entries())
      parts.push(...this.#whole(at, objectOf(block)))
    parts.push(...this.#stop(body), ...this.#usage(body))
    return this.#emit(parts)
  }

  #emit(parts: readonly ChatPart[]): readonly ChatPart[] {
    return this.#answer && parts.length > 0 ? this.#answer.map(parts) : parts
  }

  #fail(error: GatewayError): readonly ChatPart[] {
    this.#failed = true
    return this.#emit([{ type: "error", error }])
  }

  /** What is added for padding (`p`) and events of the future say nothing to us. */
  #read(type: string, event: JsonObject): readonly ChatPart[] {
    const at = Number(event.contentBlockIndex ?? 0)
    switch (type) {
      case "messageStart":
        return this.#begin()
      case "contentBlockStart":
        return this.#finished ? [] : [...this.#begin(), ...this.#close(at), ...this.#open(at, objectOf(event.start))]
      case "contentBlockDelta":
        return this.#finished ? [] : this.#delta(at, objectOf(event.delta))
      case "contentBlockStop":
        return this.#close(at)
      case "messageStop":
        return this.#stop(event)
      case "metadata":
        return this.#usage(event)
      default:
        return []
    }
  }

  #begin(serviceTier?: Json): readonly ChatPart[] {
    if (this.#started) return []
    this.#started = true
    return [{ type: "start", ...(typeof serviceTier === "string" ? { serviceTier } : {}) }]
  }

  #open(at: number, content: JsonObject): readonly ChatPart[] {
    // A start that names no kind: the first delta will.
    if (Object.keys(content).length === 0) return []
    const block = openBlock(content, this.#nextIndex++, this.#source)
    this.#blocks.set(at, block)
    return block.opening
  }

  #delta(at: number, delta: JsonObject): readonly ChatPart[] {
    const opening = this.#blocks.has(at) ? [] : [...this.#begin(), ...this.#open(at, delta)]
    return [...opening, ...(this.#blocks.get(at)?.delta(delta) ?? [])]
  }

  #close(at: number): readonly ChatPart[] {
    const block = this.#blocks.get(at)
    this.#blocks.delete(at)
    return block?.close() ?? []
  }

  #whole(at: number, content: JsonObject): readonly ChatPart[] {
    if (isObject(content.toolUse)) return [...this.#open(at, content), ...this.#close(at)]
    if (isObject(content.citationsContent)) {
      const { content: texts, citations } = content.citationsContent
      const deltas: JsonObject[] = [
        ...(Array.isArray(texts) ? texts : []).filter(isObject),
        ...(Array.isArray(citations) ? citations : []).map((citation): JsonObject => ({ citation })),
      ]
      return [...deltas.flatMap((delta) => this.#delta(at, delta)), ...this.#close(at)]
    }
    return [...this.#delta(at, content), ...this.#close(at)]
  }

  /** The message is complete; only its usage follows. */
  #stop(event: JsonObject): readonly ChatPart[] {
    if (this.#finished) return []
    this.#finished = true
    const raw = typeof event.stopReason === "string" ? event.stopReason : undefined
    const stopSequence = stopSequenceOf(event.additionalModelResponseFields)
    return [
      ...this.#begin(),
      ...[...this.#blocks.keys()].flatMap((at) => this.#close(at)),
      {
        type: "finish",
        reason: finishReason(raw),
        raw: raw ?? null,
        ...(stopSequence === undefined ? {} : { stopSequence }),
      },
    ]
  }

  #usage(event: JsonObject): readonly ChatPart[] {
    const usage = decodeUsage(event.usage)
    return usage ? [{ type: "usage", usage }] : []
  }
}
