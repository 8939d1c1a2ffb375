import type { ChatRequest, Effort, JsonObject, ResponseFormat } from "../../../contract/index.ts"
import { defined } from "../../body/fields.ts"
import { askedReasoning, budgetToEffort, dropSampling } from "../../translate/index.ts"
import { dialectName } from "../names.ts"
import type { RequestContext } from "./context.ts"

/** True when the request says that the model shall not reason. */
const reasonsNot = ({ reasoning }: ChatRequest): boolean => askedReasoning(reasoning)?.on === false

/** Fields beyond OpenAI's that some upstreams take here too, in their usual spelling (`Profile.takesFields`). */
const furtherFields = ({ sampling, stop, choices, modalities }: ChatRequest): JsonObject =>
  defined({
    top_k: sampling.topK,
    min_p: sampling.minP,
    top_a: sampling.topA,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    repetition_penalty: sampling.repetitionPenalty,
    seed: sampling.seed,
    logit_bias: sampling.logitBias === undefined ? undefined : { ...sampling.logitBias },
    stop: stop === undefined ? undefined : [...stop],
    n: choices === 1 ? undefined : choices,
    modalities: modalities === undefined ? undefined : [...modalities],
  })

const samplingOnly = ["topK", "minP", "topA", "frequencyPenalty", "presencePenalty", "repetitionPenalty"] as const
const spelled = {
  topK: "top_k",
  minP: "min_p",
  topA: "top_a",
  frequencyPenalty: "frequency_penalty",
  presencePenalty: "presence_penalty",
  repetitionPenalty: "repetition_penalty",
  seed: "seed",
  logitBias: "logit_bias",
} as const

/** Temperature and the like: what the API has, what this upstream has beyond it, and a loss for all else. */
export const encodeSampling = (request: ChatRequest, context: RequestContext): JsonObject => {
  const { profile, lose } = context
  const { sampling } = request
  const takes = (field: string) => profile.takesFields?.includes(field) === true
  const further = furtherFields(request)
  const out = Object.fromEntries(Object.entries(further).filter(([field]) => takes(field)))
  const unknown = [...samplingOnly, "seed", "logitBias"] as const
  const reason = "the upstream has no such field"
  dropSampling(
    sampling,
    unknown.filter((field) => !takes(spelled[field])),
    reason,
    lose,
  )
  const drop = (path: string) => lose({ path, action: "dropped", code: "parameter_unsupported", reason })
  for (const field of ["stop", "n"]) if (further[field] !== undefined && !takes(field)) drop(field)
  if (request.modalities?.some((modality) => modality !== "text") && !takes("modalities")) drop("modalities")
  if (profile.noSampling && !(profile.samplingAtEffortNone && reasonsNot(request))) {
    const refused = "the model refuses sampling parameters"
    dropSampling(sampling, ["temperature", "topP", "logprobs", "topLogprobs"], refused, lose)
    return out
  }
  return {
    ...out,
    ...defined({
      temperature: temperatureOf(request, context),
      top_p: sampling.topP,
      top_logprobs: sampling.topLogprobs,
    }),
  }
}

const temperatureOf = ({ sampling }: ChatRequest, { profile, lose }: RequestContext): number | undefined => {
  const { temperature } = sampling
  const highest = profile.maxTemperature
  if (temperature === undefined || highest === undefined || temperature <= highest) return temperature
  const reason = `the upstream's highest is ${highest}`
  lose({ path: "temperature", action: "clamped", code: "parameter_clamped", reason })
  return highest
}

const effortOf = (request: ChatRequest, { profile, lose, maxOutput }: RequestContext): string | undefined => {
  const asked = askedReasoning(request.reasoning)
  if (!asked) return undefined
  const approximate = (path: string, reason: string) =>
    lose({ path, action: "approximated", code: "reasoning_approximated", reason })
  const sent = (effort: Effort) => {
    const word = profile.effortMap?.[effort] ?? effort
    if (word !== effort) approximate("reasoning.effort", `the model has no effort "${effort}"; sent as "${word}"`)
    return word
  }
  if (!asked.on) {
    if (!profile.thinkingMandatory) return sent("none")
    const lowest = profile.effortMap?.none ?? profile.effortMap?.minimal ?? "low"
    approximate("reasoning", `the model always reasons; sent with its lowest effort "${lowest}"`)
    return lowest
  }
  if (asked.budget === undefined) return asked.effort === undefined ? undefined : sent(asked.effort)
  const effort = budgetToEffort(asked.budget, request.maxOutputTokens ?? maxOutput ?? 32_000)
  approximate("reasoning.max_tokens", `the upstream knows efforts, not budgets; sent as "${effort}"`)
  return profile.effortMap?.[effort] ?? effort
}

/** Whether this upstream's model reasons at all, as far as its profile knows. */
export const mayReason = ({ profile }: RequestContext): boolean =>
  profile.reasoningFormat !== "none" && profile.thinking !== "none"

/** `reasoning`. Hiding it from the client is the gateway's work and asks nothing of the upstream. */
export const encodeReasoning = (request: ChatRequest, context: RequestContext): JsonObject | undefined => {
  const summary = request.reasoning?.summary
  if (!mayReason(context)) {
    if (summary !== undefined || askedReasoning(request.reasoning)?.on)
      context.lose({
        path: "reasoning",
        action: "dropped",
        code: "reasoning_unsupported",
        reason: "the model does not reason",
      })
    return undefined
  }
  const reasoning = defined({ effort: effortOf(request, context), summary })
  return Object.keys(reasoning).length > 0 ? reasoning : undefined
}

const encodeFormat = (format: ResponseFormat, { lose }: RequestContext): JsonObject | undefined => {
  if (format.type === "text") return { type: "text" }
  if (format.type === "json-object") return { type: "json_object" }
  if (format.type === "json-schema") {
    const { name, description, schema, strict } = format
    return defined({ type: "json_schema", name, description, schema, strict })
  }
  if (format.dialect === dialectName) return format.data as JsonObject
  const reason = `only ${format.dialect} upstreams understand it`
  lose({ path: "response_format", action: "dropped", code: "format_unsupported", reason })
  return undefined
}

/** `text`: the format of the answer and how many words it may have. */
export const encodeText = (request: ChatRequest, context: RequestContext): JsonObject | undefined => {
  const format = request.responseFormat && encodeFormat(request.responseFormat, context)
  const text = defined({ format, verbosity: request.verbosity })
  return Object.keys(text).length > 0 ? text : undefined
}
