import { binCount, firstPartBins, quantileOf } from "./bins.ts"
import { asFloats, asWhole } from "./columns.ts"
import type { Groups } from "./groups.ts"
import { type Columns, seriesColumn } from "./segments.ts"
import { addTimes, type Timed, timeColumns, timedKinds } from "./times.ts"
import { type UsageMeasure, type UsageQuery, usageKinds, usageMeasures } from "./usage-types.ts"

/** Groups of one stretch of time, as numbers: cheap to hand to another thread. */
export interface Stretch {
  readonly start: number | undefined
  /** Which groups, dearest first. */
  readonly groups: Uint32Array
  /** By row and measure. */
  readonly sums: Float64Array
  /** By row and kind. */
  readonly kinds: Float64Array
  /** By row and quantile: those of whole answers, then those of first parts; NaN where nothing was timed. */
  readonly quantiles: Float64Array
}

export interface Accumulator {
  add(columns: Columns): void
  /** What was added so far, and begins anew. */
  take(start: number | undefined): Stretch
}

/** Measures that are read whatever was asked: a group is there when it has requests, and they are ordered by cost. */
const always: readonly UsageMeasure[] = ["requests", "costNano"]

export const measuresOf = ({ measures = usageMeasures }: Pick<UsageQuery, "measures">): readonly UsageMeasure[] =>
  usageMeasures.filter((name) => always.includes(name) || measures.includes(name))

/** The times that it asks for. */
const timedOf = (query: UsageQuery): readonly Timed[] => timedKinds.filter((kind) => query[kind]?.length)

export const wantsBins = (query: UsageQuery): boolean => timedOf(query).length > 0

export function columnNames(query: UsageQuery): readonly string[] {
  return [seriesColumn, ...measuresOf(query), ...timedOf(query).flatMap((kind) => timeColumns[kind])]
}

export function createAccumulator({ of, kinds, count }: Groups, query: UsageQuery): Accumulator {
  const measures = measuresOf(query)
  const timed = timedOf(query)
  const sums = measures.map(() => new Float64Array(count))
  const byKind = new Float64Array(count * usageKinds.length)
  const bins = wantsBins(query) ? new Float64Array(count * 2 * binCount) : undefined
  const requests = sums[measures.indexOf("requests")]!
  const cost = sums[measures.indexOf("costNano")]!

  const add = (columns: Columns): void => {
    const found = columns.get(seriesColumn)
    if (found === undefined) return
    const series = asWhole(found)
    const groups = new Int32Array(series.length)
    for (let row = 0; row < series.length; row += 1) groups[row] = of[series[row]!] ?? -1
    for (const [at, name] of measures.entries()) {
      const stored = columns.get(name)
      if (stored === undefined) continue
      const column = asFloats(stored)
      const sum = sums[at]!
      for (let row = 0; row < groups.length; row += 1) {
        const group = groups[row]!
        if (group >= 0) sum[group]! += column[row]!
      }
    }
    const stored = columns.get("requests")
    if (stored) {
      const counted = asFloats(stored)
      for (let row = 0; row < groups.length; row += 1) {
        const group = groups[row]!
        if (group >= 0) byKind[group * usageKinds.length + kinds[series[row]!]!]! += counted[row]!
      }
    }
    if (bins) for (const kind of timed) addTimes(columns, kind, groups, bins)
  }
  const take = (start: number | undefined): Stretch => {
    const found: number[] = []
    for (let group = 0; group < count; group += 1) if (requests[group]! > 0) found.push(group)
    found.sort((one, other) => cost[other]! - cost[one]! || requests[other]! - requests[one]!)
    const stretch: Stretch = {
      start,
      groups: Uint32Array.from(found),
      sums: new Float64Array(found.length * measures.length),
      kinds: new Float64Array(found.length * usageKinds.length),
      quantiles: quantilesOf(bins, found, query),
    }
    for (const [row, group] of found.entries()) {
      for (let at = 0; at < measures.length; at += 1) stretch.sums[row * measures.length + at] = sums[at]![group]!
      for (let kind = 0; kind < usageKinds.length; kind += 1)
        stretch.kinds[row * usageKinds.length + kind] = byKind[group * usageKinds.length + kind]!
    }
    for (const sum of sums) sum.fill(0)
    byKind.fill(0)
    bins?.fill(0)
    return stretch
  }
  return { add, take }
}

function quantilesOf(
  bins: Float64Array | undefined,
  groups: readonly number[],
  { latency = [], firstPart = [] }: UsageQuery,
): Float64Array {
  if (!bins) return new Float64Array(0)
  const width = latency.length + firstPart.length
  const found = new Float64Array(groups.length * width)
  for (const [row, group] of groups.entries()) {
    const place = group * 2 * binCount
    for (const [at, quantile] of latency.entries())
      found[row * width + at] = quantileOf(bins, place, quantile) ?? Number.NaN
    for (const [at, quantile] of firstPart.entries())
      found[row * width + latency.length + at] = quantileOf(bins, place + firstPartBins, quantile) ?? Number.NaN
  }
  return found
}
