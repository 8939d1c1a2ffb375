import type { Candidate, Strategy } from "signalbox/plugin"
import { byValue, isWell, partition } from "./lists.ts"

/**
 * One of the stable candidates is drawn by 1/cost² (twice as dear, a quarter as often), times the share that a policy gives it; the others
 * follow by cost as what to fall back to, those after an outage behind them. Free ones go before all that cost something; what has no
 * known price comes behind those that have one, in the configured order.
 */
export const weighted: Strategy = {
  name: "weighted",
  order(candidates, { random }) {
    const [well, unwell] = partition(candidates, isWell)
    const cheapest = byCost(well)
    const drawn = draw(cheapest, random)
    const rest = drawn === undefined ? cheapest : cheapest.filter((candidate) => candidate !== drawn)
    return [...(drawn ? [drawn] : []), ...rest, ...byCost(unwell)]
  },
}

export const byCost = (candidates: readonly Candidate[]): readonly Candidate[] =>
  byValue(candidates, ({ cost }) => cost)

/** Undefined where no price is known: then the configured order holds. */
function draw(candidates: readonly Candidate[], random: () => number): Candidate | undefined {
  const priced = candidates.filter(({ cost }) => cost !== undefined)
  const free = priced.filter(({ cost }) => cost === 0)
  const drawnFrom = free.length > 0 ? free : priced
  if (drawnFrom.length < 2) return drawnFrom[0]
  const shares = drawnFrom.map((candidate) => shareOf(candidate))
  let point = random() * shares.reduce((sum, share) => sum + share, 0)
  for (const [index, share] of shares.entries()) {
    point -= share
    if (point < 0) return drawnFrom[index]
  }
  return drawnFrom.at(-1)
}

const shareOf = ({ cost, weight }: Candidate): number =>
  cost === undefined || cost === 0 ? weight : weight / cost ** 2
