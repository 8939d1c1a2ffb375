import {
  emptyUsage,
  inputTokens,
  isObject,
  type Json,
  type JsonObject,
  outputTokens,
  type Usage,
} from "../../contract/index.ts"
import { roundUsd } from "../faces/usage.ts"

export const count = (value: Json | undefined): number =>
  typeof value === "number" && Number.isFinite(value) && value > 0 ? Math.round(value) : 0

const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {})

/** Usage that counts pieces only. */
export const counted = (counters: Readonly<Record<string, number>>): Usage => ({ ...emptyUsage, counters })

/** What an upstream says that its answer cost. */
const reported = (raw: JsonObject): { readonly reportedCostUsd?: number } =>
  typeof raw.cost === "number" && raw.cost >= 0 ? { reportedCostUsd: raw.cost } : {}

/**
 * The `usage` of OpenAI's image and audio routes, in disjoint buckets. `output` names the bucket of output tokens without details. Cached
 * tokens are told without their kind; they are taken from the text first.
 */
export const decodeTokens = (
  raw: JsonObject,
  output: "text" | "image" | "audio",
  counters: Readonly<Record<string, number>> = {},
): Usage => {
  const inside = objectOf(raw.input_tokens_details ?? raw.input_token_details ?? raw.prompt_tokens_details)
  const made = objectOf(raw.output_tokens_details ?? raw.output_token_details ?? raw.completion_tokens_details)
  const total = count(raw.input_tokens ?? raw.prompt_tokens)
  const image = Math.min(total, count(inside.image_tokens))
  const audio = Math.min(total - image, count(inside.audio_tokens))
  const cacheRead = Math.min(total - image - audio, count(inside.cached_tokens))
  const out = count(raw.output_tokens ?? raw.completion_tokens)
  const named = { text: count(made.text_tokens), image: count(made.image_tokens), audio: count(made.audio_tokens) }
  const rest = Math.max(0, out - named.text - named.image - named.audio)
  return {
    input: { ...emptyUsage.input, fresh: total - image - audio - cacheRead, cacheRead, audio, image },
    output: { ...emptyUsage.output, ...named, [output]: named[output] + rest },
    ...(Object.keys(counters).length === 0 ? {} : { counters }),
    ...reported(raw),
  }
}

/** `usage` of an image answer, in OpenAI's words, with the cost. */
export const imageUsage = (usage: Usage, costUsd: number): JsonObject => {
  const [input, output] = [inputTokens(usage), outputTokens(usage)]
  const made = usage.output
  return {
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
    input_tokens_details: {
      text_tokens: input - usage.input.image - usage.input.audio,
      image_tokens: usage.input.image,
      ...(usage.input.cacheRead > 0 ? { cached_tokens: usage.input.cacheRead } : {}),
    },
    output_tokens_details: { text_tokens: output - made.image - made.audio, image_tokens: made.image },
    cost: roundUsd(costUsd),
  }
}

/** `usage` of a transcription: by tokens where the vendor counts them, otherwise by the seconds of audio. */
export const transcriptionUsage = (usage: Usage, costUsd: number): JsonObject => {
  const [input, output] = [inputTokens(usage), outputTokens(usage)]
  const seconds = usage.counters?.seconds
  const cost = roundUsd(costUsd)
  if (input + output === 0) return { type: "duration", seconds: seconds ?? 0, cost }
  return {
    type: "tokens",
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
    input_token_details: { audio_tokens: usage.input.audio, text_tokens: input - usage.input.audio },
    ...(seconds === undefined ? {} : { seconds }),
    cost,
  }
}

/** `usage` of speech that is told in the last event of a stream. */
export const speechUsage = (usage: Usage, costUsd: number): JsonObject => {
  const [input, output] = [inputTokens(usage), outputTokens(usage)]
  return { input_tokens: input, output_tokens: output, total_tokens: input + output, cost: roundUsd(costUsd) }
}
