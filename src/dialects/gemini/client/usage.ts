import { inputTokens, type JsonObject, outputTokens, type Usage } from "../../../contract/index.ts"
import { roundUsd } from "../../faces/usage.ts"

const modalities = (text: number, audio: number, image: number): JsonObject[] =>
  [
    { modality: "TEXT", tokenCount: text },
    { modality: "AUDIO", tokenCount: audio },
    { modality: "IMAGE", tokenCount: image },
  ].filter(({ tokenCount }) => tokenCount > 0)

/**
 * `usageMetadata`: the prompt with what came from a cache, the answer without its thoughts. `cost` (USD) is ours: Google's SDKs let fields
 * through that they do not know.
 */
export const encodeUsage = (usage: Usage, costUsd: number): JsonObject => {
  const { input, output } = usage
  const prompt = inputTokens(usage)
  const thoughts = output.reasoning
  const answer = outputTokens(usage) - thoughts
  const promptTokensDetails = modalities(prompt - input.audio - input.image, input.audio, input.image)
  const candidatesTokensDetails = modalities(output.text, output.audio, output.image)
  return {
    promptTokenCount: prompt,
    candidatesTokenCount: answer,
    ...(thoughts > 0 ? { thoughtsTokenCount: thoughts } : {}),
    totalTokenCount: prompt + answer + thoughts,
    ...(input.cacheRead > 0 ? { cachedContentTokenCount: input.cacheRead } : {}),
    ...(promptTokensDetails.length > 0 ? { promptTokensDetails } : {}),
    ...(input.cacheRead > 0 ? { cacheTokensDetails: modalities(input.cacheRead, 0, 0) } : {}),
    ...(candidatesTokensDetails.length > 0 ? { candidatesTokensDetails } : {}),
    cost: roundUsd(costUsd),
  }
}
