import { type FrameDecoder, GatewayError, messageOf, type WireEvent } from "signalbox/plugin"
import { type EventMessage, readMessage } from "./message.ts"

/** Beginning of the event name of what is no event of the model but a failure of the stream: `exception:throttlingException`. */
const exceptionPrefix = "exception:"

/** Both length fields and their checksum; no frame is shorter than this and its own checksum. */
const shortest = 16
/** AWS allows 24 MB; what claims more is no frame. */
const longest = 24 * 1024 * 1024

const decoder = new TextDecoder()

const damaged = (problem: string, cause?: unknown): GatewayError =>
  new GatewayError(
    "bad_provider_response",
    `the upstream's event stream is damaged: ${problem}`,
    cause === undefined ? {} : { cause },
  )

const decode = (frame: Uint8Array): EventMessage => {
  try {
    return readMessage(frame)
  } catch (thrown) {
    throw damaged(messageOf(thrown), thrown)
  }
}

const eventOf = ({ headers, body }: EventMessage): WireEvent => {
  const data = decoder.decode(body)
  switch (headers[":message-type"]) {
    case "exception":
      return { event: exceptionPrefix + (headers[":exception-type"] ?? "unknownException"), data }
    case "error": {
      // An error without a model of its own brings its words in headers.
      const words = { message: headers[":error-message"] ?? data }
      return {
        event: exceptionPrefix + (headers[":error-code"] ?? "unknownException"),
        data: JSON.stringify(words),
      }
    }
    default:
      return { event: headers[":event-type"] ?? "", data }
  }
}

/** `application/vnd.amazon.eventstream`: bytes, cut anywhere, as whole events. Both checksums of each frame are checked. */
export const createFrameDecoder = (): FrameDecoder => new Frames()

class Frames implements FrameDecoder {
  #rest: Uint8Array = new Uint8Array(0)
  /** Of a frame behind good ones, which are given out first. */
  #error: GatewayError | undefined

  push(bytes: Uint8Array): readonly WireEvent[] {
    if (this.#error) throw this.#error
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    const events: WireEvent[] = []
    try {
      for (let frame = this.#next(); frame; frame = this.#next()) events.push(eventOf(decode(frame)))
    } catch (thrown) {
      if (!GatewayError.is(thrown) || events.length === 0) throw thrown
      this.#error = thrown
    }
    // A view would keep the whole chunk alive for the sake of its end.
    if (this.#rest.length > 0) this.#rest = this.#rest.slice()
    return events
  }

  end(): readonly WireEvent[] {
    if (this.#error) throw this.#error
    if (this.#rest.length > 0)
      throw new GatewayError("stream_interrupted", "The upstream's stream ended in the middle of an event")
    return []
  }

  #next(): Uint8Array | undefined {
    const rest = this.#rest
    if (rest.length < 4) return undefined
    const length = new DataView(rest.buffer, rest.byteOffset).getUint32(0)
    if (length < shortest || length > longest) throw damaged(`a frame of ${length} bytes`)
    if (rest.length < length) return undefined
    this.#rest = rest.subarray(length)
    return rest.subarray(0, length)
  }
}

/** The exception's name, where an event tells of one. */
export const exceptionOf = ({ event }: WireEvent): string | undefined =>
  event?.startsWith(exceptionPrefix) ? event.slice(exceptionPrefix.length) : undefined
