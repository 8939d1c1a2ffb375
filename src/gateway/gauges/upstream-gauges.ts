import type { Health } from "../../catalog/health/health.ts"
import type { Metrics } from "../../telemetry/metrics.ts"

const breakerValues = { closed: 0, "half-open": 1, open: 2 } as const

/** How upstreams are doing, read when somebody asks. An offer that was not used for long has no series. */
export function observeUpstreams(metrics: Metrics, health: Health, now: () => number): void {
  const gauge = (name: string, help: string, ...labels: readonly string[]) =>
    metrics.gauge({ name: `signalbox_${name}`, help, labels })
  const cooling = gauge("upstream_cooling", "1 while an upstream is left alone after failures.", "upstream")
  const breaker = gauge("upstream_breaker", "0 closed, 1 half-open, 2 open.", "upstream")
  const inFlight = gauge("upstream_in_flight", "Requests under way at an upstream.", "upstream")
  const uptime = gauge("upstream_uptime", "Share of good answers of the last half hour.", "upstream")
  const hitRate = gauge(
    "upstream_cache_hit_rate",
    "Share of input tokens that an upstream read from its prompt cache, of the last half hour.",
    "upstream",
  )
  const taken = gauge("provider_in_flight", "Requests under way at a provider.", "provider")
  const queued = gauge("provider_queued", "Requests that wait for a place at a provider.", "provider")
  const resting = gauge(
    "provider_credential_resting",
    "1 while a credential, by its place in the list, is left alone because it was refused or has no money.",
    "provider",
    "credential",
  )
  let known = new Set<string>()
  metrics.onCollect(() => {
    const at = now()
    const seen = new Set<string>()
    for (const upstream of health.list(at)) {
      const { key } = upstream
      seen.add(key)
      cooling.with(key).set(upstream.breaker === "open" ? 1 : 0)
      breaker.with(key).set(breakerValues[upstream.breaker])
      inFlight.with(key).set(upstream.inFlight)
      if (upstream.uptime30m === undefined) uptime.remove(key)
      else uptime.with(key).set(upstream.uptime30m)
      if (upstream.cacheHitRate === undefined) hitRate.remove(key)
      else hitRate.with(key).set(upstream.cacheHitRate)
    }
    for (const key of known.difference(seen))
      for (const family of [cooling, breaker, inFlight, uptime, hitRate]) family.remove(key)
    known = seen
    for (const provider of health.providers(at)) {
      taken.with(provider.id).set(provider.inFlight)
      queued.with(provider.id).set(provider.queued)
      for (const [place, { breaker: state }] of provider.credentials.entries())
        resting.with(provider.id, String(place + 1)).set(state === "open" ? 1 : 0)
    }
  })
}
