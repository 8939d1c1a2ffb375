/** Values that this share of the samples of the last five minutes was as good as: not slower than that latency, or not below that speed. */
export interface Percentiles {
  readonly p50: number
  readonly p75: number
  readonly p90: number
  readonly p99: number
}

/** What all offers of a provider share. */
export interface ProviderHealth {
  readonly id: string
  readonly inFlight: number
  readonly queued: number
  /** Requests that it takes at once; undefined = any number. */
  readonly places: number | undefined
  /** In configured order; `open`: refused, or without money, and left alone until then. */
  readonly credentials: readonly Pick<OfferHealth, "breaker" | "openUntil">[]
}

/** How an offer has been doing, at one moment. */
export interface OfferHealth {
  /**
   * `open`: left alone after failures; `half-open`: the next request tries whether it is well again, and while that one is under way it is
   * open for all others. With several credentials: the best that any of them is.
   */
  readonly breaker: "closed" | "open" | "half-open"
  /** When an open breaker lets the next one try, milliseconds UTC; undefined while one tries. */
  readonly openUntil: number | undefined
  /** Last failure of the upstream itself, milliseconds UTC; a refused credential or a limited rate is none. */
  readonly lastOutageAt: number | undefined
  /** Share of good answers, 0 to 1; undefined where there were too few requests. 429 counts as neither (openrouter.ai, uptime). */
  readonly uptime5m: number | undefined
  readonly uptime30m: number | undefined
  readonly uptime1d: number | undefined
  /** Milliseconds to the first part of streamed answers; to the whole answer where none was streamed. */
  readonly latency: Percentiles | undefined
  /** A mean of the same in which later answers count more. */
  readonly recentLatencyMs?: number | undefined
  /** Output tokens a second, from the first part to the last; of the whole time where no answer was streamed. */
  readonly throughput: Percentiles | undefined
  /** A mean of the same in which later answers count more. */
  readonly recentThroughput?: number | undefined
  readonly inFlight: number
  /** Requests that wait for a place at its provider. */
  readonly queued: number
  /** Requests more that its provider takes at once; undefined = any number. */
  readonly freePlaces: number | undefined
  /** Share of input tokens that the upstream read from its prompt cache, of the last half hour. */
  readonly cacheHitRate: number | undefined
  /** Share of the answers with calls of tools of which one could not be run, of the last two hours; undefined: too few. */
  readonly toolErrorRate: number | undefined
}
