import { type ChatRequest, type EncodeTarget, isObject, type Json, type JsonObject } from "../../../contract/index.ts"
import { gatewayKeys } from "../../body/gateway-keys.ts"
import { asksForNothing, dropForeignExtras } from "../../translate/index.ts"
import { dialectName, ownExtras } from "../names.ts"
import { encodeMessages } from "./encode-messages.ts"
import { encodeReasoningRequest, reasonsNot } from "./encode-reasoning.ts"
import { encodeSearchOptions } from "./encode-search.ts"
import { encodeResponseFormat, encodeTools } from "./encode-tools.ts"

/** What reasoning models of the newest kind refuse with a 400 instead of ignoring it. */
export const samplingFields = [
  "temperature",
  "top_p",
  "top_k",
  "min_p",
  "top_a",
  "frequency_penalty",
  "presence_penalty",
  "repetition_penalty",
  "logit_bias",
  "logprobs",
  "top_logprobs",
] as const

const encodeSampling = (request: ChatRequest, target: EncodeTarget): JsonObject => {
  const { sampling } = request
  const { profile } = target
  const wanted = {
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    min_p: sampling.minP,
    top_a: sampling.topA,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    repetition_penalty: sampling.repetitionPenalty,
    logit_bias: sampling.logitBias,
    logprobs: sampling.logprobs,
    top_logprobs: sampling.topLogprobs,
    seed: sampling.seed,
  }
  const refused = profile.noSampling && !(profile.samplingAtEffortNone && reasonsNot(request, target))
  const out: JsonObject = {}
  for (const [key, value] of Object.entries(wanted)) {
    if (value === undefined) continue
    if (refused && key !== "seed") {
      target.lose({
        path: key,
        action: "dropped",
        code: "parameter_unsupported",
        reason: "the model refuses sampling parameters",
      })
    } else if (
      key === "temperature" &&
      profile.maxTemperature !== undefined &&
      Number(value) > profile.maxTemperature
    ) {
      target.lose({
        path: key,
        action: "clamped",
        code: "parameter_clamped",
        reason: `the upstream's highest is ${profile.maxTemperature}`,
      })
      out[key] = profile.maxTemperature
    } else out[key] = value as Json
  }
  return out
}

/** Fields without a meaning here go on as they came; those of other dialects are losses, those for the gateway are neither. */
const encodeExtras = (request: ChatRequest, target: EncodeTarget): JsonObject => {
  dropForeignExtras(request.extras, dialectName, "", target.lose)
  const own = Object.entries(ownExtras(request.extras) ?? {})
  return Object.fromEntries(own.filter(([key]) => !gatewayKeys.has(key) && key !== "stream_options"))
}

const encodeStream = (request: ChatRequest, target: EncodeTarget): JsonObject => {
  if (!request.stream) return {}
  const asked = ownExtras(request.extras)?.stream_options
  const options = isObject(asked) ? asked : {}
  if (target.profile.usageInStream !== false)
    return { stream: true, stream_options: { ...options, include_usage: true } }
  return Object.keys(options).length > 0 ? { stream: true, stream_options: options } : { stream: true }
}

const encodeCacheWish = (request: ChatRequest, target: EncodeTarget): JsonObject => {
  if (!request.cache) return {}
  if (target.profile.cacheFormat === "anthropic")
    return { cache_control: { type: "ephemeral", ...(request.cache.ttl ? { ttl: request.cache.ttl } : {}) } }
  target.lose({
    path: "cache_control",
    action: "dropped",
    code: "cache_breakpoint_lost",
    reason: "the upstream has no automatic cache switch",
  })
  return {}
}

/** Adds what the operator set for this upstream; objects are merged, the client's own fields win. */
const addExtraBody = (body: JsonObject, extraBody: Readonly<Record<string, unknown>>) => {
  for (const [key, value] of Object.entries(extraBody)) {
    const present = body[key]
    if (present === undefined) body[key] = value as Json
    else if (isObject(present) && isObject(value)) body[key] = { ...value, ...present }
  }
}

/** The internal form as an upstream of this dialect wants it. Whatever the profile forbids is reported through `target.lose`. */
export const encodeRequest = (request: ChatRequest, target: EncodeTarget): JsonObject => {
  const { profile } = target
  const body: JsonObject = { model: target.model, messages: encodeMessages(request.messages, target) }
  const plain = {
    [profile.maxTokensField ?? "max_tokens"]: request.maxOutputTokens,
    stop: request.stop,
    n: request.choices,
    modalities: request.modalities,
    service_tier: request.serviceTier,
    verbosity: request.verbosity,
    user: request.user,
    metadata: request.metadata,
    prompt_cache_key: request.promptCacheKey,
  }
  for (const [key, value] of Object.entries(plain)) if (value !== undefined) body[key] = value as Json
  Object.assign(
    body,
    encodeSampling(request, target),
    encodeTools(request, target),
    encodeSearchOptions(request, target),
    encodeResponseFormat(request.responseFormat, target),
    encodeExtras(request, target),
  )
  const reasoning = encodeReasoningRequest(request, target)
  for (const [key, value] of Object.entries(reasoning)) {
    const present = body[key]
    body[key] = isObject(present) && isObject(value) ? { ...present, ...value } : value
  }
  Object.assign(body, encodeCacheWish(request, target), encodeStream(request, target))
  for (const field of profile.dropFields ?? []) {
    const value = body[field]
    if (value === undefined) continue
    delete body[field]
    if (asksForNothing(field, value)) continue
    target.lose({
      path: field,
      action: "dropped",
      code: "parameter_unsupported",
      reason: "the upstream refuses this field",
    })
  }
  addExtraBody(body, profile.extraBody ?? {})
  return body
}
