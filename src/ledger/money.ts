import { inputTokens, type Price, type Usage } from "../contract/usage.ts"
import { divideHalfUp, type Scaled, scaled, scaledOne } from "./decimal.ts"

const nanoPerUsd = 1_000_000_000
const tokensPerPrice = 1_000_000

/** What one unit of each bucket costs, in USD per million, exactly. `request` is per request. */
interface Rates {
  readonly above: number
  readonly fresh: Scaled
  readonly cacheRead: Scaled
  readonly cacheWrite: Scaled
  readonly cacheWrite1h: Scaled
  readonly audioInput: Scaled
  readonly imageInput: Scaled
  readonly text: Scaled
  readonly reasoning: Scaled
  readonly audioOutput: Scaled
  readonly imageOutput: Scaled
  readonly request: Scaled
  readonly perUnit: Readonly<Record<string, Scaled>>
}

const ratesOf = (price: Omit<Price, "tiers">, above: number): Rates => {
  const input = scaled(price.input)
  const output = scaled(price.output)
  const or = (own: number | undefined, side: Scaled): Scaled => (own === undefined ? side : scaled(own))
  return {
    above,
    fresh: input,
    cacheRead: or(price.cacheRead, input),
    cacheWrite: or(price.cacheWrite, input),
    cacheWrite1h: or(price.cacheWrite1h, input),
    audioInput: or(price.audioInput, input),
    imageInput: or(price.imageInput, input),
    text: output,
    reasoning: or(price.reasoning, output),
    audioOutput: or(price.audioOutput, output),
    imageOutput: or(price.imageOutput, output),
    request: or(price.request, 0n),
    perUnit: Object.fromEntries(Object.entries(price.perUnit ?? {}).map(([counter, usd]) => [counter, scaled(usd)])),
  }
}

/** Parsed once per price; prices are frozen and shared by all requests of an offer. */
const parsed = new WeakMap<Price, readonly Rates[]>()

const tableOf = (price: Price): readonly Rates[] => {
  const known = parsed.get(price)
  if (known) return known
  const table = [ratesOf(price, -1)]
  for (const { above, ...prices } of price.tiers ?? []) table.push(ratesOf({ ...price, ...prices }, above))
  parsed.set(price, table)
  return table
}

const ratesAt = (price: Price, inputSize: number): Rates => {
  const table = tableOf(price)
  let found = table[0]!
  for (const rates of table) if (inputSize > rates.above) found = rates
  return found
}

/** Token counts come from upstreams: what is not a positive whole number is brought to one. */
const count = (tokens: number): bigint => (tokens > 0 && Number.isFinite(tokens) ? BigInt(Math.ceil(tokens)) : 0n)

/** Pieces may be fractions (seconds of audio): counted to the thousandth, upward. */
const thousandths = 1000

/** Most buckets of most answers are empty, and big integers are made anew by every operation. */
const times = (tokens: number, rate: Scaled): Scaled => (tokens > 0 ? count(tokens) * rate : 0n)

const unitsCost = (counters: Usage["counters"], perUnit: Rates["perUnit"]): Scaled => {
  let total = 0n
  if (!counters) return total
  for (const [counter, rate] of Object.entries(perUnit)) {
    const pieces = counters[counter] ?? 0
    total += count(pieces * thousandths) * rate * BigInt(tokensPerPrice / thousandths)
  }
  return total
}

export interface CostBreakdown {
  readonly buckets: Readonly<Record<Exclude<keyof Rates, "above" | "perUnit"> | "units", Scaled>>
  readonly total: Scaled
}

/** What each bucket costs, exact, in USD times the scale of `decimal.ts` times a million. Nothing is rounded here. */
export const costBreakdown = (usage: Usage, price: Price): CostBreakdown => {
  const rates = ratesAt(price, inputTokens(usage))
  const { input, output } = usage
  const buckets = {
    fresh: times(input.fresh, rates.fresh),
    cacheRead: times(input.cacheRead, rates.cacheRead),
    cacheWrite: times(input.cacheWrite, rates.cacheWrite),
    cacheWrite1h: times(input.cacheWrite1h, rates.cacheWrite1h),
    audioInput: times(input.audio, rates.audioInput),
    imageInput: times(input.image, rates.imageInput),
    text: times(output.text, rates.text),
    reasoning: times(output.reasoning, rates.reasoning),
    audioOutput: times(output.audio, rates.audioOutput),
    imageOutput: times(output.image, rates.imageOutput),
    request: rates.request * BigInt(tokensPerPrice),
    units: unitsCost(usage.counters, rates.perUnit),
  }
  let total = 0n
  for (const bucket in buckets) {
    const cost = buckets[bucket as keyof typeof buckets]
    if (cost !== 0n) total += cost
  }
  return { buckets, total }
}

const nanoDivisor = (scaledOne * BigInt(tokensPerPrice)) / BigInt(nanoPerUsd)

/** The cost of an answer in nano-dollars, rounded once, at the end, halves up. */
export const costNano = (usage: Usage, price: Price): number =>
  Number(divideHalfUp(costBreakdown(usage, price).total, nanoDivisor))

/** Nano-dollars of an amount in USD, exact for every decimal that a number can print; halves up beyond nine digits. */
export const nanoOfUsd = (usd: number): number => Number(divideHalfUp(scaled(usd) * BigInt(nanoPerUsd), scaledOne))

/** USD for answers and screens. The nearest number, so that it prints with at most nine decimals. */
export const usd = (nano: number): number => nano / nanoPerUsd

export interface WorstCase {
  /** Estimated input, tokens. */
  readonly inputTokens: number
  /** The input may be written to an upstream cache, which can cost more than reading it plainly. */
  readonly cacheWrites: boolean
  /** Searches of the web that may be made. Default 0. */
  readonly searches?: number
  /** The input may hold pictures or sound, the answer may be of them; both can have prices of their own. Default false. */
  readonly mediaInput?: boolean
  readonly mediaOutput?: boolean
}

const larger = (first: Scaled, ...others: readonly Scaled[]): Scaled => {
  let best = first
  for (const value of others) if (value > best) best = value
  return best
}

const worstRates = (price: Price, worst: WorstCase) => {
  const rates = ratesAt(price, worst.inputTokens)
  const input = worst.cacheWrites ? larger(rates.fresh, rates.cacheWrite, rates.cacheWrite1h) : rates.fresh
  const output = larger(rates.text, rates.reasoning)
  return {
    input: worst.mediaInput ? larger(input, rates.audioInput, rates.imageInput) : input,
    output: worst.mediaOutput ? larger(output, rates.audioOutput, rates.imageOutput) : output,
    fixed: rates.request * BigInt(tokensPerPrice) + unitsCost({ webSearch: worst.searches ?? 0 }, rates.perUnit),
  }
}

/** The most that a call can cost with this input and output limit: what is held before it is made. Rounded up. */
export const worstCaseNano = (price: Price, worst: WorstCase, maxOutputTokens: number): number => {
  const { input, output, fixed } = worstRates(price, worst)
  const total = count(worst.inputTokens) * input + count(maxOutputTokens) * output + fixed
  return Number((total + nanoDivisor - 1n) / nanoDivisor)
}

/** How many output tokens `nano` pays for after the input; negative when it does not even pay for that; Infinity when output is free. */
export const affordableOutputTokens = (price: Price, worst: WorstCase, nano: number): number => {
  if (nano === Number.POSITIVE_INFINITY) return nano
  const { input, output, fixed } = worstRates(price, worst)
  const left = BigInt(Math.floor(nano)) * nanoDivisor - count(worst.inputTokens) * input - fixed
  if (left < 0n) return -1
  return output === 0n ? Number.POSITIVE_INFINITY : Number(left / output)
}
