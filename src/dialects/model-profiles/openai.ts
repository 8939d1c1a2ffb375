import type { Profile } from "../../contract/index.ts"
import { type ModelId, readModelId } from "./openai-id.ts"

/** Not OpenAI's: answered with "Unrecognized request argument supplied". */
const foreignSampling = ["top_k", "top_a", "min_p", "repetition_penalty"]

/** Refused by every reasoning model, whatever its effort (developers.openai.com/api/docs/guides/reasoning). */
const reasoningRefuses = ["frequency_penalty", "presence_penalty", "logit_bias", "top_logprobs", "stop"]

/** Search models answer "Model incompatible request argument supplied". */
const searchRefuses = ["temperature", "top_p", "frequency_penalty", "presence_penalty", "logit_bias"]

/** Efforts by generation, as the ids take them in chat completions; `max` of 5.6 exists in the Responses API alone. */
const effortMapOf = ({ generation, series, variant }: ModelId): Readonly<Record<string, string>> => {
  if (series !== undefined) return { none: "low", minimal: "low", xhigh: "high", max: "high" }
  if (generation === undefined) return {}
  if (generation < 5.1) return { none: "minimal", minimal: "minimal", xhigh: "high", max: "high" }
  if (generation < 5.2) return { minimal: "low", xhigh: "high", max: "high" }
  if (generation < 6) return { minimal: "low", max: "xhigh" }
  return takesEffortNone(generation, variant) ? { minimal: "low" } : { none: "low", minimal: "low" }
}

/** From 5.1 on thinking can be switched off, except in most of generation 6. */
const takesEffortNone = (generation: number, variant: string): boolean => {
  if (generation < 5.1) return false
  if (generation < 6) return true
  return generation === 6 ? /^(luna|sol)\b/.test(variant) : generation === 6.1 ? /^terra\b/.test(variant) : false
}

/** Cache fields came with 5.6; generation 6 dropped the older one. */
const cacheRefuses = (generation: number): readonly string[] => {
  if (generation >= 6) return ["prompt_cache_retention"]
  return generation >= 5.6 ? [] : ["prompt_cache_options"]
}

const reasoningProfile = (id: ModelId): Profile => {
  const generation = id.generation ?? 0
  const switchable = takesEffortNone(generation, id.variant)
  // "Unsupported parameter: 'parallel_tool_calls' is not supported with this model" from the o-series.
  const parallel = id.series === undefined ? [] : ["parallel_tool_calls"]
  return {
    developerRole: true,
    maxTokensField: "max_completion_tokens",
    reasoningFormat: "effort",
    effortMap: effortMapOf(id),
    thinkingMandatory: !switchable,
    noSampling: true,
    samplingAtEffortNone: switchable,
    // 5.6 refuses to reason while function tools are offered in chat completions.
    reasoningWithTools: generation < 5.6 || generation >= 5.7,
    dropFields: [...foreignSampling, ...reasoningRefuses, ...parallel, ...cacheRefuses(generation)],
    ...(generation >= 5.6 ? { cacheFormat: "openai" as const } : {}),
  }
}

const plainProfile = (id: ModelId): Profile => ({
  developerRole: true,
  maxTokensField: "max_completion_tokens",
  reasoningFormat: "none",
  dropFields: [...foreignSampling, ...cacheRefuses(id.generation ?? 0), ...(id.searchPreview ? searchRefuses : [])],
  ...(id.searchPreview ? { webSearch: "options" as const } : {}),
  ...((id.generation ?? 0) >= 5.6 ? { cacheFormat: "openai" as const } : {}),
})

/** What api.openai.com wants of a request for this model. An id of no known kind is taken for a plain one. */
export const openAiProfile = (model: string): Profile => {
  const id = readModelId(model)
  // A last turn of the assistant's is taken, and answered with a new one.
  return { ...(id.reasoning && !id.searchPreview ? reasoningProfile(id) : plainProfile(id)), noPrefill: true }
}
