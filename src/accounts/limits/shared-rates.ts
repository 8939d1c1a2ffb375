import type { Awaitable } from "./shared-budgets.ts"
import type { LimitScope, RateLimit } from "./types.ts"

/** What of a rate is used up. */
export type RateKind = "requests" | "tokens" | "concurrency"

/** One request in all rates that count it. Ends exactly once, by `settle` or `undo`. */
export interface RateTicket {
  open: boolean
}

/** Why a request must wait: of all rates that are in its way the one that takes longest. */
export interface RateRefusal {
  readonly refused: RateLimit
  readonly kind: RateKind
  readonly limit: number
  /** Of the limit, now. */
  readonly remaining: number
  /** When an equal request would be let in if no other one came. Infinity: never, because it is larger than the limit. */
  readonly waitMs: number
}

/**
 * Requests and tokens of the last minute and requests in flight, per counter. Like `SharedBudgets` the one door to numbers that several
 * gateways would have to agree on. What is refused counts nowhere.
 */
export interface SharedRates {
  /** Counts it in all of them at once, or in none. `tokens` is what the request will probably use. */
  take(rates: readonly RateLimit[], tokens: number, now: number): Awaitable<RateTicket | RateRefusal>
  /** The request is over, and used so many tokens. */
  settle(ticket: RateTicket, tokens: number, now: number): Awaitable<void>
  /** The request was not made after all: it does not count. */
  undo(ticket: RateTicket): Awaitable<void>
  /** Since the start, for the metrics. */
  totals(): { readonly counters: number; readonly inFlight: number; readonly refused: ReadonlyMap<LimitScope, number> }
}
