import type { ClientDialect } from "../../../contract/index.ts"
import { idCharacters } from "../../faces/words.ts"
import { dialectName } from "../formats.ts"
import { scanRequest } from "../native/scan.ts"
import { decodeRequest } from "./decode.ts"
import { encodeReply } from "./encode-reply.ts"
import { encodeStream, ping } from "./encode-stream.ts"
import { errorBody, errorEvent, errorStatus } from "./errors.ts"

/** Anthropic's Messages API as clients speak it, on either face and in both of its versions. */
export const messagesClient: ClientDialect = {
  name: dialectName,
  api: "messages",
  fields: {
    outputLimit: ["max_tokens"],
    // platform.claude.com, prompt caching: a limit of 0 fills the cache and says nothing.
    smallestOutput: 0,
    usage: "always",
    once: ["messages", "system", "max_tokens"],
  },
  forwardedHeaders: ["anthropic-beta", "anthropic-version"],
  lossPaths: {
    max_completion_tokens: "max_tokens",
    stop: "stop_sequences",
    reasoning: "thinking",
    "reasoning.effort": "output_config.effort",
    "reasoning.max_tokens": "thinking.budget_tokens",
    response_format: "output_config.format",
    parallel_tool_calls: "tool_choice.disable_parallel_tool_use",
    user: "metadata.user_id",
    "tools[].parameters": "input_schema",
  },
  // Anthropic's SDKs give their users this one as `_request_id`.
  requestIdHeader: "request-id",
  decodeRequest,
  scan: (text) => scanRequest(text)?.span,
  encodeReply,
  encodeStream,
  errorBody,
  errorStatus,
  streamError: (error, _identity, face, context) => errorEvent(error, face, context),
  keepAlive: () => ping,
  newId: (_face, random) => `msg_${idCharacters(random, 24)}`,
}
