import type { ClientDialect, Dialect } from "../../contract/index.ts"
import { encodeComment, encodeEvent } from "../sse.ts"
import { encodeReply } from "./client/encode-reply.ts"
import { encodeStream } from "./client/encode-stream.ts"
import { dialectName } from "./names.ts"
import { nativeReply } from "./native/reply.ts"
import { nativeRequest } from "./native/request.ts"
import { scanRequest } from "./native/scan.ts"
import { ChatTap } from "./native/tap.ts"
import { decodeReply, ReplyDecoder } from "./reply/decode.ts"
import { decodeError } from "./reply/errors.ts"
import { decodeRequest } from "./request/decode.ts"
import { encodeRequest } from "./request/encode.ts"
import { fileNotes } from "./request/file-annotations.ts"
import { mediaNeed } from "./request/media-need.ts"
import { isPlainRequest } from "./request/plain.ts"

/** OpenAI's chat completions as upstreams speak them, with the deviations that profiles name. */
export const chatCompletions: Dialect = {
  name: dialectName,
  framing: "sse",
  encodeRequest,
  mediaNeed,
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
export const chatCompletionsClient: ClientDialect = {
  name: dialectName,
  api: "chat-completions",
  fields: {
    outputLimit: ["max_completion_tokens", "max_tokens"],
    choices: "n",
    usage: "asked",
    once: ["messages", "max_tokens", "max_completion_tokens", "n"],
  },
  forwardedHeaders: [],
  decodeRequest,
  scan: (text) => scanRequest(text)?.span,
  isPlain: isPlainRequest,
  fileNotes,
  encodeReply,
  encodeStream,
  errorBody: (error, face, context) => face.errorBody(error, context),
  streamError: (error, identity, face, context) => encodeEvent(face.streamError(error, identity, context)),
  keepAlive: (face) => encodeComment(face.keepAliveComment),
  newId: (face, random, nowMs) => face.newId(random, nowMs),
}
