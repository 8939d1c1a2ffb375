import { type ChatRequest, isObject, type Json, type JsonObject } from "../../../contract/index.ts"
import { readMetadata, readSampling, readStop } from "../../body/common-fields.ts"
import { defined, Fields, invalid } from "../../body/fields.ts"
import { gatewayKeys, partFields, requestExtras } from "../../body/gateway-keys.ts"
import { readFileParser } from "../../translate/index.ts"
import { dialectName } from "../names.ts"
import { readCache } from "./decode-content.ts"
import { decodeMessages } from "./decode-messages.ts"
import { decodeReasoningRequest } from "./decode-reasoning.ts"
import { decodeResponseFormat, decodeToolChoice, decodeTools } from "./decode-tools.ts"

/** What of `stream_options` is not the wish for usage, which the host reads for itself. */
const streamOptionsRest = (request: Fields): JsonObject | undefined => {
  const { include_usage: _wish, ...others } = request.object("stream_options") ?? {}
  return Object.keys(others).length > 0 ? others : undefined
}

/** Messages, or OpenRouter's `prompt` of the days of text completion. */
const messagesOf = (request: Fields): readonly Json[] => {
  const messages = request.array("messages")
  const prompt = request.string("prompt")
  if (messages === undefined && prompt !== undefined) return [{ role: "user", content: prompt }]
  if (messages === undefined) throw invalid("messages", "is missing: send a list with at least one message")
  if (messages.length === 0) throw invalid("messages", "is empty: send at least one message")
  return messages
}

/**
 * A chat-completions body in no vendor's words. Checks types and names the path of what is wrong; unknown fields are kept. `model` is
 * "" where the body names none: the configured default applies.
 */
export const decodeRequest = (body: Json): ChatRequest => {
  if (!isObject(body)) throw invalid("body", "must be a JSON object")
  const request = new Fields(body)
  const model = request.string("model") ?? ""
  const messages = decodeMessages(messagesOf(request))
  const unread: JsonObject = {}
  const maxCompletion = request.integer("max_completion_tokens", 0)
  const maxTokens = request.integer("max_tokens", 0)
  const verbosity = request.string("verbosity")
  const sampling = defined({ ...readSampling(request), logprobs: request.boolean("logprobs") })
  const fields = defined({
    tools: decodeTools(request),
    toolChoice: decodeToolChoice(request),
    parallelToolCalls: request.boolean("parallel_tool_calls"),
    responseFormat: decodeResponseFormat(request),
    reasoning: decodeReasoningRequest(request, unread),
    maxOutputTokens: maxCompletion ?? maxTokens,
    stop: readStop(request),
    choices: request.integer("n", 1),
    modalities: request.strings("modalities"),
    serviceTier: request.string("service_tier"),
    verbosity,
    user: request.string("user"),
    metadata: readMetadata(request),
    promptCacheKey: request.string("prompt_cache_key"),
    cache: readCache(request),
  })
  const stream = request.boolean("stream") ?? false
  const streamOptions = streamOptionsRest(request)
  const rest: JsonObject = { ...request.rest(), ...unread, ...(streamOptions ? { stream_options: streamOptions } : {}) }
  const { own, gateway } = partFields(rest, gatewayKeys)
  const extras = requestExtras(dialectName, own, gateway)
  return { model, messages, sampling, stream, ...fields, ...readFileParser(rest.plugins), ...extras }
}
