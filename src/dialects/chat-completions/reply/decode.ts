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
import { ChoiceDecoder } from "./choice.ts"
import { errorInside, errorOfChoice } from "./errors.ts"
import { decodeFinish } from "./finish.ts"
import { decodeUsage, findUsage } from "./usage.ts"

const filled = (value: Json | undefined): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined

const startPart = (chunk: JsonObject): ChatPart => {
  const [id, model] = [filled(chunk.id), filled(chunk.model)]
  const [systemFingerprint, serviceTier] = [filled(chunk.system_fingerprint), filled(chunk.service_tier)]
  return {
    type: "start",
    ...(id === undefined ? {} : { id }),
    ...(model === undefined ? {} : { model }),
    ...(systemFingerprint === undefined ? {} : { systemFingerprint }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
  }
}

/** Chunks → parts. A whole reply is fed as one chunk, so that both ways give the same parts. */
export class ReplyDecoder implements StreamDecoder {
  readonly #source: DecodeSource
  readonly #choices = new Map<number, ChoiceDecoder>()
  #usage: JsonObject | undefined
  #citations: readonly Json[] = []
  #started = false
  #over = false
  #broken = false

  constructor(source: DecodeSource) {
    this.#source = source
  }

  push(event: WireEvent): readonly ChatPart[] {
    if (this.#over) return []
    const data = event.data.trim()
    if (data === "[DONE]") return this.#broken ? this.#fail(unreadable()) : this.#complete()
    if (data === "") return []
    let chunk: Json
    try {
      chunk = JSON.parse(data) as Json
    } catch {
      // The torn last event of a cut stream looks the same: which of both it is shows when something follows.
      if (this.#broken) return this.#fail(unreadable())
      this.#broken = true
      return []
    }
    if (this.#broken) return this.#fail(unreadable())
    const error = errorInside(event.event === "error" ? asError(chunk) : chunk)
    if (error) return this.#fail(error)
    return isObject(chunk) ? this.chunk(chunk) : []
  }

  end(): readonly ChatPart[] {
    if (this.#over) return []
    const all = [...this.#choices.values()]
    // A finish reason is a terminal signal; not every server sends [DONE] after it.
    if (!this.#broken && all.length > 0 && all.every((choice) => choice.finished)) return this.#complete()
    return this.#fail(
      new GatewayError("stream_interrupted", "The upstream's stream ended before its answer was complete"),
    )
  }

  chunk(chunk: JsonObject): ChatPart[] {
    const parts: ChatPart[] = []
    if (!this.#started) parts.push(startPart(chunk))
    this.#started = true
    this.#usage = findUsage(chunk) ?? this.#usage
    for (const key of ["search_results", "citations"]) {
      const list = chunk[key]
      if (this.#citations.length === 0 && Array.isArray(list)) this.#citations = list
    }
    // `choices` is null or missing on first chunks of Azure and some others.
    const choices = Array.isArray(chunk.choices) ? chunk.choices : []
    for (const [position, raw] of choices.entries()) {
      if (!isObject(raw)) continue
      const failure = this.#choice(raw, position, parts)
      if (failure) return [...parts, ...this.#fail(failure)]
    }
    return parts
  }

  #choice(raw: JsonObject, position: number, parts: ChatPart[]): GatewayError | undefined {
    const number = Number.isSafeInteger(raw.index) && Number(raw.index) >= 0 ? Number(raw.index) : position
    const choice = this.#choices.get(number) ?? this.#open(number)
    const delta = isObject(raw.delta) ? raw.delta : isObject(raw.message) ? raw.message : undefined
    if (delta && !choice.finished) choice.push(delta, raw.logprobs)
    const raised = errorOfChoice(raw)
    const word = filled(raw.finish_reason)
    if (word !== undefined && !choice.finished && !raised) {
      const reason = decodeFinish(word)
      if (reason === "error") {
        parts.push(...choice.take())
        return new GatewayError("provider_down", `The upstream broke the answer off: ${word}`)
      }
      choice.cite(this.#citations)
      choice.finish(reason, filled(raw.native_finish_reason) ?? word)
    }
    parts.push(...choice.take())
    return raised
  }

  #open(number: number): ChoiceDecoder {
    const { profile, newId, request } = this.#source
    const choice = new ChoiceDecoder({
      choice: number,
      newId,
      thinkTags: profile.thinkTags ?? false,
      ...(profile.customTools === false ? { customTools: customToolNames(request.tools) } : {}),
    })
    this.#choices.set(number, choice)
    return choice
  }

  #complete(): ChatPart[] {
    if (this.#choices.size === 0)
      return this.#fail(new GatewayError("bad_provider_response", "The upstream's answer holds no choices"))
    this.#over = true
    const parts: ChatPart[] = []
    for (const choice of this.#choices.values()) {
      // Servers that never send a finish reason still say [DONE].
      choice.finish("stop", null)
      parts.push(...choice.take())
    }
    if (this.#usage) parts.push({ type: "usage", usage: decodeUsage(this.#usage, this.#source.profile.usageQuirk) })
    return parts
  }

  #fail(error: GatewayError): ChatPart[] {
    this.#over = true
    const usage = this.#usage ? decodeUsage(this.#usage, this.#source.profile.usageQuirk) : undefined
    return [...(usage ? [{ type: "usage" as const, usage }] : []), { type: "error", error }]
  }
}

const unreadable = () =>
  new GatewayError("bad_provider_response", "The upstream's stream holds an event that is not JSON")

/** `event: error` with the error itself as data. */
const asError = (chunk: Json): Json => (isObject(chunk) && chunk.error === undefined ? { error: chunk } : chunk)

/** A whole reply as the parts of its stream. */
export const decodeReply = (body: Json, source: DecodeSource): readonly ChatPart[] => {
  const error = errorInside(body)
  if (error) throw error
  if (!isObject(body) || !Array.isArray(body.choices) || body.choices.length === 0)
    throw new GatewayError("bad_provider_response", "The upstream's answer holds no choices")
  const decoder = new ReplyDecoder(source)
  const parts = [...decoder.chunk(body), ...decoder.push({ data: "[DONE]" })]
  for (const part of parts) if (part.type === "error") throw part.error
  return parts
}
