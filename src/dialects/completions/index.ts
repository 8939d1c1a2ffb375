import type { ClientDialect } from "../../contract/index.ts"
import { encodeComment, encodeEvent } from "../sse.ts"
import { decodeRequest } from "./decode.ts"
import { encodeReply, encodeStream } from "./encode.ts"
import { dialectName } from "./names.ts"

export { CompletionStreamJoiner, joinCompletions, splitPrompts } from "./batch.ts"

/** OpenAI's text completions of before chats, on either face. No upstream is asked in this format: a chat model answers. */
export const completionsClient: ClientDialect = {
  name: dialectName,
  api: "completions",
  fields: { outputLimit: ["max_tokens"], choices: "n", usage: "asked", once: ["prompt", "max_tokens", "n"] },
  forwardedHeaders: [],
  decodeRequest,
  encodeReply,
  encodeStream,
  errorBody: (error, face, context) => face.errorBody(error, context),
  streamError: (error, identity, face, context) => encodeEvent(face.streamError(error, identity, context)),
  keepAlive: (face) => encodeComment(face.keepAliveComment),
  // OpenAI's prefix of this API; OpenRouter has one for all.
  newId: (face, random, nowMs) => face.newId(random, nowMs).replace(/^chatcmpl-/, "cmpl-"),
}
