import { asksFor, dropSampling, type Lose, messages } from "signalbox/dialects"
import { type ChatRequest, type EncodeTarget, isObject, type JsonObject, type Sampling } from "signalbox/plugin"
import { isClaudeModel, isNova } from "../../models.ts"
import { encodeEffort } from "./effort.ts"

export interface Settings {
  readonly inferenceConfig: JsonObject
  /** `additionalModelRequestFields`: what only this family of models knows. */
  readonly additional: JsonObject
  /** The model is asked to think: forced tools and prefill are refused then. */
  readonly thinks: boolean
}

const withoutUndefined = (fields: Readonly<Record<string, JsonObject[string] | undefined>>): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as JsonObject

/**
 * Claude's limits, sampling and thinking follow the rules of its own API, so its own encoder decides them. What that says of messages is
 * not wanted here: Converse has its own form of them.
 */
const claudeSettings = (request: ChatRequest, target: EncodeTarget): Settings => {
  const { sampling, stop, reasoning, verbosity, maxOutputTokens, responseFormat } = request
  const native = target.profile.nativeSchema !== false && responseFormat?.type === "json-schema"
  const asked: ChatRequest = {
    model: request.model,
    messages: request.messages,
    sampling,
    stream: false,
    ...(stop ? { stop } : {}),
    ...(reasoning ? { reasoning } : {}),
    ...(verbosity === undefined ? {} : { verbosity }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(native ? { responseFormat } : {}),
  }
  const lose: Lose = (loss) => {
    if (!loss.path.startsWith("messages") && !loss.path.startsWith("cache_control")) target.lose(loss)
  }
  const body = messages.encodeRequest(asked, { ...target, lose })
  const { max_tokens, temperature, top_p, top_k, stop_sequences, thinking, output_config } = body
  return {
    inferenceConfig: withoutUndefined({
      maxTokens: max_tokens,
      temperature,
      topP: top_p,
      stopSequences: stop_sequences,
    }),
    additional: withoutUndefined({ thinking, output_config, top_k }),
    thinks: isObject(thinking) && thinking.type !== "disabled",
  }
}

/** Converse knows temperature and top_p; top_k has a place of its own in each family that takes it. */
const encodeSampling = (sampling: Sampling, { model, profile, lose }: EncodeTarget) => {
  const unknown = [
    "minP",
    "topA",
    "frequencyPenalty",
    "presencePenalty",
    "repetitionPenalty",
    "seed",
    "logitBias",
    "logprobs",
    "topLogprobs",
  ] as const
  dropSampling(sampling, unknown, "the upstream's API has no such field", lose)
  if (profile.noSampling) {
    dropSampling(sampling, ["temperature", "topP", "topK"], "the model refuses sampling fields", lose)
    return { config: {}, additional: {} }
  }
  const { temperature, topP, topK } = sampling
  const highest = profile.maxTemperature ?? 1
  if (temperature !== undefined && temperature > highest)
    lose({
      path: "temperature",
      action: "clamped",
      code: "parameter_clamped",
      reason: `${temperature} to ${highest}, the upstream's highest`,
    })
  const config: JsonObject = {
    ...(temperature === undefined ? {} : { temperature: Math.min(temperature, highest) }),
    ...(topP !== undefined && asksFor(sampling, "topP") ? { topP } : {}),
  }
  if (topK === undefined || !asksFor(sampling, "topK")) return { config, additional: {} }
  if (isNova(model)) return { config, additional: { inferenceConfig: { topK } } }
  if (/^mistral\./.test(model)) return { config, additional: { top_k: topK } }
  if (/^cohere\./.test(model)) return { config, additional: { k: topK } }
  dropSampling(sampling, ["topK"], "the model has no such field", lose)
  return { config, additional: {} }
}

const stopSequences = (request: ChatRequest, { profile, lose }: EncodeTarget): JsonObject => {
  const stop = request.stop?.filter((sequence) => sequence !== "") ?? []
  if (stop.length === 0) return {}
  if (!profile.dropFields?.includes("stopSequences")) return { stopSequences: stop }
  lose({
    path: "stop",
    action: "dropped",
    code: "parameter_unsupported",
    reason: "the model refuses stop sequences here",
  })
  return {}
}

const outputLimit = (request: ChatRequest, { maxOutput, lose }: EncodeTarget): JsonObject => {
  const asked = request.maxOutputTokens
  if (asked === undefined) return {}
  if (maxOutput === undefined || asked <= maxOutput) return { maxTokens: asked }
  lose({
    path: "max_tokens",
    action: "clamped",
    code: "parameter_clamped",
    reason: `${asked} to ${maxOutput}, the model's largest output`,
  })
  return { maxTokens: maxOutput }
}

/** Output limit, sampling, stop sequences and thinking, in the places where this family of models wants them. */
export const encodeSettings = (request: ChatRequest, target: EncodeTarget): Settings => {
  if (isClaudeModel(target.model)) return claudeSettings(request, target)
  if (request.verbosity !== undefined)
    target.lose({
      path: "verbosity",
      action: "dropped",
      code: "parameter_unsupported",
      reason: "the upstream has no such field",
    })
  const { config, additional } = encodeSampling(request.sampling, target)
  const effort = encodeEffort(request, target)
  const inferenceConfig: JsonObject = { ...outputLimit(request, target), ...config, ...stopSequences(request, target) }
  for (const field of effort.refused) {
    if (inferenceConfig[field] === undefined) continue
    delete inferenceConfig[field]
    target.lose({
      path: field === "maxTokens" ? "max_tokens" : field === "topP" ? "top_p" : field,
      action: "dropped",
      code: "parameter_conflict",
      reason: "not together with high reasoning",
    })
  }
  return { inferenceConfig, additional: { ...additional, ...effort.additional }, thinks: false }
}
