import type { ChatPart, DecodeSource, Dialect, FrameDecoder, WireEvent } from "../contract/index.ts"
import { createSseDecoder, eventTooLarge, largestEventBytes } from "../dialects/sse.ts"

/** An upstream's body as parts. Cancelling the iterator cancels the body. */
export async function* decodedParts(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  dialect: Dialect,
  source: DecodeSource,
  /** Read already. */
  head?: Uint8Array,
): AsyncGenerator<ChatPart> {
  const decoder = dialect.decodeStream(source)
  const events = framesOf(dialect)
  try {
    if (head) for (const event of events.push(head)) yield* decoder.push(event)
    for (;;) {
      const { done, value } = await reader.read()
      for (const event of done ? events.end() : events.push(value)) yield* decoder.push(event)
      if (!done) continue
      yield* decoder.end()
      return
    }
  } finally {
    reader.cancel().catch(() => {})
  }
}

function framesOf({ framing }: Dialect): FrameDecoder {
  if (typeof framing === "function") return framing()
  return framing === "sse" ? createSseDecoder() : lineEvents()
}

/** One JSON document a line (ollama's own format). */
function lineEvents(): FrameDecoder {
  const decoder = new TextDecoder()
  let rest = ""
  const take = (text: string, last: boolean): readonly WireEvent[] => {
    const lines = (rest + text).split("\n")
    rest = last ? "" : (lines.pop() ?? "")
    if (rest.length > largestEventBytes) throw eventTooLarge()
    return lines.filter((line) => line.trim() !== "").map((data) => ({ data }))
  }
  return {
    push: (bytes) => take(decoder.decode(bytes, { stream: true }), false),
    end: () => take(decoder.decode(), true),
  }
}
