import { Breaker } from "./breaker.ts"
import { Ring } from "./ring.ts"
import { Samples } from "./samples.ts"
import type { OfferHealth } from "./types.ts"
import { better, breakerIn, type Closure, closed, closureOf, type UpstreamState, worse } from "./upstream-state.ts"

const good = 0
const bad = 1
const inputTokens = 0
const cachedTokens = 1

/** Milliseconds to the first part: from a machine beside us to a model that thinks for five minutes. */
const latencyEnds = [5, 300_000] as const
/** Tokens a second. */
const throughputEnds = [1, 2000] as const

/** How fast answers of one kind came. */
class Speeds {
  readonly latency = new Samples(...latencyEnds)
  readonly throughput = new Samples(...throughputEnds)
}

const shortStepMs = 10_000

/** Good and bad answers: five minutes, half an hour, a day. */
class Results {
  readonly #short = new Ring(30, shortStepMs, 2)
  readonly #middle = new Ring(30, 60_000, 2)
  readonly #long = new Ring(48, 1_800_000, 2)
  /** Of the step of the shortest window that is being filled: counted here, and added to all three when it is over or somebody looks. */
  readonly #waiting: [good: number, bad: number] = [0, 0]
  #step = 0

  add(now: number, isGood: boolean): void {
    const step = Math.floor(now / shortStepMs)
    if (step !== this.#step) {
      this.#flush()
      this.#step = step
    }
    this.#waiting[isGood ? good : bad]++
  }

  #flush(): void {
    const at = this.#step * shortStepMs
    for (const column of [good, bad] as const) {
      const count = this.#waiting[column]
      if (count === 0) continue
      this.#waiting[column] = 0
      for (const ring of [this.#short, this.#middle, this.#long]) ring.add(at, column, count)
    }
  }

  shares(now: number): readonly [number | undefined, number | undefined, number | undefined] {
    this.#flush()
    return [shareOf(this.#short, now), shareOf(this.#middle, now), shareOf(this.#long, now)]
  }
}

/** Fewer say nothing. */
const fewest = 5

const shareOf = (ring: Ring, now: number): number | undefined => {
  const well = ring.sum(now, good)
  const all = well + ring.sum(now, bad)
  return all < fewest ? undefined : well / all
}

/** What is known of one offer. Windows are made when there is something to put into them. */
export class OfferState {
  readonly key: string
  readonly upstream: UpstreamState
  readonly breaker = new Breaker()
  /** The same as a list, for those who have nothing else to ask. */
  readonly breakers: readonly Breaker[] = [this.breaker]
  /** By the place of the credential: one that is limited here, which says nothing of the upstream's other models. */
  #limits: Map<number, Breaker> | undefined
  inFlight = 0
  total = 0
  failed = 0
  /** A credential that is refused is no outage: another one may do. */
  lastOutageAt: number | undefined
  /** Used again since it was made, or since eviction looked at it last. */
  isRecent = false
  #results: Results | undefined
  #streamed: Speeds | undefined
  #whole: Speeds | undefined
  #tokens: Ring | undefined
  #tools: Ring | undefined

  constructor(key: string, upstream: UpstreamState) {
    this.key = key
    this.upstream = upstream
  }

  limit(credential: number): Breaker | undefined {
    return this.#limits?.get(credential)
  }

  makeLimit(credential: number): Breaker {
    this.#limits ??= new Map()
    return breakerIn(this.#limits, credential)
  }

  get streamed(): Speeds {
    this.#streamed ??= new Speeds()
    return this.#streamed
  }

  get whole(): Speeds {
    this.#whole ??= new Speeds()
    return this.#whole
  }

  noteResult(now: number, isGood: boolean): void {
    this.#results ??= new Results()
    this.#results.add(now, isGood)
    this.total++
    if (!isGood) this.failed++
  }

  noteInput(now: number, tokens: number, cached: number): void {
    this.#tokens ??= new Ring(30, 60_000, 2, true)
    this.#tokens.add(now, inputTokens, tokens)
    this.#tokens.add(now, cachedTokens, cached)
  }

  noteTools(now: number, isGood: boolean): void {
    // Two hours (openrouter.ai, Auto Exacto).
    this.#tools ??= new Ring(24, 300_000, 2)
    this.#tools.add(now, isGood ? good : bad)
  }

  /** With this credential. */
  closureWith(credential: number, now: number): Closure {
    return worse(closureOf(this.limit(credential), now), closureOf(this.upstream.breaker(credential), now))
  }

  /** With any of its credentials, or of these. */
  closure(now: number, credentials?: readonly number[]): Closure {
    const count = credentials?.length ?? this.upstream.credentials
    const closureAt = (each: number) => this.closureWith(credentials ? (credentials[each] ?? 0) : each, now)
    let best = closureAt(0)
    for (let each = 1; each < count && best !== closed; each++) best = better(best, closureAt(each))
    return worse(closureOf(this.breaker, now), best)
  }

  view(now: number, credentials?: readonly number[]): OfferHealth {
    const { state, until } = this.closure(now, credentials)
    const shares = this.#results?.shares(now)
    const { places } = this.upstream
    const streamed = this.#streamed
    const whole = this.#whole
    return {
      breaker: state,
      openUntil: state === "open" && until > now ? until : undefined,
      lastOutageAt: this.lastOutageAt,
      uptime5m: shares?.[0],
      uptime30m: shares?.[1],
      uptime1d: shares?.[2],
      // Most who look at an offer do not look at these, which are the dear ones.
      get recentLatencyMs() {
        return streamed?.latency.recent(now) ?? whole?.latency.recent(now)
      },
      get recentThroughput() {
        return streamed?.throughput.recent(now) ?? whole?.throughput.recent(now)
      },
      get latency() {
        return streamed?.latency.percentiles(now) ?? whole?.latency.percentiles(now)
      },
      get throughput() {
        return streamed?.throughput.percentiles(now, "fewer") ?? whole?.throughput.percentiles(now, "fewer")
      },
      inFlight: this.inFlight,
      queued: places.queued,
      freePlaces: Number.isFinite(places.free) ? places.free : undefined,
      cacheHitRate: this.#cacheHitRate(now),
      toolErrorRate: this.#toolErrorRate(now),
    }
  }

  #cacheHitRate(now: number): number | undefined {
    const tokens = this.#tokens?.sum(now, inputTokens) ?? 0
    return tokens === 0 ? undefined : this.#tokens!.sum(now, cachedTokens) / tokens
  }

  #toolErrorRate(now: number): number | undefined {
    if (!this.#tools) return undefined
    const share = shareOf(this.#tools, now)
    return share === undefined ? undefined : 1 - share
  }
}
