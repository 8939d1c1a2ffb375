export interface Cooldown {
  /** Failures in a row that open it. */
  readonly failures: number
  readonly firstMs: number
  /** What doubling leads to at most. */
  readonly longestMs: number
}

/** What a refused credential or an empty account waits for: somebody who pays or mends the configuration. */
export const lastingCooldown: Cooldown = { failures: 1, firstMs: 300_000, longestMs: 3_600_000 }

/** When a request began, and its answer, if it did. */
interface Began {
  readonly startedAt: number
  readonly answeredAt?: number | undefined
}

export type BreakerState = "closed" | "open" | "half-open"

/** The longest wait that an upstream may ask for; beyond it somebody made a mistake. */
const longestWaitMs = 3_600_000

/**
 * Whether something is to be left alone: an offer, or a credential. Opens after failures, lets one request try when its time is over, and
 * closes with the first part of an answer. How long it stays open doubles until an answer came to its end: an upstream that begins every
 * answer and ends none does not look healthy by beginning.
 */
export class Breaker {
  /** 0 = closed. */
  #openUntil = 0
  #failures = 0
  #lengthMs = 0
  /** When it opened or closed last. */
  #changedAt = Number.NEGATIVE_INFINITY
  /** It was opened by an answer that had begun. */
  #brokeOff = false
  /** Who tries whether all is well again. */
  #probe: object | undefined

  /** While a request tries whether all is well again, it is open for all others. */
  state(now: number): BreakerState {
    if (this.#openUntil === 0) return "closed"
    return now < this.#openUntil || this.#probe ? "open" : "half-open"
  }

  /** 0 = closed. */
  get openUntil(): number {
    return this.#openUntil
  }

  /** Takes the one try of a half-open breaker, if it is free. Whoever calls it calls `leave` in the end. */
  enter(now: number, by: object): void {
    if (this.state(now) === "half-open") this.#probe = by
  }

  leave(by: object): void {
    if (this.#probe === by) this.#probe = undefined
  }

  /** The first part of an answer came, to a request that began at `startedAt`. */
  answered(now: number, startedAt: number): void {
    // Where answers break off, those that were under way prove nothing by beginning.
    if (!this.#brokeOff || startedAt >= this.#changedAt) this.#close(now)
  }

  /** An answer came to its end. */
  completed(now: number): void {
    this.#failures = 0
    this.#lengthMs = 0
    this.#close(now)
  }

  /**
   * Requests that were under way together fail together, some of them much later by a deadline: what began before the latest change says
   * nothing new. `waitMs`: what the upstream asked for.
   */
  failed(
    now: number,
    { startedAt, answeredAt }: Began,
    { failures, firstMs, longestMs }: Cooldown,
    waitMs?: number,
  ): void {
    const since = answeredAt ?? startedAt
    this.#failures++
    const asked = waitMs === undefined ? 0 : now + Math.min(longestWaitMs, waitMs)
    const isNews = this.#openUntil <= now && since >= this.#changedAt
    const isEnough = this.#openUntil !== 0 || this.#failures >= failures || waitMs !== undefined
    if (isNews && isEnough) {
      this.#lengthMs = this.#lengthMs === 0 ? firstMs : Math.min(longestMs, this.#lengthMs * 2)
      this.#openUntil = now + this.#lengthMs
      this.#changedAt = now
      this.#brokeOff = answeredAt !== undefined
    }
    if (asked > this.#openUntil) this.#openUntil = asked
  }

  #close(now: number): void {
    if (this.#openUntil === 0) return
    this.#probe = undefined
    this.#openUntil = 0
    this.#changedAt = now
    this.#brokeOff = false
  }
}
