import type { Health } from "../catalog/health/health.ts"
import type { Percentiles } from "../catalog/health/types.ts"
import type { Burn } from "../pipeline/burn.ts"

const timeOf = (milliseconds: number | undefined): string | null =>
  milliseconds === undefined ? null : new Date(milliseconds).toISOString()

const rounded = (value: number | undefined, digits = 4): number | null =>
  value === undefined ? null : Number(value.toFixed(digits))

const percentiles = (found: Percentiles | undefined) =>
  found
    ? { p50: rounded(found.p50, 1), p75: rounded(found.p75, 1), p90: rounded(found.p90, 1), p99: rounded(found.p99, 1) }
    : null

/** How upstreams are doing, for people; credentials by their place in the list only. */
export function healthReport(health: Health, burn: Burn, now: number) {
  return {
    upstreams: [...health.list(now)].map((upstream) => ({
      upstream: upstream.key,
      breaker: upstream.breaker,
      open_until: timeOf(upstream.openUntil),
      last_outage_at: timeOf(upstream.lastOutageAt),
      total: upstream.total,
      failed: upstream.failed,
      uptime_5m: rounded(upstream.uptime5m),
      uptime_30m: rounded(upstream.uptime30m),
      uptime_1d: rounded(upstream.uptime1d),
      latency_ms: percentiles(upstream.latency),
      tokens_per_second: percentiles(upstream.throughput),
      in_flight: upstream.inFlight,
      cache_hit_rate: rounded(upstream.cacheHitRate),
      tool_error_rate: rounded(upstream.toolErrorRate),
    })),
    providers: [...health.providers(now)].map((provider) => ({
      provider: provider.id,
      in_flight: provider.inFlight,
      queued: provider.queued,
      concurrency: provider.places ?? null,
      credentials: provider.credentials.map(({ breaker, openUntil }, place) => ({
        credential: place + 1,
        breaker,
        open_until: timeOf(openUntil),
      })),
    })),
    fallback_burn_last_hour: [...burn.list(now)].map(({ key, milliseconds, costNano }) => ({
      upstream: key,
      seconds: rounded(milliseconds / 1000, 3),
      cost_usd: costNano / 1e9,
    })),
  }
}
