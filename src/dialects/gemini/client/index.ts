import type { ClientDialect } from "../../../contract/index.ts"
import { encodeComment, encodeEvent } from "../../sse.ts"
import { dialectName } from "../formats.ts"
import { scanRequest } from "../native/scan.ts"
import { decodeRequest } from "./decode.ts"
import { encodeReply } from "./encode-reply.ts"
import { encodeStream } from "./encode-stream.ts"
import { errorBody } from "./errors.ts"

export { decodeCountTokens, encodeCountTokens } from "./count-tokens.ts"
export {
  decodeBatchEmbedContents,
  decodeEmbedContent,
  encodeBatchEmbedContents,
  encodeEmbedContent,
} from "./embeddings.ts"
export { createJsonArrayWriter, type JsonArrayWriter } from "./json-array.ts"

/** The Gemini API's generateContent as clients speak it (Google's SDKs, Gemini CLI), on either face. */
export const geminiClient: ClientDialect = {
  name: dialectName,
  api: "gemini",
  fields: {
    outputLimit: [
      "generationConfig.maxOutputTokens",
      "generationConfig.max_output_tokens",
      "generation_config.max_output_tokens",
      "generation_config.maxOutputTokens",
    ],
    choices: "generationConfig.candidateCount",
    usage: "always",
    once: ["contents", "generationConfig", "generation_config"],
  },
  forwardedHeaders: [],
  lossPaths: {
    temperature: "generationConfig.temperature",
    top_p: "generationConfig.topP",
    top_k: "generationConfig.topK",
    seed: "generationConfig.seed",
    frequency_penalty: "generationConfig.frequencyPenalty",
    presence_penalty: "generationConfig.presencePenalty",
    logprobs: "generationConfig.responseLogprobs",
    top_logprobs: "generationConfig.logprobs",
    n: "generationConfig.candidateCount",
    max_tokens: "generationConfig.maxOutputTokens",
    max_completion_tokens: "generationConfig.maxOutputTokens",
    stop: "generationConfig.stopSequences",
    response_format: "generationConfig.responseSchema",
    modalities: "generationConfig.responseModalities",
    reasoning: "generationConfig.thinkingConfig",
    "reasoning.effort": "generationConfig.thinkingConfig.thinkingLevel",
    "reasoning.max_tokens": "generationConfig.thinkingConfig.thinkingBudget",
    tool_choice: "toolConfig.functionCallingConfig",
    service_tier: "serviceTier",
  },
  decodeRequest,
  scan: (text) => scanRequest(text)?.span,
  encodeReply,
  encodeStream,
  errorBody,
  streamError: (error, _identity, face, context) => encodeEvent(errorBody(error, face, context)),
  keepAlive: (face) => encodeComment(face.keepAliveComment),
  newId: (face, random, nowMs) => face.newId(random, nowMs),
}
