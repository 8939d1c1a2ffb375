import type { Price } from "../../../contract/index.ts"

/** Tokens of an answer whose length nobody limits; for comparing prices, never for billing. */
const usualAnswer = 500

/** Tokens that an answer is likely to have: a limit is rarely reached. */
export const likelyOutput = (limit: number | undefined): number => Math.min(limit ?? usualAnswer, usualAnswer)

const perMillion = 1_000_000

/** What a request of this size is likely to cost, USD. Numbers and not exact money: offers are compared by it, nobody is billed. */
export function likelyCost(price: Price, inputTokens: number, outputTokens: number): number {
  let { input, output, request = 0 } = price
  for (const tier of price.tiers ?? []) {
    if (inputTokens <= tier.above) continue
    input = tier.input ?? input
    output = tier.output ?? output
    request = tier.request ?? request
  }
  return (inputTokens * input + outputTokens * output) / perMillion + request
}
