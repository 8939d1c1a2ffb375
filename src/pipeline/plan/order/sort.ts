import type { SortBy } from "../preferences/preferences.ts"
import { last, type Ranked } from "./ranked.ts"

const unknown = Number.POSITIVE_INFINITY

/** Smaller is better; what nobody knows comes last. */
const values: Readonly<Record<Exclude<SortBy, "exacto">, (ranked: Ranked) => number>> = {
  price: ({ candidate }) => candidate.cost ?? unknown,
  throughput: ({ candidate }) => (candidate.throughput === undefined ? unknown : -candidate.throughput),
  latency: ({ candidate }) => candidate.latencyMs ?? unknown,
}

/** Strictly by one value; equals, and what nobody knows, in the order in which they were. */
export function sorted(list: readonly Ranked[], by: SortBy): readonly Ranked[] {
  if (by === "exacto") return byQuality(list)
  const value = values[by]
  return list.toSorted((left, right) => compare(value(left), value(right)))
}

const compare = (left: number, right: number): number => (left === right ? 0 : left < right ? -1 : 1)

/** Fewer providers have no middle that anything could be far from. */
const fewest = 4
/** Deviations from the middle beyond which an offer is behind the others (openrouter.ai, Auto Exacto). */
const tolerated = { success: 2, throughput: 1.5 }

/**
 * Quality before price: offers whose tool calls go wrong, or whose answers are slow, far more often than those of the others come last.
 * The rest are in order of good tool calls, then of uptime; what is not known of one is taken to be as with most others.
 */
function byQuality(list: readonly Ranked[]): readonly Ranked[] {
  const throughput = ({ candidate }: Ranked) => candidate.throughput
  const isWorse = [failsTools(list), outlier(list, throughput, tolerated.throughput)]
  const comparisons = [usual(list, success), usual(list, ({ candidate }) => candidate.uptime)]
  const arranged = list.toSorted((left, right) => {
    for (const value of comparisons) {
      const difference = value(right) - value(left)
      if (difference !== 0) return difference
    }
    return 0
  })
  return last(arranged, (ranked) => isWorse.some((test) => test(ranked)))
}

/** Share of its tool calls that could be run. */
const success = ({ health }: Ranked): number | undefined =>
  health.toolErrorRate === undefined ? undefined : 1 - health.toolErrorRate

/** Whether an offer's tool calls go wrong far more often than those of the others. */
export const failsTools = (list: readonly Ranked[]): ((ranked: Ranked) => boolean) =>
  outlier(list, success, tolerated.success)

/** What is known of an offer, or the middle of what is known of the others. */
function usual(list: readonly Ranked[], value: (ranked: Ranked) => number | undefined): (ranked: Ranked) => number {
  const known = list.map(value).filter((one) => one !== undefined)
  const middle = known.length === 0 ? 0 : median(known)
  return (ranked) => value(ranked) ?? middle
}

/** Median absolute deviation to standard deviation, for values that are spread normally. */
const deviationOfMad = 1.4826

function outlier(
  list: readonly Ranked[],
  value: (ranked: Ranked) => number | undefined,
  deviations: number,
): (ranked: Ranked) => boolean {
  const known = list.map(value).filter((one) => one !== undefined)
  if (known.length < fewest) return () => false
  const middle = median(known)
  const spread = median(known.map((one) => Math.abs(one - middle))) * deviationOfMad
  const least = middle - deviations * spread
  return (ranked) => {
    const own = value(ranked)
    return own !== undefined && own < least
  }
}

function median(values: readonly number[]): number {
  const ordered = values.toSorted((left, right) => left - right)
  const half = ordered.length >> 1
  return ordered.length % 2 === 1 ? ordered[half]! : (ordered[half - 1]! + ordered[half]!) / 2
}
