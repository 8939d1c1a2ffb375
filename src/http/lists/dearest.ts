import type { Price } from "../../contract/index.ts"

type Band = Omit<Price, "tiers">

/** What a price asks for above so many input tokens. */
function bandAt({ tiers = [], ...base }: Price, above: number): Band {
  const { above: _, ...tier } = tiers.findLast((one) => one.above <= above) ?? { above }
  return { ...base, ...tier }
}

/** The highest of each side. A bucket that a price has no tariff for is billed as its side's base price. */
function highest(bands: readonly Band[]): Band {
  const most = (read: (band: Band) => number) => Math.max(...bands.map(read))
  const optional = (
    name: "cacheRead" | "cacheWrite" | "cacheWrite1h" | "request",
    otherwise: (band: Band) => number,
  ) => (bands.some((band) => band[name] !== undefined) ? { [name]: most((band) => band[name] ?? otherwise(band)) } : {})
  const input = (band: Band) => band.input
  return {
    input: most(input),
    output: most((band) => band.output),
    ...optional("cacheRead", input),
    ...optional("cacheWrite", input),
    ...optional("cacheWrite1h", (band) => band.cacheWrite ?? band.input),
    ...optional("request", () => 0),
  }
}

/** No model of a policy costs more than this, on either side and at any length. */
export function dearest(prices: readonly Price[]): Price | undefined {
  if (prices.length === 0) return undefined
  const starts = [...new Set(prices.flatMap(({ tiers = [] }) => tiers.map(({ above }) => above)))]
  const tiers = starts
    .sort((left, right) => left - right)
    .map((above) => ({ above, ...highest(prices.map((price) => bandAt(price, above))) }))
  return { ...highest(prices.map((price) => bandAt(price, 0))), ...(tiers.length === 0 ? {} : { tiers }) }
}
