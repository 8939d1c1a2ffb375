import { inputTokens, type JsonObject, outputTokens, type Usage } from "../../contract/index.ts"

/** What both faces count alike. No member is ever null: the OpenRouter SDK and Requesty's refuse a null inside `usage`. */
export const countTokens = (usage: Usage) => {
  const prompt = inputTokens(usage)
  const completion = outputTokens(usage)
  const { input, output } = usage
  return {
    prompt,
    completion,
    total: prompt + completion,
    cacheWrite: input.cacheWrite + input.cacheWrite1h,
    // Where either details object is present, both AI SDK packages need `cached_tokens` and `reasoning_tokens` in it.
    outputDetails: {
      reasoning_tokens: output.reasoning,
      ...(output.audio > 0 ? { audio_tokens: output.audio } : {}),
      ...(output.image > 0 ? { image_tokens: output.image } : {}),
    } satisfies JsonObject,
    inputDetails: {
      cached_tokens: input.cacheRead,
      ...(input.audio > 0 ? { audio_tokens: input.audio } : {}),
      ...(input.image > 0 ? { image_tokens: input.image } : {}),
    } satisfies JsonObject,
  }
}

/** USD to 12 decimals: below a nano-dollar nothing is billed, and 0.1 + 0.2 must not show its tail. */
export const roundUsd = (usd: number): number => Number(Math.max(0, usd).toFixed(12))
