import type { Dialect } from "signalbox/plugin"
import { dialectName } from "./formats.ts"
import { decodeError } from "./reply/error.ts"
import { CohereDecoder, decodeReply } from "./reply/stream.ts"
import { encodeRequest } from "./request/encode.ts"
import { mediaNeed } from "./request/media-need.ts"

/** Cohere's chat, version 2 (docs.cohere.com/reference/chat). */
export const cohereV2: Dialect = {
  name: dialectName,
  framing: "sse",
  encodeRequest,
  mediaNeed,
  decodeReply,
  decodeStream: (source) => new CohereDecoder(source),
  decodeError,
}
