import type { Dialect } from "../../contract/index.ts"
import { dialectName } from "./names.ts"
import { nativeReply } from "./native/reply.ts"
import { nativeRequest } from "./native/request.ts"
import { ResponsesTap } from "./native/tap.ts"
import { decodeReply, ResponsesDecoder } from "./reply/decode.ts"
import { decodeError } from "./reply/errors.ts"
import { encodeRequest } from "./request/encode.ts"
import { mediaNeed } from "./request/media-need.ts"

/** OpenAI's Responses API, and the servers that imitate it. Nothing is ever stored upstream. */
export const responses: Dialect = {
  name: dialectName,
  framing: "sse",
  // Who asks for less, as health checks do with 1, would get a 400 from OpenAI.
  smallestOutput: 16,
  encodeRequest,
  mediaNeed,
  decodeReply,
  decodeStream: (source) => new ResponsesDecoder(source),
  decodeError,
  native: {
    request: nativeRequest,
    reply: nativeReply,
    stream: (patch, provider) => new ResponsesTap(patch, provider),
  },
}
