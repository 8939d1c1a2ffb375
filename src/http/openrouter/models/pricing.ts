import type { Price } from "../../../contract/index.ts"
import { perTokenText } from "../../decimal.ts"

/** Prices as OpenRouter writes them: USD per token or piece, as text without an exponent, because clients show it as it is. */
export function pricing(price: Price | undefined): Record<string, unknown> {
  const { tiers = [] } = price ?? {}
  return {
    ...pricesOf(price ?? { input: 0, output: 0 }),
    ...(tiers.length > 0
      ? { overrides: tiers.map(({ above, ...tier }) => ({ min_prompt_tokens: above, ...pricesOf(tier) })) }
      : {}),
  }
}

const text = (perMillion: number | undefined): string | undefined =>
  perMillion === undefined ? undefined : perTokenText(perMillion)

/** Per piece: the same digits as per million pieces. */
const each = (perPiece: number | undefined): string | undefined =>
  perPiece === undefined ? undefined : perTokenText(perPiece * 1e6)

const pricesOf = (prices: Partial<Price>): Record<string, string | undefined> => ({
  prompt: text(prices.input),
  completion: text(prices.output),
  request: each(prices.request),
  image: each(prices.perUnit?.images),
  web_search: each(prices.perUnit?.webSearch),
  input_cache_read: text(prices.cacheRead),
  input_cache_write: text(prices.cacheWrite),
  input_cache_write_1h: text(prices.cacheWrite1h),
  internal_reasoning: text(prices.reasoning),
  audio: text(prices.audioInput),
  audio_output: text(prices.audioOutput),
  image_token: text(prices.imageInput),
  image_output: text(prices.imageOutput),
})
