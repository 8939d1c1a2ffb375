import { type Extras, gatewayExtras, type Loss, type Sampling } from "../../contract/index.ts"

export type Lose = (loss: Loss) => void

/** The fields of `Sampling` in the clients' spelling, and the value that asks for nothing. */
const samplingFields: Readonly<Record<keyof Sampling, { readonly path: string; readonly neutral?: unknown }>> = {
  temperature: { path: "temperature", neutral: 1 },
  topP: { path: "top_p", neutral: 1 },
  topK: { path: "top_k", neutral: 0 },
  minP: { path: "min_p", neutral: 0 },
  topA: { path: "top_a", neutral: 0 },
  frequencyPenalty: { path: "frequency_penalty", neutral: 0 },
  presencePenalty: { path: "presence_penalty", neutral: 0 },
  repetitionPenalty: { path: "repetition_penalty", neutral: 1 },
  seed: { path: "seed" },
  logitBias: { path: "logit_bias" },
  logprobs: { path: "logprobs", neutral: false },
  topLogprobs: { path: "top_logprobs", neutral: 0 },
}

/** Whether a sampling field asks for something other than what happens without it. */
export const asksFor = (sampling: Sampling, field: keyof Sampling): boolean => {
  const value = sampling[field]
  if (value === undefined) return false
  if (field === "logitBias") return Object.keys(value).length > 0
  return value !== samplingFields[field].neutral
}

/** Reports the given sampling fields as dropped, where they ask for something. */
export const dropSampling = (
  sampling: Sampling,
  fields: readonly (keyof Sampling)[],
  reason: string,
  lose: Lose,
): void => {
  for (const field of fields)
    if (asksFor(sampling, field))
      lose({ path: samplingFields[field].path, action: "dropped", code: "parameter_unsupported", reason })
}

/** Reports the fields that only other wire formats understand. `prefix` is empty or ends with a dot. */
export const dropForeignExtras = (extras: Extras | undefined, own: string, prefix: string, lose: Lose): void => {
  for (const [dialect, fields] of Object.entries(extras ?? {})) {
    if (dialect === own || dialect === gatewayExtras) continue
    for (const name of Object.keys(fields))
      lose({
        path: `${prefix}${name}`,
        action: "dropped",
        code: "foreign_field",
        reason: "the upstream's API has no such field",
      })
  }
}
