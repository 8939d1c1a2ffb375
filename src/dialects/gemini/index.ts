import type { ChatPart, DecodeSource, Dialect, Json } from "../../contract/index.ts"
import { dialectName } from "./formats.ts"
import { decodeError } from "./reply/error.ts"
import { GeminiDecoder } from "./reply/stream.ts"
import { encodeRequest } from "./request/encode.ts"

/** A whole reply as parts. Throws for an error inside a 200, and for an answer without its end. */
const decodeReply = (body: Json, source: DecodeSource): readonly ChatPart[] => {
  const decoder = new GeminiDecoder(source)
  const parts = [...decoder.take(body), ...decoder.end()]
  const failed = parts.find((part) => part.type === "error")
  if (failed) throw failed.error
  return parts
}

/** The Gemini API's generateContent. */
export const gemini: Dialect = {
  name: dialectName,
  framing: "sse",
  encodeRequest,
  decodeReply,
  decodeStream: (source) => new GeminiDecoder(source),
  decodeError,
}
