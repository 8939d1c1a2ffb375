import type { Dialect } from "../../contract/index.ts"
import { dialectName } from "./formats.ts"
import { native } from "./native/index.ts"
import { decodeReply } from "./reply/decode.ts"
import { decodeError } from "./reply/error.ts"
import { MessagesDecoder } from "./reply/stream.ts"
import { encodeRequest } from "./request/encode.ts"
import { mediaNeed } from "./request/media-need.ts"

export { messagesClient } from "./client/index.ts"

/** Anthropic's Messages API, and the servers that imitate it. */
export const messages: Dialect = {
  name: dialectName,
  framing: "sse",
  smallestOutput: 0,
  encodeRequest,
  mediaNeed,
  decodeReply,
  decodeStream: (source) => new MessagesDecoder(source),
  decodeError,
  native,
}
