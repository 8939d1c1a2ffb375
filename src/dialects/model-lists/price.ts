import { isObject, type Json, type JsonObject, type Price } from "../../contract/index.ts"
import { known, membersOf } from "./values.ts"

/** What the numbers of a list count: USD per token, or per million of them. */
export type PriceUnit = "token" | "million"

type Amount = (value: Json | undefined) => number | undefined

/** Multiplied so that 0.00000125 is 1.25 and not 1.2499999999999998. */
const amountIn =
  (unit: PriceUnit): Amount =>
  (value) => {
    const given =
      typeof value === "number" ? value : typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN
    // A price below nothing says that it varies.
    if (!Number.isFinite(given) || given < 0) return undefined
    return unit === "token" ? Number((given * 1e6).toPrecision(12)) : given
  }

const bothSides = (
  price: { readonly input: number | undefined; readonly output: number | undefined } & Omit<Price, "input" | "output">,
) => (price.input === undefined || price.output === undefined ? undefined : (known(price) as Price))

/** `pricing` as OpenRouter, Vercel, Together, Chutes and DeepInfra have it: one object, under one of three spellings. */
function priceOfObject(pricing: JsonObject, unit: PriceUnit): Price | undefined {
  const amount = amountIn(unit)
  const flat = amountIn("million")
  const { request } = pricing
  return bothSides({
    input: amount(pricing.prompt ?? pricing.input ?? pricing.input_tokens),
    output: amount(pricing.completion ?? pricing.output ?? pricing.output_tokens),
    ...known({
      cacheRead: amount(pricing.input_cache_read ?? pricing.cached_input ?? pricing.cache_read_tokens),
      cacheWrite: amount(pricing.input_cache_write),
      cacheWrite1h: amount(pricing.input_cache_write_1h),
      audioInput: amount(pricing.audio),
      reasoning: nonZero(amount(pricing.internal_reasoning)),
      request: nonZero(flat(request)),
    }),
  })
}

/** OpenRouter writes "0" where reasoning costs what text costs, and where a request costs nothing. */
const nonZero = (amount: number | undefined): number | undefined => (amount === 0 ? undefined : amount)

/** Requesty's: USD per token, and bands by the size of the prompt. */
function priceOfRow(row: JsonObject): Price | undefined {
  const amount = amountIn("token")
  const bandOf = (band: JsonObject) => ({
    input: amount(band.input_price),
    output: amount(band.output_price),
    ...known({
      cacheRead: amount(band.cached_price),
      cacheWrite: amount(band.caching_5m_price ?? band.caching_price),
      cacheWrite1h: amount(band.caching_1h_price),
    }),
  })
  const bands = Array.isArray(row.pricing) ? row.pricing.filter(isObject) : []
  const tiers = bands.flatMap((band) => {
    const above = band.prompt_tokens_threshold
    return typeof above === "number" && above > 0 ? [known({ ...bandOf(band), above })] : []
  })
  return bothSides({ ...bandOf(row), ...(tiers.length === 0 ? {} : { tiers }) })
}

/** What a row of a list says that its model costs, USD per million tokens. */
export function priceIn(row: JsonObject, unit: PriceUnit): Price | undefined {
  if (row.input_price !== undefined) return priceOfRow(row)
  const pricing = isObject(row.pricing) ? row.pricing : membersOf(membersOf(row.metadata).pricing)
  // Numbers, unlike texts, are written in either unit; they count where the vendor's is known.
  return priceOfObject(pricing, unit)
}
