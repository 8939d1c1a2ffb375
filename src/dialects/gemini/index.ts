import type { ChatPart, DecodeSource, Dialect, Json } from "../../contract/index.ts"
import { dialectName } from "./formats.ts"
import { nativeReply } from "./native/reply.ts"
import { nativeRequest } from "./native/request.ts"
import { GeminiTap } from "./native/tap.ts"
import { decodeError } from "./reply/error.ts"
import { GeminiDecoder } from "./reply/stream.ts"
import { encodeRequest } from "./request/encode.ts"
import { mediaNeed } from "./request/media-need.ts"

export {
  createJsonArrayWriter,
  decodeBatchEmbedContents,
  decodeCountTokens,
  decodeEmbedContent,
  encodeBatchEmbedContents,
  encodeCountTokens,
  encodeEmbedContent,
  geminiClient,
  type JsonArrayWriter,
} from "./client/index.ts"
export { taskType } from "./task-types.ts"

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
  mediaNeed,
  decodeReply,
  decodeStream: (source) => new GeminiDecoder(source),
  decodeError,
  native: {
    request: nativeRequest,
    reply: nativeReply,
    stream: (patch, provider) => new GeminiTap(patch, provider),
  },
}
