import { createParser } from "eventsource-parser"
import { GatewayError, type Json, type WireEvent } from "../contract/index.ts"

/** The largest event that is waited for: an image in base64 fits; an upstream that never ends one must not fill the memory. */
export const largestEventBytes = 32 * 1024 * 1024

export const eventTooLarge = (): GatewayError =>
  new GatewayError("bad_provider_response", `The stream holds an event of more than ${largestEventBytes} bytes`)

export interface SseDecoder {
  /** The events that these bytes complete. */
  push(bytes: Uint8Array): readonly WireEvent[]
  /** Call once when the body ends: gives the event whose blank line never came. */
  end(): readonly WireEvent[]
}

/**
 * Bytes of an event stream → events. Characters and line ends may be split over chunks; comments, `id:` and `retry:` are skipped.
 * Events without data are skipped as well, as the standard says.
 */
export const createSseDecoder = (): SseDecoder => {
  let events: WireEvent[] = []
  const parser = createParser({
    onEvent: ({ event, data }) => events.push(event === undefined ? { data } : { event, data }),
  })
  const decoder = new TextDecoder()
  let waiting = 0
  const take = (text: string) => {
    parser.feed(text)
    const taken = events
    events = []
    return taken
  }
  return {
    push: (bytes) => {
      const taken = take(decoder.decode(bytes, { stream: true }))
      waiting = taken.length > 0 ? 0 : waiting + bytes.byteLength
      if (waiting > largestEventBytes) throw eventTooLarge()
      return taken
    },
    // Some servers close without the last blank line; the standard would throw their last event away.
    end: () => take(`${decoder.decode()}\n\n`),
  }
}

/** One event with JSON data. */
export const encodeEvent = (data: Json, event?: string): string =>
  event === undefined ? `data: ${JSON.stringify(data)}\n\n` : `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`

/** A comment line: keeps a connection alive, is seen by no client. */
export const encodeComment = (text: string): string => `: ${text}\n\n`

/** How chat completions end a stream. */
export const doneEvent = "data: [DONE]\n\n"
