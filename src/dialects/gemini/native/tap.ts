import {
  attributed,
  GatewayError,
  isObject,
  type Json,
  type NativeSummary,
  type NativeTap,
  type ReplyPatch,
} from "../../../contract/index.ts"
import { EventCutter } from "../../body/event-cutter.ts"
import { dataOf, type EventData } from "../../body/event-data.ts"
import { asciiJson, fromLatin1, parseLatin1 } from "../../body/latin1.ts"
import { faces } from "../../faces/index.ts"
import { type ObjectSpan, topLevel } from "../../json-text/index.ts"
import { errorBody } from "../client/errors.ts"
import { ReplyObserver } from "./observe.ts"
import { type Bill, patchResponse } from "./patch.ts"

interface Response extends EventData {
  readonly span: ObjectSpan
}

/**
 * Lets a stream through with its patches. No event says that it is the last, so the one that finishes the answer is held until another one
 * or the end follows: it gets the cost.
 */
export class GeminiTap implements NativeTap {
  readonly #cutter = new EventCutter()
  readonly #observer = new ReplyObserver()
  readonly #patch: ReplyPatch
  readonly #provider: string
  #out = ""
  #held: Response | undefined
  #over = false

  constructor(patch: ReplyPatch, provider: string) {
    this.#patch = patch
    this.#provider = provider
  }

  get summary(): NativeSummary {
    return this.#observer.summary
  }

  push(bytes: Uint8Array): Uint8Array | undefined {
    return this.#guarded(() => {
      for (const event of this.#cutter.push(bytes)) this.#event(event, "bad_provider_response")
    })
  }

  end(): Uint8Array | undefined {
    return this.#guarded(() => {
      // What is torn here is the end of a stream that was cut.
      const rest = this.#cutter.end()
      if (rest !== undefined) this.#event(rest, "stream_interrupted")
      if (!this.#observer.isFinished) throw this.#failure("stream_interrupted")
      this.#close()
    })
  }

  /** What these bytes let out; a failure becomes the last event. */
  #guarded(run: () => void): Uint8Array | undefined {
    if (this.#over) return undefined
    try {
      run()
    } catch (thrown) {
      if (!GatewayError.is(thrown)) throw thrown
      this.#fail(thrown)
    }
    const out = this.#out
    this.#out = ""
    return out === "" ? undefined : fromLatin1(out)
  }

  #event(event: string, unreadable: "bad_provider_response" | "stream_interrupted"): void {
    const parts = dataOf(event)
    if (!parts) {
      this.#out += event
      return
    }
    const text = parts.data.trim()
    if (text === "" || text === "[DONE]") return
    const span = topLevel(parts.data)
    const body = span && parsed(parts.data)
    if (!span || !isObject(body)) throw this.#failure(unreadable)
    // Another one follows, so the one before was not the last.
    if (this.#held) this.#write(this.#held)
    this.#held = undefined
    this.#observer.take(body)
    if (this.#observer.isFinished) this.#held = { ...parts, span }
    else this.#write({ ...parts, span })
  }

  #write({ before, data, after, span }: Response, bill?: Bill): void {
    this.#out += `${before}${patchResponse(data, span, this.#patch, asciiJson, bill)}${after}`
  }

  #close(): void {
    this.#over = true
    const { summary, usage: raw } = this.#observer
    const usage = summary.usage ?? this.#patch.estimate(summary.contentLength)
    summary.usage = usage
    summary.complete = true
    if (this.#held) this.#write(this.#held, { usage, costUsd: this.#patch.price(usage), raw })
  }

  #fail(thrown: GatewayError): void {
    this.#over = true
    const error = attributed(thrown, this.#provider, this.#patch.provider)
    this.summary.error = error
    this.#out += `data: ${asciiJson(errorBody(error, faces[this.#patch.face], { requestId: this.#patch.id }))}\n\n`
  }

  #failure(code: "bad_provider_response" | "stream_interrupted"): GatewayError {
    const words =
      code === "stream_interrupted"
        ? "The upstream's stream ended before its answer was complete"
        : "The upstream's stream holds an event that is no JSON object"
    return new GatewayError(code, words, { provider: this.#provider })
  }
}

const parsed = (data: string): Json | undefined => {
  try {
    return parseLatin1(data)
  } catch {
    return undefined
  }
}
