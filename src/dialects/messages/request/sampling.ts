import type { JsonObject, Profile, Sampling } from "../../../contract/index.ts"
import { asksFor, dropSampling, type Lose } from "../../translate/index.ts"

const tunable = ["temperature", "topP", "topK"] as const

/**
 * Temperature, top_p, top_k as far as the model takes them: newest models take none (400 even at defaults), thinking excludes them, and
 * temperature (0 to 1 here) does not go together with top_p. Defaults are left out without a word: they ask for nothing.
 */
export const encodeSampling = (sampling: Sampling, profile: Profile, thinks: boolean, lose: Lose): JsonObject => {
  dropSampling(
    sampling,
    [
      "minP",
      "topA",
      "frequencyPenalty",
      "presencePenalty",
      "repetitionPenalty",
      "seed",
      "logitBias",
      "logprobs",
      "topLogprobs",
    ],
    "the upstream's API has no such field",
    lose,
  )
  if (profile.noSampling || thinks) {
    dropSampling(sampling, tunable, thinks ? "not together with thinking" : "the model refuses sampling fields", lose)
    return {}
  }
  const out: JsonObject = {}
  const { temperature, topP, topK } = sampling
  const highest = profile.maxTemperature ?? 1
  const takesTopP = topP !== undefined && asksFor(sampling, "topP")
  if (temperature !== undefined && !(takesTopP && temperature === 1)) {
    out.temperature = Math.min(temperature, highest)
    if (temperature > highest)
      lose({
        path: "temperature",
        action: "clamped",
        code: "parameter_clamped",
        reason: `${temperature} to ${highest}, the upstream's highest`,
      })
  }
  if (takesTopP) {
    if (out.temperature === undefined) out.top_p = topP
    else dropSampling(sampling, ["topP"], "the upstream takes temperature or top_p, not both", lose)
  }
  if (topK !== undefined && asksFor(sampling, "topK")) out.top_k = topK
  return out
}
