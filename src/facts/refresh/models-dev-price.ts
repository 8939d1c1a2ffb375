import { isObject, type JsonObject } from "../../contract/json.ts"
import { Misfit } from "./check-facts.ts"

type Rates = Record<string, unknown>

/** USD per million tokens, as ours. The caches go by several names in the document. */
const ratesOf = (cost: JsonObject): Rates => ({
  input: cost.input,
  output: cost.output,
  cacheRead: cost.cache_read ?? cost.cached_input ?? cost.cache_input,
  cacheWrite: cost.cache_write ?? cost.cached_write,
  reasoning: cost.reasoning,
  audioInput: cost.input_audio,
  audioOutput: cost.output_audio,
})

/** `{ tier: { type: "context", size }, input, … }`; tiers by anything else are none that we can tell. */
const tierOf = (tier: unknown): Rates | undefined => {
  if (!isObject(tier) || !isObject(tier.tier)) throw new Misfit("a tier")
  const { type = "context", size } = tier.tier
  return type === "context" ? { ...ratesOf(tier), above: size } : undefined
}

function tiersOf(cost: JsonObject): readonly Rates[] | undefined {
  const { tiers, context_over_200k: above200k } = cost
  if (tiers !== undefined && tiers !== null) {
    if (!Array.isArray(tiers)) throw new Misfit("tiers")
    return tiers.map(tierOf).filter((tier) => tier !== undefined)
  }
  if (above200k === undefined || above200k === null) return undefined
  if (!isObject(above200k)) throw new Misfit("a tier")
  return [{ ...ratesOf(above200k), above: 200_000 }]
}

/**
 * The document's `cost` in the form of a price, unchecked. Nothing for both sides is a price only where `free`: elsewhere it stands for one
 * that nobody wrote down, and a wrong zero would draw every request.
 */
export function priceOfCost(cost: unknown, free: boolean): Rates | undefined {
  if (cost === undefined || cost === null) return undefined
  if (!isObject(cost)) throw new Misfit("a cost")
  if (!free && cost.input === 0 && cost.output === 0) return undefined
  const tiers = tiersOf(cost)
  return { ...ratesOf(cost), ...(tiers === undefined || tiers.length === 0 ? {} : { tiers }) }
}
