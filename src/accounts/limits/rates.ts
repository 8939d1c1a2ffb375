import type { RateKind, RateRefusal, RateTicket, SharedRates } from "./shared-rates.ts"
import { SlidingMinute, type Taken } from "./sliding-minute.ts"
import type { LimitScope, RateLimit } from "./types.ts"

interface Counter {
  readonly requests: SlidingMinute
  readonly tokens: SlidingMinute
  inFlight: number
}

interface Counted {
  readonly counter: Counter
  readonly request: Taken
  readonly tokens: Taken
}

interface OpenTicket extends RateTicket {
  readonly counted: readonly Counted[]
}

/** `SharedRates` without a wait. */
export interface Rates extends SharedRates {
  take(rates: readonly RateLimit[], tokens: number, now: number): RateTicket | RateRefusal
  settle(ticket: RateTicket, tokens: number, now: number): void
  undo(ticket: RateTicket): void
}

/** Nobody knows when an answer that is under way ends. */
const answerWaitMs = 1000
/** Below this many counters nobody looks for idle ones. */
const leastSwept = 1024

/** Counters in this process's memory. One that nothing counts in any more goes when there are twice as many as were left the last time. */
export const createRates = (): Rates => {
  const counters = new Map<string, Counter>()
  const refused = new Map<LimitScope, number>()
  let sweepAt = leastSwept
  let inFlight = 0

  const counterOf = (name: string, now: number): Counter => {
    let counter = counters.get(name)
    if (counter === undefined) {
      if (counters.size >= sweepAt) sweep(now)
      counter = { requests: new SlidingMinute(), tokens: new SlidingMinute(), inFlight: 0 }
      counters.set(name, counter)
    }
    return counter
  }
  const sweep = (now: number): void => {
    for (const [name, { requests, tokens, inFlight }] of counters)
      if (inFlight === 0 && requests.totalAt(now) === 0 && tokens.totalAt(now) === 0) counters.delete(name)
    sweepAt = Math.max(leastSwept, counters.size * 2)
  }
  const objection = (rate: RateLimit, tokens: number, now: number): RateRefusal | undefined => {
    const { requestsPerMinute, tokensPerMinute, concurrency } = rate.limits
    const counter = counterOf(rate.counter, now)
    const says = (kind: RateKind, limit: number, used: number, waitMs: number): RateRefusal => ({
      refused: rate,
      kind,
      limit,
      remaining: Math.max(0, limit - used),
      waitMs,
    })
    let found: RateRefusal | undefined
    if (requestsPerMinute !== undefined) {
      const waitMs = counter.requests.waitFor(1, requestsPerMinute, now)
      if (waitMs > 0) found = says("requests", requestsPerMinute, counter.requests.totalAt(now), waitMs)
    }
    if (tokensPerMinute !== undefined) {
      const waitMs = counter.tokens.waitFor(tokens, tokensPerMinute, now)
      if (waitMs > (found?.waitMs ?? 0)) found = says("tokens", tokensPerMinute, counter.tokens.totalAt(now), waitMs)
    }
    if (!found && concurrency !== undefined && counter.inFlight >= concurrency)
      found = says("concurrency", concurrency, counter.inFlight, answerWaitMs)
    return found
  }
  const end = (ticket: RateTicket): readonly Counted[] => {
    if (!ticket.open) return []
    ticket.open = false
    inFlight -= 1
    const { counted } = ticket as OpenTicket
    for (const { counter } of counted) counter.inFlight -= 1
    return counted
  }

  return {
    take: (rates, tokens, now) => {
      let worst: RateRefusal | undefined
      for (const rate of rates) {
        const found = objection(rate, tokens, now)
        if (found && found.waitMs > (worst?.waitMs ?? 0)) worst = found
      }
      if (worst) {
        const { scope } = worst.refused
        refused.set(scope, (refused.get(scope) ?? 0) + 1)
        return worst
      }
      const counted = rates.map((rate): Counted => {
        const counter = counterOf(rate.counter, now)
        counter.inFlight += 1
        return { counter, request: counter.requests.take(1, now), tokens: counter.tokens.take(tokens, now) }
      })
      inFlight += 1
      return { open: true, counted } as OpenTicket
    },
    settle: (ticket, used, now) => {
      for (const { counter, tokens } of end(ticket)) {
        const { amount } = tokens
        if (used < amount) counter.tokens.give(tokens, amount - used)
        else if (used > amount) counter.tokens.take(used - amount, now)
      }
    },
    undo: (ticket) => {
      for (const { counter, request, tokens } of end(ticket)) {
        counter.requests.give(request, request.amount)
        counter.tokens.give(tokens, tokens.amount)
      }
    },
    totals: () => ({ counters: counters.size, inFlight, refused }),
  }
}
