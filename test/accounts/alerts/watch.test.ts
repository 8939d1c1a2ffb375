import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { thresholdsOf, watches } from "../../../src/accounts/alerts/thresholds.ts"
import { Watch } from "../../../src/accounts/alerts/watch.ts"
import type { AccountId } from "../../../src/store/account-ids.ts"
import { limitOf, ruleOf, Sums, standingOf, usd } from "./kit.ts"

const start = Date.UTC(2027, 0, 31, 12)
const day = 86_400_000

/** A watch over one key, and a way to spend its money. */
const watching = (rule = ruleOf({ percents: [50, 80, 100] })) => {
  const sums = new Sums()
  const watch = new Watch(sums.of)
  watch.setRules([rule])
  const spend = (amount: number, standing = standingOf([limitOf()]), now = start, account: AccountId = "key:k") => {
    sums.spend(account, usd(amount), now)
    return watch.look(standing, now).map(({ threshold }) => threshold.name)
  }
  return { sums, watch, spend }
}

describe("percentages of a limit", () => {
  test("each is told once, when it is reached and not before", () => {
    const { spend } = watching()
    expect(spend(4.999_999_999)).toEqual([])
    expect(spend(0.000_000_001)).toEqual(["percent 50 monthly"])
    expect(spend(2)).toEqual([])
    expect(spend(2)).toEqual(["percent 80 monthly"])
    expect(spend(3)).toEqual(["percent 100 monthly"])
    expect(spend(3)).toEqual([])
  })

  test("several that are reached at once are all told", () => {
    expect(watching().spend(9)).toEqual(["percent 50 monthly", "percent 80 monthly"])
  })

  test("a new window tells them anew", () => {
    const { spend } = watching()
    expect(spend(6)).toEqual(["percent 50 monthly"])
    // The first of February.
    expect(spend(1, undefined, start + day)).toEqual([])
    expect(spend(5, undefined, start + day)).toEqual(["percent 50 monthly"])
  })

  test("a raised limit tells them anew, and only what was not spent before", () => {
    const { spend } = watching()
    expect(spend(9)).toEqual(["percent 50 monthly", "percent 80 monthly"])
    const little = standingOf([limitOf({ nano: usd(11) })])
    expect(spend(0.1, little)).toEqual([])
    const much = standingOf([limitOf({ nano: usd(20) })])
    expect(spend(0.5, much)).toEqual([])
    expect(spend(0.4, much)).toEqual(["percent 50 monthly"])
    expect(spend(6, much)).toEqual(["percent 80 monthly"])
  })

  test("a lowered limit does not repeat what was told", () => {
    const { spend } = watching()
    expect(spend(6)).toEqual(["percent 50 monthly"])
    expect(spend(0.1, standingOf([limitOf({ nano: usd(7) })]))).toEqual(["percent 80 monthly"])
  })

  test("a limit of nothing, and none at all, has no percentages", () => {
    expect(watching().spend(5, standingOf([limitOf({ nano: 0 })]))).toEqual([])
    expect(watching().spend(5, standingOf([]))).toEqual([])
  })

  test("a guardrail's budget is not the key's limit", () => {
    expect(watching().spend(5, standingOf([limitOf({ scope: "guardrail", nano: usd(1) })]))).toEqual([])
  })
})

describe("amounts", () => {
  test("are counted in the rule's window", () => {
    const { spend } = watching(ruleOf({ spentNanos: [usd(1)], window: "daily" }))
    expect(spend(0.6)).toEqual([])
    expect(spend(0.6, undefined, start + day)).toEqual([])
    expect(spend(0.6, undefined, start + day)).toEqual(["spent 1000000000 daily"])
  })

  test("a balance that falls below is told, and again after more was paid in", () => {
    const { spend } = watching(ruleOf({ on: "organisation", balanceNanos: [usd(5)] }))
    const paid = (amount: number) =>
      standingOf([
        limitOf({
          account: "organisation",
          scope: "organisation",
          nano: usd(amount),
          window: "total",
          code: "insufficient_balance",
        }),
      ])
    expect(spend(95, paid(100), start, "organisation")).toEqual([])
    expect(spend(0.01, paid(100), start, "organisation")).toEqual(["balance 5000000000 total"])
    expect(spend(1, paid(100), start, "organisation")).toEqual([])
    expect(spend(1, paid(150), start, "organisation")).toEqual([])
    expect(spend(49, paid(150), start, "organisation")).toEqual(["balance 5000000000 total"])
    expect(watching(ruleOf({ on: "organisation", balanceNanos: [usd(5)] })).spend(1, paid(0))).toEqual([])
  })
})

test("what could not be written down is found again", () => {
  const { watch, sums } = watching()
  sums.spend("key:k", usd(6), start)
  const standing = standingOf([limitOf()])
  const [crossing] = watch.look(standing, start)
  expect(watch.look(standing, start)).toEqual([])
  watch.forget(crossing!)
  expect(watch.look(standing, start)).toHaveLength(1)
})

test("what an earlier process told is not told again", () => {
  const { watch, spend } = watching()
  watch.remember("rule", "key:k", "percent 50 monthly", Date.UTC(2027, 0, 1), usd(5))
  expect(spend(9)).toEqual(["percent 80 monthly"])
})

test("a rule watches what it is on, one or each", () => {
  const accounts: readonly AccountId[] = ["key:a", "member:a", "group:a", "group-member:a/b", "organisation"]
  const watched = (rule: Parameters<typeof ruleOf>[0]) => accounts.filter((account) => watches(ruleOf(rule), account))
  expect(watched({ on: "key" })).toEqual(["key:a"])
  expect(watched({ on: "member", targetId: "a" })).toEqual(["member:a"])
  expect(watched({ on: "group", targetId: "b" })).toEqual([])
  expect(watched({ on: "organisation" })).toEqual(["organisation"])
})

test("a key that nobody watches costs no look at its sums", () => {
  const watch = new Watch(() => {
    throw new Error("looked")
  })
  watch.setRules([ruleOf({ targetId: "another", percents: [1] }), ruleOf({ disabled: true, percents: [1] })])
  expect(watch.look(standingOf([limitOf()]), start)).toEqual([])
})

describe("for any limit, percentages and spending", () => {
  const percents = fc.uniqueArray(fc.oneof(fc.integer({ min: 1, max: 150 }), fc.constantFrom(33.3, 0.5, 99.9)), {
    minLength: 1,
    maxLength: 6,
  })

  test("nothing is told before its share is spent, and all of it once", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4_000_000_000 }),
        percents,
        fc.array(fc.integer({ min: 0, max: 1_000_000_000 }), { minLength: 1, maxLength: 40 }),
        (nano, wanted, costs) => {
          const sums = new Sums()
          const watch = new Watch(sums.of)
          watch.setRules([ruleOf({ percents: wanted })])
          const standing = standingOf([limitOf({ nano })])
          const told: number[] = []
          let spent = 0
          for (const cost of costs) {
            sums.spend("key:k", cost, start)
            spent += cost
            for (const { threshold } of watch.look(standing, start)) {
              // In whole numbers, so that no rounding decides.
              expect(BigInt(spent) * 1000n >= BigInt(nano) * BigInt(Math.round(threshold.value * 10))).toBe(true)
              told.push(threshold.value)
            }
          }
          expect(new Set(told).size).toBe(told.length)
          const due = wanted.filter((value) => BigInt(spent) * 1000n >= BigInt(nano) * BigInt(Math.round(value * 10)))
          expect(told.toSorted()).toEqual(due.toSorted())
        },
      ),
      { seed: 2027, numRuns: 500 },
    )
  })

  test("99 % is never told at 3 %", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: 4_000_000_000_000_000 }), (nano) => {
        const sums = new Sums()
        const watch = new Watch(sums.of)
        watch.setRules([ruleOf({ percents: [99] })])
        sums.spend("key:k", Math.floor(nano * 0.03), start)
        expect(watch.look(standingOf([limitOf({ nano })]), start)).toEqual([])
      }),
      { seed: 2027, numRuns: 500 },
    )
  })
})

test("a project with several budgets has percentages of each", () => {
  const limits = (["daily", "monthly"] as const).map((window) =>
    limitOf({ account: "project:default", scope: "project", window, code: "project_budget_reached" }),
  )
  const names = thresholdsOf(ruleOf({ on: "project", percents: [80] }), "project:default", { limits })
  expect(names.map(({ name }) => name)).toEqual(["percent 80 daily", "percent 80 monthly"])
})
