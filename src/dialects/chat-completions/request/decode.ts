import {
  type ChatRequest,
  gatewayExtras,
  isObject,
  type Json,
  type JsonObject,
  type Sampling,
} from "../../../contract/index.ts"
import { dialectName, gatewayKeys } from "../names.ts"
import { readCache } from "./decode-content.ts"
import { decodeMessages } from "./decode-messages.ts"
import { decodeReasoningRequest } from "./decode-reasoning.ts"
import { decodeResponseFormat, decodeToolChoice, decodeTools } from "./decode-tools.ts"
import { defined, Fields, invalid } from "./fields.ts"

const decodeSampling = (request: Fields): Sampling => {
  const bias = request.object("logit_bias")
  for (const [token, value] of Object.entries(bias ?? {}))
    if (typeof value !== "number") throw invalid(`logit_bias.${token}`, "must be a number")
  return defined({
    temperature: request.number("temperature"),
    topP: request.number("top_p"),
    topK: request.number("top_k"),
    minP: request.number("min_p"),
    topA: request.number("top_a"),
    frequencyPenalty: request.number("frequency_penalty"),
    presencePenalty: request.number("presence_penalty"),
    repetitionPenalty: request.number("repetition_penalty"),
    seed: request.number("seed"),
    logitBias: bias as Record<string, number> | undefined,
    logprobs: request.boolean("logprobs"),
    topLogprobs: request.integer("top_logprobs", 0),
  })
}

const decodeStop = (request: Fields): readonly string[] | undefined => {
  const stop = request.any("stop")
  if (stop === undefined) return undefined
  const all = typeof stop === "string" ? [stop] : request.strings("stop")
  return all && all.length > 0 ? all : undefined
}

/** Values that are not texts are written as JSON: OpenAI wants texts, OpenRouter's users send numbers. */
const decodeMetadata = (request: Fields): Record<string, string> | undefined => {
  const metadata = request.object("metadata")
  if (!metadata) return undefined
  const texts = Object.entries(metadata).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ])
  return Object.fromEntries(texts) as Record<string, string>
}

/** What of `stream_options` is not the wish for usage, which the host reads for itself. */
const streamOptionsRest = (request: Fields): JsonObject | undefined => {
  const { include_usage: _wish, ...others } = request.object("stream_options") ?? {}
  return Object.keys(others).length > 0 ? others : undefined
}

/** Fields addressed to the gateway are kept apart from fields of the dialect that have no meaning here. */
const sortRest = (rest: JsonObject): { extras?: Record<string, JsonObject> } => {
  const own: JsonObject = {}
  const gateway: JsonObject = {}
  for (const [key, value] of Object.entries(rest)) (gatewayKeys.has(key) ? gateway : own)[key] = value
  const extras: Record<string, JsonObject> = {}
  if (Object.keys(own).length > 0) extras[dialectName] = own
  if (Object.keys(gateway).length > 0) extras[gatewayExtras] = gateway
  return Object.keys(extras).length > 0 ? { extras } : {}
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
  const sampling = decodeSampling(request)
  const fields = defined({
    tools: decodeTools(request),
    toolChoice: decodeToolChoice(request),
    parallelToolCalls: request.boolean("parallel_tool_calls"),
    responseFormat: decodeResponseFormat(request),
    reasoning: decodeReasoningRequest(request, unread),
    maxOutputTokens: maxCompletion ?? maxTokens,
    stop: decodeStop(request),
    choices: request.integer("n", 1),
    modalities: request.strings("modalities"),
    serviceTier: request.string("service_tier"),
    verbosity,
    user: request.string("user"),
    metadata: decodeMetadata(request),
    promptCacheKey: request.string("prompt_cache_key"),
    cache: readCache(request),
  })
  const stream = request.boolean("stream") ?? false
  const streamOptions = streamOptionsRest(request)
  const rest = { ...request.rest(), ...unread, ...(streamOptions ? { stream_options: streamOptions } : {}) }
  return { model, messages, sampling, stream, ...fields, ...sortRest(rest) }
}
