import { measuresOf } from "../../store/usage/accumulate.ts"
import type { UsageAnswer } from "../../store/usage/question.ts"
import {
  type UsageKind,
  type UsageMeasure,
  type UsageQuery,
  type UsageRow,
  usageKinds,
  usageMeasures,
} from "./types.ts"

/** An answer of numbers as rows. */
export function rowsOf(query: UsageQuery, { stretches, values }: UsageAnswer): readonly UsageRow[] {
  const measures = measuresOf(query)
  const none = Object.fromEntries(usageMeasures.map((name) => [name, 0])) as Record<UsageMeasure, number>
  const named = values.map((group) => Object.fromEntries(query.groupBy.map((dimension, at) => [dimension, group[at]!])))
  const { latency = [], firstPart = [] } = query
  const width = latency.length + firstPart.length
  const rows: UsageRow[] = []
  for (const { start, groups, sums, kinds, quantiles } of stretches)
    for (let row = 0; row < groups.length; row += 1) {
      const summed = { ...none }
      for (const [at, name] of measures.entries()) summed[name] = sums[row * measures.length + at]!
      const quantile = (at: number): number | null => {
        const found = quantiles[row * width + at]!
        return Number.isNaN(found) ? null : found
      }
      rows.push({
        ...(start === undefined ? {} : { start }),
        values: named[groups[row]!]!,
        ...summed,
        kinds: Object.fromEntries(usageKinds.map((kind, at) => [kind, kinds[row * usageKinds.length + at]!])) as Record<
          UsageKind,
          number
        >,
        ...(latency.length > 0 ? { latencyMs: latency.map((_, at) => quantile(at)) } : {}),
        ...(firstPart.length > 0 ? { firstPartMsAt: firstPart.map((_, at) => quantile(latency.length + at)) } : {}),
      })
    }
  return rows
}
