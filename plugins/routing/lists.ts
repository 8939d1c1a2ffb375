import type { Candidate } from "signalbox/plugin"

/** To be tried before others: neither left alone after failures nor after an outage. */
export const isWell = ({ cooling, stable }: Candidate): boolean => !cooling && stable

/** Those for which it holds and those for which it does not, each in the order in which they were. */
export function partition<T>(list: readonly T[], test: (item: T) => boolean): readonly [readonly T[], readonly T[]] {
  const [yes, no]: [T[], T[]] = [[], []]
  for (const item of list) (test(item) ? yes : no).push(item)
  return [yes, no]
}

/** Smallest first; what has no value comes last, and equals stay as they were. */
export function byValue<T>(list: readonly T[], value: (item: T) => number | undefined): readonly T[] {
  const numberOf = (item: T) => value(item) ?? Number.POSITIVE_INFINITY
  return list.toSorted((left, right) => {
    const [one, other] = [numberOf(left), numberOf(right)]
    return one === other ? 0 : one - other
  })
}
