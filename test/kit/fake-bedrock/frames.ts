import type { JsonObject } from "../../../src/contract/index.ts"

const encoder = new TextEncoder()

const number32 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}

const joined = (...pieces: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(pieces))

/** A header of type 7, text: name length, name, type, value length, value. */
const header = (name: string, value: string): Uint8Array => {
  const [left, right] = [encoder.encode(name), encoder.encode(value)]
  return joined(Uint8Array.of(left.length), left, Uint8Array.of(7, right.length >> 8, right.length & 255), right)
}

/** One frame of `application/vnd.amazon.eventstream`, written by hand and without the library that reads it. */
export const frame = (headers: Readonly<Record<string, string>>, payload: string): Uint8Array => {
  const head = joined(...Object.entries(headers).map(([name, value]) => header(name, value)))
  const body = encoder.encode(payload)
  const prelude = joined(number32(12 + head.length + body.length + 4), number32(head.length))
  const start = joined(prelude, number32(Bun.hash.crc32(prelude)), head, body)
  return joined(start, number32(Bun.hash.crc32(start)))
}

export const eventFrame = (type: string, payload: JsonObject): Uint8Array =>
  frame({ ":event-type": type, ":content-type": "application/json", ":message-type": "event" }, JSON.stringify(payload))

export const exceptionFrame = (type: string, message: string): Uint8Array =>
  frame(
    { ":exception-type": type, ":content-type": "application/json", ":message-type": "exception" },
    JSON.stringify({ message }),
  )

/** An event of Anthropic's, as InvokeModelWithResponseStream wraps it. */
export const chunkFrame = (event: JsonObject): Uint8Array =>
  eventFrame("chunk", { bytes: Buffer.from(JSON.stringify(event)).toString("base64"), p: "abcdefgh" })

export const concat = (frames: readonly Uint8Array[]): Uint8Array => joined(...frames)
