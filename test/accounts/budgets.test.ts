import { expect, test } from "bun:test"
import fc from "fast-check"
import { createBudgets } from "../../src/accounts/budgets.ts"
import type { LimitReset, Principal } from "../../src/accounts/principal.ts"
import type { Hold } from "../../src/accounts/shared-budgets.ts"

const at = (text: string): number => Date.parse(`${text}Z`)
const NOON = at("2026-03-04T12:00:00")

const principal = (limitNano?: number, limitReset: LimitReset = "never", keyId = "key-1"): Principal => ({
  keyId,
  name: keyId,
  label: "...",
  kind: "inference",
  ...(limitNano === undefined ? {} : { limitNano }),
  limitReset,
  strict: false,
  disabled: false,
  source: "store",
  createdAtMs: 0,
})

test("a hold takes from what is available; settling gives back what was not spent", () => {
  const budgets = createBudgets()
  const key = principal(100)
  const hold = budgets.hold(key, 60, NOON)!
  expect(budgets.available(key, NOON)).toBe(40)
  expect(budgets.hold(key, 41, NOON)).toBeUndefined()
  expect(budgets.hold(key, 40, NOON)).toBeDefined()
  expect(budgets.available(key, NOON)).toBe(0)
  expect(budgets.settle(hold, 10, NOON)).toEqual({ settled: true, overrunNano: 0 })
  expect(budgets.available(key, NOON)).toBe(50)
  expect(budgets.snapshot(key, NOON)).toEqual({
    limitNano: 100,
    spentNano: 10,
    heldNano: 40,
    remainingNano: 50,
    usage: { daily: 10, weekly: 10, monthly: 10, total: 10 },
  })
})

test("what nothing was held for is spent all the same; without a limit there is nothing to overrun", () => {
  const budgets = createBudgets()
  const free = principal(undefined, "never", "free")
  expect(budgets.spend(free, 70, NOON)).toEqual({ settled: true, overrunNano: 0 })
  expect(budgets.snapshot(free, NOON).usage).toEqual({ daily: 70, weekly: 70, monthly: 70, total: 70 })
  expect(budgets.totals()).toEqual({ heldNano: 0, openHolds: 0, overruns: 0, overrunNano: 0 })
  // A price that nobody knew before the answer.
  const limited = principal(100)
  expect(budgets.spend(limited, 130, NOON)).toEqual({ settled: true, overrunNano: 130 })
  expect(budgets.available(limited, NOON)).toBe(-30)
  expect(budgets.totals()).toMatchObject({ overruns: 1, overrunNano: 130 })
  // Nothing can be held any more, and what comes is still counted.
  expect(budgets.hold(limited, 0, NOON)).toBeUndefined()
  budgets.spend(limited, 5, NOON)
  expect(budgets.snapshot(limited, NOON).spentNano).toBe(135)
})

test("a hold ends once, whoever ends it first", () => {
  const budgets = createBudgets()
  const key = principal(100)
  const hold = budgets.hold(key, 60, NOON)!
  expect(budgets.settle(hold, 10, NOON).settled).toBe(true)
  expect(budgets.settle(hold, 10, NOON).settled).toBe(false)
  budgets.release(hold)
  expect(budgets.available(key, NOON)).toBe(90)
  const other = budgets.hold(key, 90, NOON)!
  budgets.release(other)
  expect(budgets.settle(other, 90, NOON).settled).toBe(false)
  expect(budgets.available(key, NOON)).toBe(90)
  expect(budgets.totals()).toEqual({ heldNano: 0, openHolds: 0, overruns: 0, overrunNano: 0 })
})

test("an answer dearer than its hold is counted in full and as an overrun", () => {
  const budgets = createBudgets()
  const key = principal(100)
  expect(budgets.settle(budgets.hold(key, 90, NOON)!, 130, NOON)).toEqual({ settled: true, overrunNano: 40 })
  expect(budgets.available(key, NOON)).toBe(-30)
  expect(budgets.snapshot(key, NOON)).toMatchObject({ spentNano: 130, remainingNano: 0 })
  expect(budgets.totals()).toMatchObject({ overruns: 1, overrunNano: 40 })
  expect(budgets.hold(key, 0, NOON)).toBeUndefined()
})

test("without a limit everything may be held and all is counted", () => {
  const budgets = createBudgets()
  const key = principal()
  expect(budgets.available(key, NOON)).toBe(Number.POSITIVE_INFINITY)
  const hold = budgets.hold(key, 1e12, NOON)!
  budgets.settle(hold, 5, NOON)
  expect(budgets.snapshot(key, NOON)).toEqual({
    spentNano: 5,
    heldNano: 0,
    usage: { daily: 5, weekly: 5, monthly: 5, total: 5 },
  })
})

test("amounts that are no money are refused before they spoil a sum", () => {
  const budgets = createBudgets()
  const key = principal(100)
  const hold = budgets.hold(key, 10, NOON)!
  for (const wrong of [Number.NaN, -1, 0.5, Number.POSITIVE_INFINITY]) {
    expect(() => budgets.hold(key, wrong, NOON)).toThrow(RangeError)
    expect(() => budgets.settle(hold, wrong, NOON)).toThrow(RangeError)
  }
  expect(budgets.settle(hold, 10, NOON).settled).toBe(true)
  expect(budgets.available(key, NOON)).toBe(90)
})

test.each([
  ["daily", "2026-03-04T23:59:59.999", "2026-03-05T00:00:00.000"],
  // Sunday to Monday, in the middle of a year and over its end.
  ["weekly", "2026-03-08T23:59:59.999", "2026-03-09T00:00:00.000"],
  ["weekly", "2027-01-03T23:59:59.999", "2027-01-04T00:00:00.000"],
  ["monthly", "2026-12-31T23:59:59.999", "2027-01-01T00:00:00.000"],
] as const)("a %s limit starts anew when its window does, and not before", (reset, before, after) => {
  const budgets = createBudgets()
  const key = principal(100, reset)
  budgets.settle(budgets.hold(key, 100, at(before) - 60_000)!, 100, at(before) - 60_000)
  expect(budgets.available(key, at(before))).toBe(0)
  expect(budgets.snapshot(key, at(before)).resetsAtMs).toBe(at(after))
  expect(budgets.available(key, at(after))).toBe(100)
  expect(budgets.snapshot(key, at(after)).usage.total).toBe(100)
})

test("the week does not start anew with the year", () => {
  const budgets = createBudgets()
  const key = principal(100, "weekly")
  budgets.settle(budgets.hold(key, 70, at("2026-12-31T12:00:00"))!, 70, at("2026-12-31T12:00:00"))
  expect(budgets.available(key, at("2027-01-01T12:00:00"))).toBe(30)
  expect(budgets.snapshot(key, at("2027-01-01T12:00:00")).usage).toEqual({
    daily: 0,
    weekly: 70,
    monthly: 0,
    total: 70,
  })
})

test("a hold of yesterday that is settled today is billed today", () => {
  const budgets = createBudgets()
  const key = principal(100, "daily")
  const [yesterday, today] = [at("2026-03-04T23:59:59"), at("2026-03-05T00:00:01")]
  const hold = budgets.hold(key, 80, yesterday)!
  expect(budgets.available(key, today)).toBe(20)
  budgets.settle(hold, 50, today)
  expect(budgets.snapshot(key, today)).toMatchObject({ spentNano: 50, heldNano: 0, remainingNano: 50 })
})

test("a clock that is set back does not bring back an old window", () => {
  const budgets = createBudgets()
  const key = principal(100, "daily")
  budgets.settle(budgets.hold(key, 60, at("2026-03-05T00:00:01"))!, 60, at("2026-03-05T00:00:01"))
  expect(budgets.available(key, at("2026-03-04T23:59:59"))).toBe(40)
  budgets.settle(budgets.hold(key, 40, at("2026-03-04T23:59:59"))!, 40, at("2026-03-04T23:59:59"))
  expect(budgets.available(key, at("2026-03-05T00:00:02"))).toBe(0)
})

test("what was spent before the start counts in the windows that still last", () => {
  const budgets = createBudgets()
  budgets.load(
    [
      { keyId: "key-1", kind: "total", startsAt: 0, spentNano: 90 },
      { keyId: "key-1", kind: "monthly", startsAt: at("2026-03-01T00:00:00"), spentNano: 50 },
      { keyId: "key-1", kind: "weekly", startsAt: at("2026-02-23T00:00:00"), spentNano: 40 },
      { keyId: "key-1", kind: "daily", startsAt: at("2026-03-04T00:00:00"), spentNano: 10 },
      { keyId: "key-1", kind: "daily", startsAt: at("2026-03-04T00:00:00"), spentNano: 5 },
    ],
    NOON,
  )
  expect(budgets.snapshot(principal(), NOON).usage).toEqual({ daily: 15, weekly: 0, monthly: 50, total: 90 })
  expect(budgets.available(principal(100), NOON)).toBe(10)
})

/** One step of some request: it begins with a hold, or one of those under way ends. */
type Step =
  | { readonly kind: "begin"; readonly key: number; readonly nano: number }
  | { readonly kind: "settle" | "release"; readonly which: number; readonly share: number }
  | { readonly kind: "wait"; readonly hours: number }

const amount = fc.integer({ min: 0, max: 500 })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("begin" as const), key: fc.integer({ min: 0, max: 2 }), nano: amount }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom("settle" as const, "release" as const),
      which: fc.nat(),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("wait" as const), hours: fc.integer({ min: 0, max: 40 }) }) },
)

const limits: readonly LimitReset[] = ["daily", "weekly", "never"]

test("hundreds of calls, interleaved in any order: spent and held never exceed the limit, and no hold is lost", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 300, maxLength: 600 }), (steps) => {
      const budgets = createBudgets()
      const keys = limits.map((reset, index) => principal(2_000, reset, `key-${index}`))
      let now = NOON
      let spentInAll = 0
      const open: Hold[] = []
      for (const one of steps) {
        if (one.kind === "wait") now += one.hours * 3_600_000
        else if (one.kind === "begin") {
          const key = keys[one.key]!
          const left = budgets.available(key, now)
          const hold = budgets.hold(key, one.nano, now)
          expect(hold !== undefined).toBe(one.nano <= left)
          if (hold) open.push(hold)
        } else if (open.length > 0) {
          const [hold] = open.splice(one.which % open.length, 1)
          if (one.kind === "release") budgets.release(hold!)
          else {
            const cost = Math.floor(hold!.nano * one.share)
            spentInAll += cost
            budgets.settle(hold!, cost, now)
          }
        }
        for (const key of keys) {
          const { spentNano, heldNano } = budgets.snapshot(key, now)
          const held = open.filter(({ keyId }) => keyId === key.keyId).reduce((sum, { nano }) => sum + nano, 0)
          expect(heldNano).toBe(held)
          expect(spentNano + heldNano).toBeLessThanOrEqual(2_000)
        }
      }
      for (const hold of open) budgets.release(hold)
      const totals = keys.map((key) => budgets.snapshot(key, now).usage.total)
      expect(totals.reduce((sum, nano) => sum + nano, 0)).toBe(spentInAll)
      expect(budgets.totals()).toEqual({ heldNano: 0, openHolds: 0, overruns: 0, overrunNano: 0 })
    }),
    { numRuns: 50 },
  )
})

test("five hundred calls at once on one key: it spends at most its limit and what its last answers ran over", async () => {
  const budgets = createBudgets()
  const key = principal(10_000)
  let refused = 0
  let overrun = 0
  let spent = 0
  const call = async (index: number): Promise<void> => {
    const hold = budgets.hold(key, 100, NOON)
    if (hold === undefined) {
      refused += 1
      return
    }
    for (let turn = 0; turn < (index * 7) % 5; turn += 1) await Promise.resolve()
    const cost = index % 10 === 0 ? 150 : 40 + (index % 60)
    spent += cost
    overrun += budgets.settle(hold, cost, NOON).overrunNano
    // Ended by a client that went away in the same moment.
    budgets.release(hold)
  }
  await Promise.all(Array.from({ length: 500 }, (_, index) => call(index)))
  expect(refused).toBeGreaterThan(0)
  expect(spent).toBeLessThanOrEqual(10_000 + overrun)
  expect(budgets.snapshot(key, NOON)).toMatchObject({ spentNano: spent, heldNano: 0 })
  expect(budgets.totals()).toMatchObject({ heldNano: 0, openHolds: 0, overrunNano: overrun })
})
