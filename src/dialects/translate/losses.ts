import {
  type Extras,
  gatewayExtras,
  isObject,
  type Json,
  type JsonObject,
  type Loss,
  type Message,
  type OpaqueContent,
  type Sampling,
} from "../../contract/index.ts"

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

/**
 * Fields that ask for what happens without them wherever their format is not spoken: OpenAI's `store: false`, which its own SDKs and agents
 * send with every request, and Anthropic's wish for arguments in small pieces, which no other API holds back.
 */
const idleFields: Readonly<Record<string, (value: Json) => boolean>> = {
  store: (value) => value === false,
  eager_input_streaming: () => true,
}

/** Whether leaving out a field that has no meaning here takes anything from the client. */
export const asksForNothing = (field: string, value: Json): boolean =>
  value === null || idleFields[field]?.(value) === true

/** The names of fields that only other wire formats understand, and that ask for something. */
export const foreignFields = (extras: Extras | undefined, own: string): string[] =>
  Object.entries(extras ?? {}).flatMap(([dialect, fields]) =>
    dialect === own || dialect === gatewayExtras
      ? []
      : Object.entries(fields).flatMap(([name, value]) => (asksForNothing(name, value) ? [] : [name])),
  )

/** Reports those fields. `prefix` is empty or ends with a dot. */
export const dropForeignExtras = (extras: Extras | undefined, own: string, prefix: string, lose: Lose): void => {
  for (const name of foreignFields(extras, own))
    lose({
      path: `${prefix}${name}`,
      action: "dropped",
      code: "foreign_field",
      reason: "the upstream's API has no such field",
    })
}

/** Reports the name of a participant, which only chat completions have. Results carry the name of their tool, which is another thing. */
export const dropName = (message: Message, path: string, lose: Lose): void => {
  if (message.role === "tool" || message.name === undefined) return
  lose({
    path: `${path}.name`,
    action: "dropped",
    code: "parameter_unsupported",
    reason: "the upstream has no names of participants",
  })
}

/** A copy of what the format `own` wrote itself; what only another one understands is reported and left out. */
export const ownContent = (content: OpaqueContent, own: string, path: string, lose: Lose): JsonObject | undefined => {
  if (content.dialect === own && isObject(content.data)) return structuredClone(content.data)
  lose({
    path,
    action: "dropped",
    code: "foreign_content",
    reason: `content that only ${content.dialect} understands`,
  })
  return undefined
}
