import { binCount } from "./bins.ts"
import { asBytes, asFloats, asWhole, type Column } from "./columns.ts"

/**
 * Times of a segment, twice: of whole answers, and to first parts. How many bins each row has, then all bins, row by row, and how many
 * fell into each: a byte each mostly, because a question about ninety days reads tens of millions of them.
 */
export const timeColumns = {
  latency: ["latencyRows", "latencyBins", "latencyCounts"],
  firstPart: ["firstPartRows", "firstPartBins", "firstPartCounts"],
} as const
export type Timed = keyof typeof timeColumns
/** In the order in which their bins stand. */
export const timedKinds = Object.keys(timeColumns) as Timed[]

/** The columns of some rows, each with its counts by bin. */
export function timesOf(rows: readonly ReadonlyMap<number, number>[]): Map<string, number[]> {
  const columns = new Map<string, number[]>()
  for (const [at, kind] of timedKinds.entries()) {
    const [sizes, bins, counts] = timeColumns[kind]
    const found: [number[], number[], number[]] = [[], [], []]
    for (const row of rows) {
      let size = 0
      for (const [bin, count] of row) {
        if (Math.floor(bin / binCount) !== at) continue
        size += 1
        found[1].push(bin % binCount)
        found[2].push(count)
      }
      found[0].push(size)
    }
    if (found[1].length > 0) columns.set(sizes, found[0]).set(bins, found[1]).set(counts, found[2])
  }
  return columns
}

/** Gives each row's bins of one kind: its place, the bin as `bins.ts` counts them, and how many fell into it. */
export function eachTime(
  columns: ReadonlyMap<string, Column>,
  kind: Timed,
  take: (row: number, bin: number, count: number) => void,
): void {
  const [sizes, bins, counts] = timeColumns[kind].map((name) => columns.get(name))
  if (!sizes || !bins || !counts) return
  const first = timedKinds.indexOf(kind) * binCount
  let at = 0
  for (let row = 0; row < sizes.length; row += 1)
    for (const end = at + sizes[row]!; at < end; at += 1) take(row, first + bins[at]!, counts[at]!)
}

/** Adds the bins of each row to those of its group; a group below 0 is none. */
export function addTimes(
  columns: ReadonlyMap<string, Column>,
  kind: Timed,
  groups: Int32Array,
  sums: Float64Array,
): void {
  const [rows, codes, numbers] = timeColumns[kind].map((name) => columns.get(name))
  if (!rows || !codes || !numbers) return
  const sizes = asWhole(rows)
  const bins = asBytes(codes)
  const counts = asFloats(numbers)
  const first = timedKinds.indexOf(kind) * binCount
  let at = 0
  for (let row = 0; row < sizes.length; row += 1) {
    const end = at + sizes[row]!
    const group = groups[row]!
    const start = group * timedKinds.length * binCount + first
    if (group < 0) at = end
    else for (; at < end; at += 1) sums[start + bins[at]!]! += counts[at]!
  }
}
