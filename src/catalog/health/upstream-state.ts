import { Breaker, type BreakerState, type Cooldown } from "./breaker.ts"
import { Places, type Timer } from "./places.ts"
import type { ProviderHealth } from "./types.ts"

/** What all offers of one configured provider share: its places and its credentials. */
export class UpstreamState {
  readonly id: string
  readonly places: Places
  /** How many credentials there are. */
  credentials = 1
  cooldown: Cooldown
  /** Where the next request without a conversation begins to look. */
  #turn = 0
  /** By the place of the credential; absent = never refused. */
  readonly #breakers = new Map<number, Breaker>()

  constructor(id: string, cooldown: Cooldown, timer: Timer) {
    this.id = id
    this.cooldown = cooldown
    this.places = new Places(timer)
  }

  nextTurn(): number {
    this.#turn = (this.#turn + 1) % this.credentials
    return this.#turn
  }

  breaker(credential: number): Breaker | undefined {
    return this.#breakers.get(credential)
  }

  makeBreaker(credential: number): Breaker {
    return breakerIn(this.#breakers, credential)
  }

  view(now: number): ProviderHealth {
    const { taken, queued, limits } = this.places
    return {
      id: this.id,
      inFlight: taken,
      queued,
      places: Number.isFinite(limits.places) ? limits.places : undefined,
      credentials: Array.from({ length: this.credentials }, (_, each) => {
        const { state, until } = closureOf(this.#breakers.get(each), now)
        return { breaker: state, openUntil: state === "open" && until > now ? until : undefined }
      }),
    }
  }

  /** What was known of the credentials does not hold for others. */
  forgetBreakers(): void {
    this.#breakers.clear()
  }
}

/** Of a credential by its place, or by the number that one has which somebody brought. */
export function breakerIn(breakers: Map<number, Breaker>, credential: number): Breaker {
  let found = breakers.get(credential)
  if (found === undefined) {
    found = new Breaker()
    breakers.set(credential, found)
  }
  return found
}

/** Whichever is worse, and until when. */
export interface Closure {
  readonly state: BreakerState
  readonly until: number
}

const ranks: Readonly<Record<BreakerState, number>> = { closed: 0, "half-open": 1, open: 2 }

export const closureOf = (breaker: Breaker | undefined, now: number): Closure =>
  breaker === undefined ? closed : { state: breaker.state(now), until: breaker.openUntil }

export const closed: Closure = { state: "closed", until: 0 }

/** Both must let a request through. */
export const worse = (one: Closure, other: Closure): Closure => {
  const difference = ranks[one.state] - ranks[other.state]
  return difference > 0 || (difference === 0 && one.until >= other.until) ? one : other
}

/** One of the two is enough. */
export const better = (one: Closure, other: Closure): Closure => {
  const difference = ranks[one.state] - ranks[other.state]
  return difference < 0 || (difference === 0 && one.until <= other.until) ? one : other
}
