import type { Cooldown } from "./breaker.ts"
import { OfferState } from "./offer-state.ts"
import { type PlaceLimits, type Timer, unlimited } from "./places.ts"
import type { OfferHealth, ProviderHealth } from "./types.ts"
import { UpstreamState } from "./upstream-state.ts"
import { type Manner, Visit } from "./visit.ts"

/** What the configuration says of one upstream. */
export interface UpstreamSettings {
  readonly limits: PlaceLimits
  /** How many credentials it has. */
  readonly credentials: number
  /** Differs where what was known of it does not hold any more: another address, other credentials. */
  readonly mark: string
}

export interface HealthSettings {
  /** Failures in a row that open a breaker. */
  readonly failures: number
  readonly cooldownMs: number
  /** By id of the provider; others have one credential and no limits. */
  readonly upstreams?: ReadonlyMap<string, UpstreamSettings>
}

const longestFactor = 10
/** Clients can name any model of an open provider; the ones that were not used for longest are forgotten first. */
const remembered = 3000

/** Of what nobody has asked for anything yet. */
export const unknownHealth: OfferHealth = Object.freeze({
  breaker: "closed",
  openUntil: undefined,
  lastOutageAt: undefined,
  uptime5m: undefined,
  uptime30m: undefined,
  uptime1d: undefined,
  latency: undefined,
  throughput: undefined,
  inFlight: 0,
  queued: 0,
  freePlaces: undefined,
  cacheHitRate: undefined,
  toolErrorRate: undefined,
})

/**
 * How each offer has been doing, and how much is under way there. Kept across reloads, keyed by `provider/upstream`. Only orders attempts:
 * what is to be left alone is still tried when nothing better is left, so a single upstream is never locked out.
 */
export class Health {
  readonly #offers = new Map<string, OfferState>()
  readonly #upstreams = new Map<string, UpstreamState>()
  readonly #marks = new Map<string, string>()
  readonly #timer: Timer
  #settings: HealthSettings
  #cooldown: Cooldown

  constructor(settings: HealthSettings, timer: Timer) {
    this.#timer = timer
    this.#settings = settings
    this.#cooldown = cooldownOf(settings)
    this.configure(settings)
  }

  configure(settings: HealthSettings): void {
    this.#settings = settings
    this.#cooldown = cooldownOf(settings)
    for (const id of settings.upstreams?.keys() ?? []) this.upstream(id)
    for (const upstream of this.#upstreams.values()) this.#configure(upstream)
  }

  /** Of one offer, at one moment; with these credentials, where it is not its provider's own that would be used. */
  view(key: string, now: number, credentials?: readonly number[]): OfferHealth {
    const known = this.#offers.get(key)
    if (known) return known.view(now, credentials)
    const upstream = this.#upstreams.get(providerOf(key))
    // What its provider's other offers have met holds for it too.
    return upstream ? new OfferState(key, upstream).view(now, credentials) : unknownHealth
  }

  /** The shared state of a configured provider. */
  upstream(id: string): UpstreamState {
    const known = this.#upstreams.get(id)
    if (known) return known
    const fresh = new UpstreamState(id, this.#cooldown, this.#timer)
    this.#upstreams.set(id, fresh)
    this.#configure(fresh)
    return fresh
  }

  /** False while it should be left alone, if there is anything else. */
  admits(key: string, now: number, credentials?: readonly number[]): boolean {
    const state = this.#offers.get(key)
    if (state) return state.closure(now, credentials).state !== "open"
    return this.view(key, now, credentials).breaker !== "open"
  }

  /** The same for one of its credentials. */
  admitsWith(key: string, credential: number, now: number): boolean {
    return this.#state(key).closureWith(credential, now).state !== "open"
  }

  /** Which credential to use: the first in this order that is not left alone; where all are, the first. */
  credential(key: string, order: Iterable<number>, now: number): number {
    const state = this.#state(key)
    let first: number | undefined
    for (const each of order) {
      first ??= each
      if (state.closureWith(each, now).state !== "open") return each
    }
    return first ?? 0
  }

  /** Begins a request at an offer; the place at its upstream was taken before. */
  visit(key: string, credential: number, now: number, manner: Manner): Visit {
    return new Visit(this.#state(key), credential, now, manner)
  }

  /** All offers that were used lately. */
  *list(
    now: number,
  ): Iterable<{ readonly key: string; readonly total: number; readonly failed: number } & OfferHealth> {
    for (const state of this.#offers.values())
      yield { key: state.key, total: state.total, failed: state.failed, ...state.view(now) }
  }

  /** Places and credentials of every provider that was used or has limits. */
  *providers(now: number): Iterable<ProviderHealth> {
    for (const upstream of this.#upstreams.values()) yield upstream.view(now)
  }

  #configure(upstream: UpstreamState): void {
    const settings = this.#settings.upstreams?.get(upstream.id)
    const mark = settings?.mark ?? ""
    const before = this.#marks.get(upstream.id)
    this.#marks.set(upstream.id, mark)
    if (before !== undefined && before !== mark) this.#forget(upstream)
    upstream.cooldown = this.#cooldown
    upstream.credentials = settings?.credentials ?? 1
    upstream.places.configure(settings?.limits ?? unlimited)
  }

  #forget(upstream: UpstreamState): void {
    upstream.forgetBreakers()
    for (const [key, state] of this.#offers) if (state.upstream === upstream) this.#offers.delete(key)
  }

  #state(key: string): OfferState {
    const known = this.#offers.get(key)
    if (known) {
      known.isRecent = true
      return known
    }
    if (this.#offers.size >= remembered) this.#forgetOldest()
    const fresh = new OfferState(key, this.upstream(providerOf(key)))
    this.#offers.set(key, fresh)
    return fresh
  }

  /** Those that were used since they were looked at last get to the end of the line once more. */
  #forgetOldest(): void {
    for (const [key, state] of this.#offers) {
      this.#offers.delete(key)
      if (!state.isRecent) return
      state.isRecent = false
      this.#offers.set(key, state)
    }
  }
}

const cooldownOf = ({ failures, cooldownMs }: HealthSettings): Cooldown => ({
  failures,
  firstMs: cooldownMs,
  longestMs: cooldownMs * longestFactor,
})

/** Ids of providers have no slash. */
const providerOf = (key: string): string => key.slice(0, key.indexOf("/"))
