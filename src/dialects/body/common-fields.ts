import type { Sampling } from "../../contract/index.ts"
import { defined, type Fields, invalid } from "./fields.ts"

/** Sampling as OpenAI's formats spell it, with what OpenRouter added. */
export const readSampling = (
  request: Fields,
): Omit<Sampling, "logprobs" | "topLogprobs"> & { readonly topLogprobs?: number } => {
  const bias = request.object("logit_bias")
  for (const [token, value] of Object.entries(bias ?? {}))
    if (typeof value !== "number") throw invalid(`logit_bias.${token}`, "must be a number")
  return defined({
    temperature: request.number("temperature"),
    topP: request.number("top_p"),
    topK: request.number("top_k"),
    minP: request.number("min_p"),
    topA: request.number("top_a"),
    frequencyPenalty: request.number("frequency_penalty"),
    presencePenalty: request.number("presence_penalty"),
    repetitionPenalty: request.number("repetition_penalty"),
    seed: request.number("seed"),
    logitBias: bias as Record<string, number> | undefined,
    topLogprobs: request.integer("top_logprobs", 0),
  })
}

/** `stop`: one text or several. */
export const readStop = (request: Fields): readonly string[] | undefined => {
  const stop = request.any("stop")
  if (stop === undefined) return undefined
  const all = typeof stop === "string" ? [stop] : request.strings("stop")
  return all && all.length > 0 ? all : undefined
}

/** `metadata`. Values that are not texts are written as JSON: OpenAI wants texts, OpenRouter's users send numbers. */
export const readMetadata = (request: Fields): Record<string, string> | undefined => {
  const metadata = request.object("metadata")
  if (!metadata) return undefined
  const texts = Object.entries(metadata).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ])
  return Object.fromEntries(texts) as Record<string, string>
}
