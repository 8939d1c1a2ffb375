import type { Percentiles } from "../../../catalog/health/types.ts"
import type { Wanted } from "../preferences/layers.ts"
import type { Cutoffs, Percentile } from "../preferences/preferences.ts"
import type { Ranked } from "./ranked.ts"

/** Whether it is known to miss one of the wished speeds. What nobody has measured yet gets its chance. */
export function isTooSlow({ health }: Ranked, { minThroughput, maxLatencyMs }: Wanted): boolean {
  if (maxLatencyMs && misses(maxLatencyMs, health.latency, (value, limit) => value > limit)) return true
  return minThroughput !== undefined && misses(minThroughput, health.throughput, (value, limit) => value < limit)
}

function misses(
  limits: Cutoffs,
  measured: Percentiles | undefined,
  isMissed: (value: number, limit: number) => boolean,
): boolean {
  if (!measured) return false
  for (const name in limits) {
    const limit = limits[name as Percentile]
    if (limit !== undefined && isMissed(measured[name as Percentile], limit)) return true
  }
  return false
}
