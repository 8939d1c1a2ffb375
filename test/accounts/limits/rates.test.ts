import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { createRates } from "../../../src/accounts/limits/rates.ts"
import type { RateRefusal, RateTicket } from "../../../src/accounts/limits/shared-rates.ts"
import { minuteMs, SlidingMinute } from "../../../src/accounts/limits/sliding-minute.ts"
import type { RateLimit, RateLimits } from "../../../src/accounts/limits/types.ts"

const start = Date.UTC(2026, 2, 4, 12)
const rate = (limits: RateLimits, counter = "key:a", scope: RateLimit["scope"] = "key"): RateLimit => ({
  counter,
  scope,
  name: counter,
  limits,
})
const isRefusal = (taken: RateTicket | RateRefusal): taken is RateRefusal => "refused" in taken

describe("requests a minute", () => {
  test("as many as allowed at once, then none until the first is a minute old", () => {
    const rates = createRates()
    const three = [rate({ requestsPerMinute: 3 })]
    for (let index = 0; index < 3; index++) expect(isRefusal(rates.take(three, 0, start + index * 1000))).toBe(false)
    const refused = rates.take(three, 0, start + 30_000) as RateRefusal
    expect(refused).toMatchObject({ kind: "requests", limit: 3, remaining: 0 })
    // The wait is exact: a moment before, it is still too early.
    const comes = start + 30_000 + refused.waitMs
    expect(comes).toBeLessThanOrEqual(start + minuteMs + 100)
    expect(isRefusal(rates.take(three, 0, comes - 1))).toBe(true)
    expect(isRefusal(rates.take(three, 0, comes))).toBe(false)
    expect(isRefusal(rates.take(three, 0, comes))).toBe(true)
  })

  test("no minute has more than the limit, whatever its edges", () => {
    const rates = createRates()
    const ten = [rate({ requestsPerMinute: 10 })]
    const at: number[] = []
    for (let now = start + 55_000; now < start + 190_000; now += 700)
      if (!isRefusal(rates.take(ten, 0, now))) at.push(now)
    for (const from of at)
      expect(at.filter((one) => one >= from && one < from + minuteMs).length).toBeLessThanOrEqual(10)
    expect(at.length).toBeGreaterThan(20)
  })

  test("what another rate refuses counts nowhere", () => {
    const rates = createRates()
    const [mine, all] = [rate({ requestsPerMinute: 5 }), rate({ requestsPerMinute: 1 }, "organisation", "organisation")]
    rates.take([all], 0, start)
    for (let index = 0; index < 20; index++)
      expect(rates.take([mine, all], 0, start)).toMatchObject({ refused: { scope: "organisation" } })
    for (let index = 0; index < 5; index++) expect(isRefusal(rates.take([mine], 0, start))).toBe(false)
    expect(isRefusal(rates.take([mine], 0, start))).toBe(true)
    expect(Object.fromEntries(rates.totals().refused)).toEqual({ organisation: 20, key: 1 })
  })

  test("a request that was not made after all does not count", () => {
    const rates = createRates()
    const one = [rate({ requestsPerMinute: 1, tokensPerMinute: 10, concurrency: 1 })]
    const ticket = rates.take(one, 10, start) as RateTicket
    rates.undo(ticket)
    rates.undo(ticket)
    expect(isRefusal(rates.take(one, 10, start))).toBe(false)
  })
})

describe("tokens a minute", () => {
  test("what was expected is corrected when the request is over", () => {
    const rates = createRates()
    const hundred = [rate({ tokensPerMinute: 100 })]
    const first = rates.take(hundred, 80, start) as RateTicket
    expect(rates.take(hundred, 30, start)).toMatchObject({ kind: "tokens", remaining: 20 })
    rates.settle(first, 10, start + 2000)
    const second = rates.take(hundred, 30, start + 2000) as RateTicket
    expect(isRefusal(second)).toBe(false)
    // More than was expected counts when it is known.
    rates.settle(second, 100, start + 5000)
    const refused = rates.take(hundred, 1, start + 5000) as RateRefusal
    expect(refused.remaining).toBe(0)
    expect(refused.waitMs).toBeGreaterThan(50_000)
  })

  test("a request that is larger than the limit never fits, and is told so", () => {
    const rates = createRates()
    expect(rates.take([rate({ tokensPerMinute: 100 })], 101, start)).toMatchObject({
      kind: "tokens",
      waitMs: Number.POSITIVE_INFINITY,
    })
  })
})

test("requests in flight count until their end", () => {
  const rates = createRates()
  const two = [rate({ concurrency: 2 })]
  const [first] = [rates.take(two, 0, start) as RateTicket, rates.take(two, 0, start)]
  expect(rates.take(two, 0, start + 10 * minuteMs)).toMatchObject({ kind: "concurrency", limit: 2, remaining: 0 })
  rates.settle(first, 0, start)
  rates.settle(first, 0, start)
  expect(isRefusal(rates.take(two, 0, start))).toBe(false)
  expect(isRefusal(rates.take(two, 0, start))).toBe(true)
})

test("counters of those who are gone do not stay", () => {
  const rates = createRates()
  for (let index = 0; index < 50_000; index++) {
    const ticket = rates.take([rate({ requestsPerMinute: 5 }, `key:${index}`)], 0, start + index * 1000) as RateTicket
    rates.settle(ticket, 0, start + index * 1000)
  }
  expect(rates.totals().counters).toBeLessThan(3000)
})

test("a minute is bounded, and sums up", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ after: fc.integer({ min: 0, max: 9000 }), amount: fc.integer({ min: 0, max: 50 }) }), {
        minLength: 50,
        maxLength: 400,
      }),
      (steps) => {
        const minute = new SlidingMinute()
        const taken: { at: number; amount: number }[] = []
        let now = start
        for (const { after, amount } of steps) {
          now += after
          const wait = minute.waitFor(amount, 100, now)
          const inMinute = taken.filter(({ at }) => at > now - minuteMs).reduce((sum, one) => sum + one.amount, 0)
          if (wait === 0) {
            expect(inMinute + amount).toBeLessThanOrEqual(100)
            minute.take(amount, now)
            taken.push({ at: now, amount })
          } else {
            // Not refused for what is more than a minute and a tenth of a second old.
            const young = taken.filter(({ at }) => at > now - minuteMs - 100).reduce((sum, one) => sum + one.amount, 0)
            expect(young + amount).toBeGreaterThan(100)
          }
        }
      },
    ),
    { seed: 5, numRuns: 100 },
  )
})
