import { isObject, type Json, type Usage } from "../../../contract/index.ts"

const count = (value: Json | undefined): number =>
  typeof value === "number" && Number.isFinite(value) && value > 0 ? Math.trunc(value) : 0

/** Tokens of one kind in a list of `{modality, tokenCount}`. */
const modality = (list: Json | undefined, kind: string): number => {
  let sum = 0
  for (const row of Array.isArray(list) ? list : [])
    if (isObject(row) && row.modality === kind) sum += count(row.tokenCount)
  return sum
}

/**
 * `usageMetadata` in disjoint buckets. The prompt count includes what came from the cache; tool-use prompts and thoughts stand outside of
 * the prompt and candidate counts.
 */
export const decodeUsage = (metadata: Json | undefined, counters: Readonly<Record<string, number>> = {}): Usage => {
  const raw = isObject(metadata) ? metadata : {}
  const prompt = count(raw.promptTokenCount) + count(raw.toolUsePromptTokenCount)
  const cacheRead = Math.min(prompt, count(raw.cachedContentTokenCount))
  const fresh = (kind: string) =>
    Math.max(0, modality(raw.promptTokensDetails, kind) - modality(raw.cacheTokensDetails, kind))
  const audio = Math.min(prompt - cacheRead, fresh("AUDIO"))
  const image = Math.min(prompt - cacheRead - audio, fresh("IMAGE"))
  const output = count(raw.candidatesTokenCount)
  const audioOut = Math.min(output, modality(raw.candidatesTokensDetails, "AUDIO"))
  const imageOut = Math.min(output - audioOut, modality(raw.candidatesTokensDetails, "IMAGE"))
  return {
    input: { fresh: prompt - cacheRead - audio - image, cacheRead, cacheWrite: 0, cacheWrite1h: 0, audio, image },
    output: {
      text: output - audioOut - imageOut,
      reasoning: count(raw.thoughtsTokenCount),
      audio: audioOut,
      image: imageOut,
    },
    ...(Object.keys(counters).length > 0 ? { counters } : {}),
  }
}
