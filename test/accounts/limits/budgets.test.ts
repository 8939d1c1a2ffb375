import { expect, test } from "bun:test"
import { createBudgets } from "../../../src/accounts/limits/budgets.ts"
import type { Payer } from "../../../src/accounts/limits/shared-budgets.ts"
import type { WindowKind } from "../../../src/store/windows.ts"

const at = (text: string): number => Date.parse(`${text}Z`)
const NOON = at("2026-03-04T12:00:00")

/** One key alone. */
const payer = (nano?: number, window: WindowKind = "total", name = "key-1"): Payer => {
  const account = `key:${name}` as const
  const limit = { account, scope: "key", name, window, countsByok: false, code: "spend_limit_reached" } as const
  return { accounts: [account], limits: nano === undefined ? [] : [{ ...limit, nano }] }
}

test("a hold takes from what is available; settling gives back what was not spent", () => {
  const budgets = createBudgets()
  const key = payer(100)
  const hold = budgets.hold(key, 60, NOON)!
  expect(budgets.available(key, NOON)).toBe(40)
  expect(budgets.hold(key, 41, NOON)).toBeUndefined()
  expect(budgets.hold(key, 40, NOON)).toBeDefined()
  expect(budgets.available(key, NOON)).toBe(0)
  expect(budgets.settle(hold, 10, NOON)).toEqual({ settled: true, overrunNano: 0 })
  expect(budgets.available(key, NOON)).toBe(50)
  expect(budgets.leastOf(key, NOON)).toEqual({
    limit: key.limits[0]!,
    spentNano: 10,
    heldNano: 40,
    remainingNano: 50,
  })
  expect(budgets.snapshotOf("key:key-1", NOON)).toEqual({
    heldNano: 40,
    usage: { daily: 10, weekly: 10, monthly: 10, total: 10 },
    byok: { daily: 0, weekly: 0, monthly: 0, total: 0 },
  })
})

test("what nothing was held for is spent all the same; without a limit there is nothing to overrun", () => {
  const budgets = createBudgets()
  const free = payer(undefined, "total", "free")
  expect(budgets.spend(free, 70, NOON)).toEqual({ settled: true, overrunNano: 0 })
  expect(budgets.snapshotOf("key:free", NOON).usage).toEqual({ daily: 70, weekly: 70, monthly: 70, total: 70 })
  expect(budgets.totals()).toEqual({ heldNano: 0, openHolds: 0, extensions: 0, overruns: 0, overrunNano: 0 })
  // A price that nobody knew before the answer.
  const limited = payer(100)
  expect(budgets.spend(limited, 130, NOON)).toEqual({ settled: true, overrunNano: 130 })
  expect(budgets.available(limited, NOON)).toBe(-30)
  expect(budgets.totals()).toMatchObject({ overruns: 1, overrunNano: 130 })
  // Nothing can be held any more, and what comes is still counted.
  expect(budgets.hold(limited, 0, NOON)).toBeUndefined()
  budgets.spend(limited, 5, NOON)
  expect(budgets.leastOf(limited, NOON)!.spentNano).toBe(135)
})

test("a hold ends once, whoever ends it first", () => {
  const budgets = createBudgets()
  const key = payer(100)
  const hold = budgets.hold(key, 60, NOON)!
  expect(budgets.settle(hold, 10, NOON).settled).toBe(true)
  expect(budgets.settle(hold, 10, NOON).settled).toBe(false)
  budgets.release(hold)
  expect(budgets.available(key, NOON)).toBe(90)
  const other = budgets.hold(key, 90, NOON)!
  budgets.release(other)
  expect(budgets.settle(other, 90, NOON).settled).toBe(false)
  expect(budgets.available(key, NOON)).toBe(90)
  expect(budgets.totals()).toEqual({ heldNano: 0, openHolds: 0, extensions: 0, overruns: 0, overrunNano: 0 })
})

test("an answer dearer than its hold is counted in full and as an overrun", () => {
  const budgets = createBudgets()
  const key = payer(100)
  expect(budgets.settle(budgets.hold(key, 90, NOON)!, 130, NOON)).toEqual({ settled: true, overrunNano: 40 })
  expect(budgets.available(key, NOON)).toBe(-30)
  expect(budgets.leastOf(key, NOON)).toMatchObject({ spentNano: 130, remainingNano: 0 })
  expect(budgets.totals()).toMatchObject({ overruns: 1, overrunNano: 40 })
  expect(budgets.hold(key, 0, NOON)).toBeUndefined()
})

test("without a limit everything may be held and all is counted", () => {
  const budgets = createBudgets()
  const key = payer()
  expect(budgets.available(key, NOON)).toBe(Number.POSITIVE_INFINITY)
  const hold = budgets.hold(key, 1e12, NOON)!
  budgets.settle(hold, 5, NOON)
  expect(budgets.leastOf(key, NOON)).toBeUndefined()
  expect(budgets.snapshotOf("key:key-1", NOON)).toMatchObject({ heldNano: 0, usage: { daily: 5, total: 5 } })
})

test("amounts that are no money are refused before they spoil a sum", () => {
  const budgets = createBudgets()
  const key = payer(100)
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
  const key = payer(100, reset)
  budgets.settle(budgets.hold(key, 100, at(before) - 60_000)!, 100, at(before) - 60_000)
  expect(budgets.available(key, at(before))).toBe(0)
  expect(budgets.leastOf(key, at(before))!.resetsAtMs).toBe(at(after))
  expect(budgets.available(key, at(after))).toBe(100)
  expect(budgets.snapshotOf("key:key-1", at(after)).usage.total).toBe(100)
})

test("the week does not start anew with the year", () => {
  const budgets = createBudgets()
  const key = payer(100, "weekly")
  budgets.settle(budgets.hold(key, 70, at("2026-12-31T12:00:00"))!, 70, at("2026-12-31T12:00:00"))
  expect(budgets.available(key, at("2027-01-01T12:00:00"))).toBe(30)
  expect(budgets.snapshotOf("key:key-1", at("2027-01-01T12:00:00")).usage).toEqual({
    daily: 0,
    weekly: 70,
    monthly: 0,
    total: 70,
  })
})

test("a hold of yesterday that is settled today is billed today", () => {
  const budgets = createBudgets()
  const key = payer(100, "daily")
  const [yesterday, today] = [at("2026-03-04T23:59:59"), at("2026-03-05T00:00:01")]
  const hold = budgets.hold(key, 80, yesterday)!
  expect(budgets.available(key, today)).toBe(20)
  budgets.settle(hold, 50, today)
  expect(budgets.leastOf(key, today)).toMatchObject({ spentNano: 50, heldNano: 0, remainingNano: 50 })
})

test("a clock that is set back does not bring back an old window", () => {
  const budgets = createBudgets()
  const key = payer(100, "daily")
  budgets.settle(budgets.hold(key, 60, at("2026-03-05T00:00:01"))!, 60, at("2026-03-05T00:00:01"))
  expect(budgets.available(key, at("2026-03-04T23:59:59"))).toBe(40)
  budgets.settle(budgets.hold(key, 40, at("2026-03-04T23:59:59"))!, 40, at("2026-03-04T23:59:59"))
  expect(budgets.available(key, at("2026-03-05T00:00:02"))).toBe(0)
})

test("what was spent before the start counts in the windows that still last", () => {
  const budgets = createBudgets()
  budgets.load(
    [
      { account: "key:key-1", kind: "total", startsAt: 0, spentNano: 90 },
      { account: "key:key-1", kind: "monthly", startsAt: at("2026-03-01T00:00:00"), spentNano: 50 },
      { account: "key:key-1", kind: "weekly", startsAt: at("2026-02-23T00:00:00"), spentNano: 40 },
      { account: "key:key-1", kind: "daily", startsAt: at("2026-03-04T00:00:00"), spentNano: 10 },
      { account: "key:key-1", kind: "daily", startsAt: at("2026-03-04T00:00:00"), spentNano: 5 },
    ],
    NOON,
  )
  expect(budgets.snapshotOf("key:key-1", NOON).usage).toEqual({ daily: 15, weekly: 0, monthly: 50, total: 90 })
  expect(budgets.available(payer(100), NOON)).toBe(10)
})

/** A key of a member of a group, in an organisation; each has a limit. */
const tree = (key: number, group: number, all: number, byok = false): Payer => {
  const accounts = ["key:k", "member:m", "group:g", "group-member:g/m", "project:default", "organisation"] as const
  const limit = { name: "x", window: "monthly", countsByok: byok } as const
  return {
    accounts,
    limits: [
      { ...limit, account: "key:k", scope: "key", nano: key, code: "spend_limit_reached" },
      { ...limit, account: "group:g", scope: "group", nano: group, code: "spend_limit_reached" },
      { ...limit, account: "organisation", scope: "organisation", nano: all, code: "insufficient_balance" },
    ],
  }
}

test("a hold is on every account at once, and the tightest limit decides", () => {
  const budgets = createBudgets()
  const mine = tree(100, 80, 1000)
  const other: Payer = { accounts: ["key:o", "group:g", "project:default", "organisation"], limits: [mine.limits[1]!] }
  expect(budgets.leastOf(mine, NOON)?.limit.scope).toBe("group")
  const hold = budgets.hold(mine, 50, NOON)!
  expect(budgets.available(other, NOON)).toBe(30)
  expect(budgets.hold(other, 31, NOON)).toBeUndefined()
  expect(budgets.snapshotOf("key:o", NOON).heldNano).toBe(0)
  const theirs = budgets.hold(other, 30, NOON)!
  expect(budgets.hold(mine, 1, NOON)).toBeUndefined()
  budgets.settle(hold, 20, NOON)
  budgets.settle(theirs, 30, NOON)
  expect(budgets.snapshotOf("organisation", NOON)).toMatchObject({ heldNano: 0, usage: { monthly: 50 } })
  expect(budgets.snapshotOf("group-member:g/m", NOON).usage.total).toBe(20)
})

test("an extension is a hold that grows, or nothing", () => {
  const budgets = createBudgets()
  const mine = tree(100, 80, 1000)
  const hold = budgets.hold(mine, 50, NOON)!
  expect(budgets.extend(hold, 31, NOON)).toBe(false)
  expect(hold.nano).toBe(50)
  expect(budgets.extend(hold, 30, NOON)).toBe(true)
  expect(budgets.snapshotOf("organisation", NOON).heldNano).toBe(80)
  expect(budgets.totals()).toMatchObject({ heldNano: 80, openHolds: 1, extensions: 1 })
  expect(budgets.settle(hold, 70, NOON)).toEqual({ settled: true, overrunNano: 0 })
  expect(budgets.extend(hold, 1, NOON)).toBe(false)
  expect(budgets.totals()).toMatchObject({ heldNano: 0, openHolds: 0 })
})

test("what brought credentials spent is counted apart, and towards limits that want it", () => {
  const budgets = createBudgets()
  const without = tree(100, 100, 100)
  const withByok = tree(100, 100, 100, true)
  budgets.settle(budgets.hold(without, 60, NOON)!, 60, NOON, true)
  expect(budgets.snapshotOf("key:k", NOON)).toMatchObject({ usage: { total: 0 }, byok: { daily: 60, total: 60 } })
  expect(budgets.available(without, NOON)).toBe(100)
  expect(budgets.available(withByok, NOON)).toBe(40)
  expect(budgets.leastOf(withByok, NOON)).toMatchObject({ spentNano: 60, remainingNano: 40 })
})

test("a limit that changes under way holds for whoever comes next; what was held is settled as it began", () => {
  const budgets = createBudgets()
  const before = tree(100, 100, 100)
  const hold = budgets.hold(before, 90, NOON)!
  const after = tree(50, 100, 100)
  expect(budgets.available(after, NOON)).toBe(-40)
  expect(budgets.hold(after, 1, NOON)).toBeUndefined()
  expect(budgets.settle(hold, 90, NOON)).toEqual({ settled: true, overrunNano: 0 })
})
