import { GatewayError, isObject, type Json, type JsonObject, type NativeSummary } from "../../../contract/index.ts"
import { emptySummary } from "../../body/native.ts"
import { inlineError } from "../reply/error.ts"
import { finishReason } from "../reply/finish.ts"
import { decodeUsage } from "../reply/usage.ts"

const objects = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

/** Reads what passes, without changing it: ids, usage, signatures, how far the answer is. */
export class ReplyObserver {
  readonly summary: NativeSummary = { ...emptySummary(), signatures: [] }
  /** Candidates that have begun, and whether they have ended. */
  readonly #candidates = new Map<number, boolean>()
  readonly #searches = new Map<number, number>()
  #usage: JsonObject | undefined
  #isBlocked = false

  /** Every candidate has its finish reason, or the prompt was refused. */
  get isFinished(): boolean {
    return this.#candidates.size > 0 ? [...this.#candidates.values()].every(Boolean) : this.#isBlocked
  }

  /** The usage reported last; `usageMetadata` is cumulative. */
  get usage(): JsonObject | undefined {
    return this.#usage
  }

  /** Throws for an error in the place of an answer, and for an answer that the model broke off. */
  take(body: JsonObject): void {
    const { summary } = this
    if (isObject(body.error)) throw inlineError(body)
    if (typeof body.responseId === "string") summary.upstreamId ??= body.responseId
    if (typeof body.modelVersion === "string") summary.upstreamModel ??= body.modelVersion
    for (const candidate of objects(body.candidates)) this.#candidate(candidate)
    const feedback = isObject(body.promptFeedback) ? body.promptFeedback : {}
    if (typeof feedback.blockReason === "string") {
      this.#isBlocked = true
      summary.finish ??= feedback.blockReason
    }
    if (isObject(body.usageMetadata)) this.#usage = body.usageMetadata
    if (this.#usage) summary.usage = this.#decoded(this.#usage)
  }

  #decoded(raw: JsonObject) {
    const searches = [...this.#searches.values()].reduce((sum, count) => sum + count, 0)
    return decodeUsage(raw, searches > 0 ? { webSearch: searches } : {})
  }

  #candidate(candidate: JsonObject): void {
    const { summary } = this
    const index = Number(candidate.index ?? 0)
    const content = isObject(candidate.content) ? candidate.content : {}
    for (const part of objects(content.parts)) {
      if (typeof part.text === "string") summary.contentLength += part.text.length
      // Whatever else it is (a call, code, a picture), it is content.
      else summary.contentLength += isObject(part.inlineData) ? 1 : JSON.stringify(part).length
      if (typeof part.thoughtSignature === "string") summary.signatures?.push(part.thoughtSignature)
    }
    const grounding = isObject(candidate.groundingMetadata) ? candidate.groundingMetadata : {}
    if (Array.isArray(grounding.webSearchQueries)) this.#searches.set(index, grounding.webSearchQueries.length)
    const { finishReason: raw } = candidate
    this.#candidates.set(index, this.#candidates.get(index) === true || typeof raw === "string")
    if (typeof raw !== "string") return
    summary.finish ??= raw
    if (finishReason(raw, false) !== "error") return
    const words = typeof candidate.finishMessage === "string" ? `: ${candidate.finishMessage}` : ""
    throw new GatewayError("bad_provider_response", `Gemini stopped with ${raw}${words}`)
  }
}
