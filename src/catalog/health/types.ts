/** Values below which this share of the samples of the last five minutes lies. */
export interface Percentiles {
  readonly p50: number
  readonly p75: number
  readonly p90: number
  readonly p99: number
}

/** How an offer has been doing, at one moment. */
export interface OfferHealth {
  /** `open`: left alone after failures; `half-open`: one request at a time tries whether it is well again. */
  readonly breaker: "closed" | "open" | "half-open"
  /** When an open breaker lets the next one try, milliseconds UTC. */
  readonly openUntil: number | undefined
  /** Last failure that counts against the upstream, milliseconds UTC. */
  readonly lastOutageAt: number | undefined
  /** Share of good answers, 0 to 1; undefined where there were too few requests. 429 counts as neither (openrouter.ai, uptime). */
  readonly uptime5m: number | undefined
  readonly uptime30m: number | undefined
  readonly uptime1d: number | undefined
  /** Milliseconds to the first part. */
  readonly latency: Percentiles | undefined
  /** Output tokens a second, from the first part to the last. */
  readonly throughput: Percentiles | undefined
  readonly inFlight: number
  /** Requests that wait for a place. */
  readonly queued: number
  /** Share of input tokens that the upstream read from its prompt cache, of the last half hour. */
  readonly cacheHitRate: number | undefined
}
