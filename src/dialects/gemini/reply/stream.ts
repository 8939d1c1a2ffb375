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
import { geminiToolNames, reasoningOrigins } from "../formats.ts"
import { Candidate, type CandidateSource } from "./candidate.ts"
import { inlineError } from "./error.ts"
import { finishReason } from "./finish.ts"
import { decodeUsage } from "./usage.ts"

/** Which of the candidates; the first where the number is none. */
const positionOf = (index: Json | undefined): number =>
  Number.isSafeInteger(index) && Number(index) >= 0 ? Number(index) : 0

/** Reads an answer: each chunk is a whole GenerateContentResponse, and a whole reply is an answer of one chunk. */
export class GeminiDecoder implements StreamDecoder {
  readonly #candidates = new Map<number, Candidate>()
  readonly #source: CandidateSource
  #started = false
  #done = false
  #usage: Json | undefined
  #blocked: string | undefined

  constructor({ request, profile, newId }: DecodeSource) {
    this.#source = {
      names: geminiToolNames(request),
      customTools: customToolNames(request.tools),
      format: reasoningOrigins(profile)[0] ?? "unknown",
      newId,
      usedIds: new Set(),
    }
  }

  push({ data }: WireEvent): readonly ChatPart[] {
    if (this.#done || data === "" || data === "[DONE]") return []
    let parsed: Json
    try {
      parsed = JSON.parse(data) as Json
    } catch {
      return this.#fail(new GatewayError("bad_provider_response", "Gemini sent an event that is not JSON"))
    }
    return this.take(parsed)
  }

  /** A chunk, or a list of them (streams without `alt=sse`). */
  take(body: Json): readonly ChatPart[] {
    if (Array.isArray(body)) return body.flatMap((chunk) => this.take(chunk))
    if (this.#done || !isObject(body)) return []
    if (isObject(body.error)) return [...this.#usageParts(), ...this.#fail(inlineError(body))]
    const out = [...this.#start(body)]
    const feedback = isObject(body.promptFeedback) ? body.promptFeedback : {}
    if (typeof feedback.blockReason === "string") this.#blocked = feedback.blockReason
    for (const entry of Array.isArray(body.candidates) ? body.candidates : [])
      if (isObject(entry)) out.push(...this.#candidate(positionOf(entry.index)).push(entry))
    // Cumulative: the last one counts. Reported at once, so that an answer that its client leaves is billed.
    if (isObject(body.usageMetadata)) {
      this.#usage = body.usageMetadata
      out.push(...this.#usageParts())
    }
    return out
  }

  /** No event ends a stream; a finish reason for every candidate does. */
  end(): readonly ChatPart[] {
    if (this.#done) return []
    const all = [...this.#candidates.values()]
    const usage = this.#usageParts()
    if (all.length === 0 && this.#blocked !== undefined) {
      this.#done = true
      return [...usage, { type: "finish", reason: "content-filter", raw: this.#blocked }]
    }
    if (all.length === 0 || all.some(({ finish }) => finish === undefined)) {
      const message = "Gemini's answer ended before it was complete"
      return [...usage, ...this.#fail(new GatewayError("stream_interrupted", message))]
    }
    const broken = all.find(({ finish, calledTools }) => finishReason(finish ?? "", calledTools) === "error")
    if (broken) {
      const message = `Gemini stopped with ${broken.finish}${broken.finishMessage ? `: ${broken.finishMessage}` : ""}`
      return [...usage, ...this.#fail(new GatewayError("bad_provider_response", message))]
    }
    this.#done = true
    return [...all.flatMap((candidate) => candidate.close()), ...this.#usageParts(), ...all.map(finishPart)]
  }

  #start(body: JsonObject): readonly ChatPart[] {
    if (this.#started) return []
    this.#started = true
    const metadata = isObject(body.usageMetadata) ? body.usageMetadata : {}
    return [
      {
        type: "start",
        ...(typeof body.responseId === "string" ? { id: body.responseId } : {}),
        ...(typeof body.modelVersion === "string" ? { model: body.modelVersion } : {}),
        ...(typeof metadata.serviceTier === "string" ? { serviceTier: metadata.serviceTier } : {}),
      },
    ]
  }

  #candidate(position: number): Candidate {
    let candidate = this.#candidates.get(position)
    if (!candidate) {
      candidate = new Candidate(position, this.#source)
      this.#candidates.set(position, candidate)
    }
    return candidate
  }

  #usageParts(): readonly ChatPart[] {
    if (this.#usage === undefined) return []
    const searches = [...this.#candidates.values()].reduce((sum, candidate) => sum + candidate.searches, 0)
    return [{ type: "usage", usage: decodeUsage(this.#usage, searches > 0 ? { webSearch: searches } : {}) }]
  }

  #fail(error: GatewayError): readonly ChatPart[] {
    this.#done = true
    return [{ type: "error", error }]
  }
}

const finishPart = ({ finish, calledTools, position }: Candidate): ChatPart => ({
  type: "finish",
  reason: finishReason(finish ?? "", calledTools),
  raw: finish ?? null,
  ...(position === 0 ? {} : { choice: position }),
})
