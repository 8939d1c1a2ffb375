import { type AskedReasoning, askedReasoning, asksFor, dropSampling, effortToBudget } from "signalbox/dialects"
import type { ChatRequest, EncodeTarget, Json, JsonObject } from "signalbox/plugin"

/** docs.cohere.com/reference/chat: up to five stop sequences. */
const mostStops = 5

/** What an effort is a share of, where nobody says how long the answer may be. */
const usualOutput = 32_000

const clamp = (
  path: string,
  value: number | undefined,
  [least, most]: readonly [number, number],
  { lose }: EncodeTarget,
): number | undefined => {
  if (value === undefined) return undefined
  const near = Math.min(most, Math.max(least, value))
  if (near !== value) lose({ path, action: "clamped", code: "parameter_clamped", reason: `${value} to ${near}` })
  return near
}

/** Only one of the two penalties may come ("cannot specify both"); what asks for nothing is left out. */
const penalties = ({ sampling }: ChatRequest, target: EncodeTarget): JsonObject => {
  const range = [0, 1] as const
  const takesFrequency = asksFor(sampling, "frequencyPenalty")
  const frequency = clamp("frequency_penalty", takesFrequency ? sampling.frequencyPenalty : undefined, range, target)
  if (!asksFor(sampling, "presencePenalty")) return frequency === undefined ? {} : { frequency_penalty: frequency }
  if (frequency !== undefined) {
    const reason = "not together with frequency_penalty"
    target.lose({ path: "presence_penalty", action: "dropped", code: "parameter_conflict", reason })
    return { frequency_penalty: frequency }
  }
  const presence = clamp("presence_penalty", sampling.presencePenalty, range, target)
  return presence === undefined ? {} : { presence_penalty: presence }
}

export const encodeSampling = (request: ChatRequest, target: EncodeTarget): JsonObject => {
  const { sampling } = request
  const reason = "the upstream's API has no such field"
  dropSampling(sampling, ["minP", "topA", "repetitionPenalty", "logitBias", "topLogprobs"], reason, target.lose)
  const all: Readonly<Record<string, Json | undefined>> = {
    temperature: clamp("temperature", sampling.temperature, [0, target.profile.maxTemperature ?? 2], target),
    p: clamp("top_p", asksFor(sampling, "topP") ? sampling.topP : undefined, [0.01, 0.99], target),
    k: clamp("top_k", asksFor(sampling, "topK") ? sampling.topK : undefined, [0, 500], target),
    seed: sampling.seed,
    logprobs: sampling.logprobs ? true : undefined,
  }
  const set = Object.entries(all).filter((field): field is [string, Json] => field[1] !== undefined)
  return { ...Object.fromEntries(set), ...penalties(request, target) }
}

const budgetOf = (asked: Extract<AskedReasoning, { on: true }>, request: ChatRequest, target: EncodeTarget): number =>
  asked.budget ??
  effortToBudget(asked.effort ?? "medium", request.maxOutputTokens ?? target.maxOutput ?? usualOutput, {
    min: 1,
    max: 128_000,
  })

/** Cohere's reasoning models think unless they are told not to. */
export const encodeThinking = (request: ChatRequest, target: EncodeTarget): JsonObject => {
  const asked = askedReasoning(request.reasoning)
  if (asked === undefined) return {}
  if (target.profile.thinking === "none") {
    if (asked.on)
      target.lose({
        path: "reasoning",
        action: "dropped",
        code: "reasoning_unsupported",
        reason: "the model does not reason",
      })
    return {}
  }
  if (!asked.on) return { thinking: { type: "disabled" } }
  return { thinking: { type: "enabled", token_budget: budgetOf(asked, request, target) } }
}

export const encodeLimits = (request: ChatRequest, { maxOutput, lose }: EncodeTarget): JsonObject => {
  const stop = request.stop?.filter((sequence) => sequence !== "") ?? []
  if (stop.length > mostStops)
    lose({
      path: "stop",
      action: "clamped",
      code: "parameter_clamped",
      reason: `the upstream takes ${mostStops} stop sequences`,
    })
  const asked = request.maxOutputTokens
  const tokens = asked !== undefined && maxOutput !== undefined ? Math.min(asked, maxOutput) : asked
  if (tokens !== asked)
    lose({
      path: "max_tokens",
      action: "clamped",
      code: "parameter_clamped",
      reason: `${asked} to ${tokens}, the model's largest output`,
    })
  return {
    ...(tokens === undefined ? {} : { max_tokens: tokens }),
    ...(stop.length === 0 ? {} : { stop_sequences: stop.slice(0, mostStops) }),
  }
}
