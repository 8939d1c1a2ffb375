import type { ClientDialect } from "../../../contract/index.ts"
import { encodeComment } from "../../sse.ts"
import { dialectName } from "../names.ts"
import { scanRequest } from "../native/scan.ts"
import { decodeRequest } from "./decode.ts"
import { encodeReply } from "./encode-reply.ts"
import { encodeStream } from "./encode-stream.ts"
import { streamError } from "./failure.ts"

/** OpenAI's Responses as clients speak them, on either face. */
export const responsesClient: ClientDialect = {
  name: dialectName,
  api: "responses",
  fields: {
    outputLimit: ["max_output_tokens"],
    usage: "always",
    once: ["background", "input", "instructions", "max_output_tokens", "previous_response_id", "store"],
  },
  forwardedHeaders: ["openai-beta"],
  lossPaths: {
    max_tokens: "max_output_tokens",
    max_completion_tokens: "max_output_tokens",
    response_format: "text.format",
    verbosity: "text.verbosity",
  },
  decodeRequest,
  scan: (text) => scanRequest(text)?.span,
  encodeReply,
  encodeStream,
  errorBody: (error, face, context) => face.errorBody(error, context),
  streamError,
  keepAlive: (face) => encodeComment(face.keepAliveComment),
  newId: (_face, random) => `resp_${random.slice(0, 24)}`,
}
