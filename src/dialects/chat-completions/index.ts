import type { ClientDialect, Dialect } from "../../contract/index.ts"
import { encodeReply } from "./client/encode-reply.ts"
import { encodeStream } from "./client/encode-stream.ts"
import { dialectName } from "./names.ts"
import { nativeReply } from "./native/reply.ts"
import { nativeRequest } from "./native/request.ts"
import { ChatTap } from "./native/tap.ts"
import { decodeReply, ReplyDecoder } from "./reply/decode.ts"
import { decodeError } from "./reply/errors.ts"
import { decodeRequest } from "./request/decode.ts"
import { encodeRequest } from "./request/encode.ts"

export { gatewayKeys } from "./names.ts"
export { type RequestScan, scanRequest } from "./native/scan.ts"
export { isPlainRequest } from "./request/plain.ts"

/** OpenAI's chat completions as upstreams speak them, with the deviations that profiles name. */
export const chatCompletions: Dialect = {
  name: dialectName,
  framing: "sse",
  encodeRequest,
  decodeReply,
  decodeStream: (source) => new ReplyDecoder(source),
  decodeError,
  native: {
    request: nativeRequest,
    reply: nativeReply,
    stream: (patch, provider) => new ChatTap(patch, provider),
  },
}

/** The same format as clients speak it, on either face. */
export const chatCompletionsClient: ClientDialect = { name: dialectName, decodeRequest, encodeReply, encodeStream }
