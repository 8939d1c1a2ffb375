import type { Price } from "./usage.ts"

const agree = (one: Price, other: Price): boolean => one.input === other.input && one.output === other.output

/**
 * A price, completed by what another source says of the same one: where both agree on the base prices, what only the other names (cache
 * writes of an hour, tiers, pieces) holds too. Where they do not, the other speaks of another price, and nothing is taken from it.
 */
export function completePrice(price: Price, other: Price | undefined): Price {
  if (other === undefined || !agree(price, other)) return price
  const missing = Object.keys(other).some((name) => price[name as keyof Price] === undefined)
  return missing ? { ...other, ...price } : price
}
