import type { ModelPrice } from "@pydantic/genai-prices"
import type { Price } from "../contract/usage.ts"

/** Our name of a price → that of genai-prices, all USD per million tokens (github.com/pydantic/genai-prices, prices/README.md). */
const fields = [
  ["input", "input_mtok"],
  ["output", "output_mtok"],
  ["cacheRead", "cache_read_mtok"],
  ["cacheWrite", "cache_write_mtok"],
  ["cacheWrite1h", "cache_write_1h_mtok"],
  ["audioInput", "input_audio_mtok"],
  ["audioOutput", "output_audio_mtok"],
  ["imageInput", "input_image_mtok"],
  ["imageOutput", "output_image_mtok"],
  ["reasoning", "output_reasoning_mtok"],
] as const satisfies readonly (readonly [keyof Price, string])[]

type Field = (typeof fields)[number][0]
type Flat = Partial<Record<Field, number>>

/** Which price of a tiered value holds for an input of more than `above` tokens. */
const priceAbove = (value: Exclude<ModelPrice[string], undefined>, above: number): number => {
  if (typeof value === "number") return value
  let price = value.base
  for (const tier of [...value.tiers].sort((a, b) => a.start - b.start)) if (tier.start <= above) price = tier.price
  return price
}

/** A model's prices as genai-prices has them, in our form. Undefined when it knows no price of tokens for the model. */
export const priceOfCatalog = (model: ModelPrice): Price | undefined => {
  const flatAt = (above: number): Flat => {
    const flat: Flat = {}
    for (const [name, theirs] of fields) {
      const value = model[theirs]
      if (value !== undefined) flat[name] = priceAbove(value, above)
    }
    return flat
  }
  const base = flatAt(0)
  if (base.input === undefined && base.output === undefined) return undefined
  const starts = new Set<number>()
  for (const [, theirs] of fields) {
    const value = model[theirs]
    if (value !== undefined && typeof value !== "number") for (const { start } of value.tiers) starts.add(start)
  }
  const requests = model.requests_kcount
  return {
    input: 0,
    output: 0,
    ...base,
    ...(requests === undefined ? {} : { request: priceAbove(requests, 0) / 1000 }),
    ...(starts.size === 0
      ? {}
      : { tiers: [...starts].sort((a, b) => a - b).map((start) => ({ above: start, ...flatAt(start) })) }),
  }
}
