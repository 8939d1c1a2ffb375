/**
 * One message of `application/vnd.amazon.eventstream` (docs.aws.amazon.com, Amazon Transcribe, event stream encoding). Read here and not by
 * AWS's package, because that one costs every gateway nine megabytes, also those without Bedrock; the tests compare with it.
 */
export interface EventMessage {
  /** Headers that are texts, which are all that Bedrock sends. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** Total length, length of the headers, and the checksum of both. */
const preludeLength = 12
const checksumLength = 4

/** Lengths of the values of each type; -1: two bytes in front say it. */
const valueLengths: readonly number[] = [0, 0, 1, 2, 4, 8, -1, -1, 8, 16]
const textType = 7

const decoder = new TextDecoder()

/** Reads one whole message. Throws an Error that says what is wrong with it. */
export function readMessage(frame: Uint8Array): EventMessage {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const end = frame.byteLength - checksumLength
  if (
    Bun.hash.crc32(frame.subarray(0, preludeLength - checksumLength)) !== view.getUint32(preludeLength - checksumLength)
  )
    throw new Error("the prelude's checksum does not match")
  if (Bun.hash.crc32(frame.subarray(0, end)) !== view.getUint32(end))
    throw new Error("the message's checksum does not match")
  const bodyStart = preludeLength + view.getUint32(4)
  if (bodyStart > end) throw new Error("the headers are longer than the message")
  return { headers: readHeaders(frame, view, bodyStart), body: frame.subarray(bodyStart, end) }
}

function readHeaders(frame: Uint8Array, view: DataView, end: number): Record<string, string> {
  const headers: Record<string, string> = {}
  for (let at = preludeLength; at < end; ) {
    const nameEnd = at + 1 + view.getUint8(at)
    const type = nameEnd < end ? view.getUint8(nameEnd) : undefined
    const fixed = type === undefined ? undefined : valueLengths[type]
    if (fixed === undefined) throw new Error("a header of no known type")
    const start = nameEnd + 1 + (fixed < 0 ? 2 : 0)
    if (start > end) throw new Error("a header that is cut off")
    const next = start + (fixed < 0 ? view.getUint16(nameEnd + 1) : fixed)
    if (next > end) throw new Error("a header that is cut off")
    if (type === textType)
      headers[decoder.decode(frame.subarray(at + 1, nameEnd))] = decoder.decode(frame.subarray(start, next))
    at = next
  }
  return headers
}
