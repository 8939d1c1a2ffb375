import type { Profile } from "signalbox/plugin"
import type { ModelRule } from "./vendor.ts"

/** Fields that only OpenAI's own API has; other servers refuse or ignore them. */
export const openAiOnly = ["store"] as const

/** Sampling that vLLM brought into the world and that strict vendors answer with a 400. */
export const extendedSampling = ["top_k", "top_a", "min_p", "repetition_penalty"] as const

/** A server that we know nothing about: the plain form, nothing newer. */
export const genericProfile: Profile = {
  developerRole: false,
  maxTokensField: "max_tokens",
  reasoningFormat: "none",
  strictTools: false,
  customTools: false,
  // The form that files have in OpenAI's API is one that hardly any other server reads; text reaches every model.
  pdf: false,
  dropFields: openAiOnly,
}

/** A hosted cloud over vLLM or SGLang: as generic, with `reasoning_effort`, which these servers read or ignore. */
export const cloudProfile: Profile = { ...genericProfile, reasoningFormat: "effort", strictTools: true }

/** `thinking: { type }` beside `reasoning_effort`. */
export const deepseekProfile: Profile = { ...genericProfile, reasoningFormat: "deepseek", strictTools: true }

/** Servers whose chat template switches thinking. */
export const templateProfile: Profile = { ...genericProfile, reasoningFormat: "chat-template" }

/** gpt-oss knows three efforts and cannot be kept from thinking. */
const threeEfforts = { none: "low", minimal: "low", xhigh: "high", max: "high" } as const

/** Wherever it is served, gpt-oss takes `reasoning_effort` and no template switch. */
export const gptOss: ModelRule = {
  match: /gpt-oss/i,
  profile: { reasoningFormat: "effort", effortMap: threeEfforts, thinkingMandatory: true },
}
