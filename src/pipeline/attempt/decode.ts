import {
  type ChatPart,
  type DecodeSource,
  type Dialect,
  type FrameDecoder,
  GatewayError,
  type WireEvent,
} from "../../contract/index.ts"
import { createSseDecoder, eventTooLarge, largestEventBytes } from "../../dialects/sse.ts"

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
    for (let bytes = head; ; bytes = undefined) {
      const { done, value } = bytes ? { done: false, value: bytes } : await reader.read()
      for (const event of done ? events.end() : events.push(value!)) if (yield* named(decoder.push(event))) return
      if (!done) continue
      yield* named(decoder.end())
      return
    }
  } finally {
    reader.cancel().catch(() => {})
  }
}

/** A call that no client can run: it would be sent back, and refused by the next upstream. */
export const isNameless = (part: ChatPart): boolean => part.type === "tool-call-start" && part.name === ""

export const namelessCall = (): GatewayError =>
  new GatewayError("bad_provider_response", "The upstream calls a tool without saying which.")

/** Parts up to a call without a name, which is an error and the end. Returns whether there was one. */
function* named(parts: readonly ChatPart[]): Generator<ChatPart, boolean> {
  for (const part of parts) {
    if (isNameless(part)) {
      yield { type: "error", error: namelessCall() }
      return true
    }
    yield part
  }
  return false
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
