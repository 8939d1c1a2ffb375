import { type FrameDecoder, GatewayError, isObject, type Json, type NativeTap, type WireEvent } from "signalbox/plugin"
import { exceptionError } from "../errors.ts"
import { createFrameDecoder, exceptionOf } from "../event-stream/frames.ts"

/** Anthropic's word for a failure (platform.claude.com, errors). */
const errorTypes: Readonly<Record<string, string>> = {
  validationexception: "invalid_request_error",
  throttlingexception: "rate_limit_error",
  serviceunavailableexception: "overloaded_error",
  modeltimeoutexception: "timeout_error",
}

const errorEvent = (type: string, message: string): WireEvent => ({
  event: "error",
  data: JSON.stringify({ type: "error", error: { type, message } }),
})

const parse = (text: string): Json => {
  try {
    return JSON.parse(text) as Json
  } catch {
    return null
  }
}

/** Anthropic's events name themselves first of all. */
const typeOf = (event: string): string =>
  /^\s*\{\s*"type"\s*:\s*"(\w+)"/.exec(event)?.[1] ??
  String((parse(event) as { type?: unknown } | null)?.type ?? "message")

/** A frame's event of the Messages API: `chunk` holds it in base64, an exception becomes an `error` event. */
const unwrap = (frame: WireEvent): WireEvent | undefined => {
  const exception = exceptionOf(frame)
  if (exception !== undefined) {
    const { message } = exceptionError(exception, frame.data)
    return errorEvent(errorTypes[exception.toLowerCase()] ?? "api_error", message)
  }
  if (frame.event !== "chunk") return undefined
  const payload = parse(frame.data)
  if (!isObject(payload)) return undefined
  // Proxies that imitate Bedrock leave the base64 out.
  const plain = typeof payload.bytes === "string" ? Buffer.from(payload.bytes, "base64").toString("utf8") : frame.data
  const data = plain.replace(/[\r\n]+/g, " ")
  return { event: typeOf(data), data }
}

const unwrapAll = (frames: readonly WireEvent[]): WireEvent[] =>
  frames.map(unwrap).filter((event) => event !== undefined)

/** Frames of InvokeModelWithResponseStream as events of the Messages API. */
export const createInvokeDecoder = (): FrameDecoder => {
  const frames = createFrameDecoder()
  return { push: (bytes) => unwrapAll(frames.push(bytes)), end: () => unwrapAll(frames.end()) }
}

const encoder = new TextEncoder()

const written = (events: readonly WireEvent[]): Uint8Array =>
  encoder.encode(events.map(({ event, data }) => `event: ${event}\ndata: ${data}\n\n`).join(""))

/** The tap of the Messages API behind the framing of AWS: what it sees, and lets through, is an event stream as Anthropic sends it. */
export class InvokeTap implements NativeTap {
  readonly #events = createInvokeDecoder()
  #broken = false

  constructor(private readonly inner: NativeTap) {}

  get summary() {
    return this.inner.summary
  }

  push(bytes: Uint8Array): Uint8Array | undefined {
    if (this.#broken) return undefined
    return this.#guarded(() => this.#events.push(bytes))
  }

  end(): Uint8Array | undefined {
    const last = this.#broken ? undefined : this.#guarded(() => this.#events.end())
    const end = this.inner.end()
    return last && end ? Buffer.concat([last, end]) : (last ?? end)
  }

  /** A damaged frame ends the answer, and the client learns it in its own format. A cut one the inner tap notices by itself. */
  #guarded(read: () => readonly WireEvent[]): Uint8Array | undefined {
    let events: readonly WireEvent[]
    try {
      events = read()
    } catch (thrown) {
      this.#broken = true
      if (!GatewayError.is(thrown) || thrown.code === "stream_interrupted") return undefined
      events = [errorEvent("api_error", thrown.message)]
    }
    return events.length === 0 ? undefined : this.inner.push(written(events))
  }
}
