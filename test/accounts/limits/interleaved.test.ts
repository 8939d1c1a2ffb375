import { expect, test } from "bun:test"
import fc from "fast-check"
import { type Budgets, createBudgets } from "../../../src/accounts/limits/budgets.ts"
import type { Hold, Payer } from "../../../src/accounts/limits/shared-budgets.ts"
import { inWindows, passingKinds } from "../../../src/accounts/limits/spending-rows.ts"
import type { SpendLimit } from "../../../src/accounts/limits/types.ts"
import { type AccountId, accountsOf } from "../../../src/store/account-ids.ts"
import type { Spending } from "../../../src/store/spending.ts"
import { dayStart, type WindowKind, windowKinds, windowStart } from "../../../src/store/windows.ts"

const noon = Date.UTC(2026, 2, 4, 12)
const hour = 3_600_000

/** Six keys of three members, in two groups and two projects; each may have a limit in each window. */
const keys = Array.from({ length: 6 }, (_, index) => ({
  keyId: `k${index}`,
  owner: { member: `m${index % 3}`, group: `g${index % 2}`, ...(index < 4 ? {} : { project: "p1" }) },
}))
const accountsOfKeys = keys.map((key) => accountsOf(key))
const everyone = [...new Set(accountsOfKeys.flat())]

const limits = fc.array(
  fc.record({
    account: fc.constantFrom(...everyone),
    window: fc.constantFrom(...windowKinds),
    nano: fc.integer({ min: 0, max: 5_000 }),
    countsByok: fc.boolean(),
  }),
  { maxLength: 12 },
)

type Step =
  | { readonly kind: "hold"; readonly key: number; readonly nano: number }
  | { readonly kind: "extend"; readonly which: number; readonly nano: number }
  | { readonly kind: "settle"; readonly which: number; readonly share: number; readonly byok: boolean }
  | { readonly kind: "release"; readonly which: number }
  | { readonly kind: "spend"; readonly key: number; readonly nano: number }
  | { readonly kind: "wait"; readonly hours: number }

const amount = fc.integer({ min: 0, max: 600 })
const which = fc.nat()
const key = fc.integer({ min: 0, max: keys.length - 1 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("hold" as const), key, nano: amount }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("extend" as const), which, nano: amount }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("settle" as const),
      which,
      share: fc.double({ min: 0, max: 1.1, noNaN: true }),
      byok: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("release" as const), which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("spend" as const), key, nano: amount }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("wait" as const), hours: fc.integer({ min: -2, max: 60 }) }) },
)

interface Fact {
  readonly accounts: readonly AccountId[]
  readonly at: number
  readonly nano: number
  readonly byok: boolean
  /** Beyond what was held. */
  readonly over: number
}

/** As the ledger would have it: a row per account and day, and one for ever. */
function rowsOf(facts: readonly Fact[]): Spending[] {
  const rows = new Map<string, Spending>()
  for (const { accounts, at, nano, byok } of facts)
    for (const account of accounts)
      for (const day of [dayStart(at), 0]) {
        const name = `${account} ${day}`
        const row = rows.get(name) ?? { account, day, spentNano: 0, byokNano: 0, requests: 0 }
        row[byok ? "byokNano" : "spentNano"] += nano
        rows.set(name, row)
      }
  return [...rows.values()]
}

const spentIn = (facts: readonly Fact[], account: AccountId, kind: WindowKind, now: number, byok: boolean): number =>
  facts
    .filter((one) => one.byok === byok && one.accounts.includes(account) && one.at >= windowStart(kind, now))
    .reduce((sum, { nano }) => sum + nano, 0)

function expectSnapshots(budgets: Budgets, facts: readonly Fact[], open: readonly Hold[], now: number): void {
  for (const account of everyone) {
    const { heldNano, usage, byok } = budgets.snapshotOf(account, now)
    const held = open.filter(({ payer }) => payer.accounts.includes(account)).reduce((sum, { nano }) => sum + nano, 0)
    expect(heldNano).toBe(held)
    for (const kind of windowKinds) {
      expect(usage[kind]).toBe(spentIn(facts, account, kind, now, false))
      expect(byok[kind]).toBe(spentIn(facts, account, kind, now, true))
    }
  }
}

test("owners with limits in all windows, and any interleaving: nothing goes over a limit, no hold is lost, sums are sums", () => {
  fc.assert(
    fc.property(limits, fc.array(step, { minLength: 100, maxLength: 250 }), (given, steps) => {
      const budgets = createBudgets()
      const asLimit = (one: (typeof given)[number]): SpendLimit => ({
        ...one,
        scope: "key",
        name: one.account,
        code: "spend_limit_reached",
      })
      const payers: Payer[] = accountsOfKeys.map((accounts) => ({
        accounts,
        limits: given.filter(({ account }) => accounts.includes(account)).map(asLimit),
      }))
      const facts: Fact[] = []
      let open: Hold[] = []
      /** Windows only move on, also when the clock does not. */
      let latest = noon
      let now = noon
      const take = (index: number): Hold | undefined => {
        const hold = open[index % Math.max(1, open.length)]
        open = open.filter((one) => one !== hold)
        return hold
      }
      for (const one of steps) {
        if (one.kind === "wait") {
          now += one.hours * hour
          latest = Math.max(latest, now)
        } else if (one.kind === "hold") {
          const payer = payers[one.key]!
          const left = budgets.available(payer, now)
          const hold = budgets.hold(payer, one.nano, now)
          expect(hold !== undefined).toBe(one.nano <= left)
          if (hold) open.push(hold)
        } else if (one.kind === "extend") {
          const hold = open[one.which % Math.max(1, open.length)]
          if (!hold) continue
          const left = budgets.available(hold.payer, now)
          const before = hold.nano
          expect(budgets.extend(hold, one.nano, now)).toBe(one.nano <= left)
          expect(hold.nano).toBe(one.nano <= left ? before + one.nano : before)
        } else if (one.kind === "spend") {
          const { accounts } = payers[one.key]!
          budgets.spend(payers[one.key]!, one.nano, now)
          facts.push({ accounts, at: latest, nano: one.nano, byok: false, over: one.nano })
        } else {
          const hold = take(one.which)
          if (!hold) continue
          if (one.kind === "release") budgets.release(hold)
          else {
            const nano = Math.floor(hold.nano * one.share)
            budgets.settle(hold, nano, now, one.byok)
            const over = Math.max(0, nano - hold.nano)
            facts.push({ accounts: hold.payer.accounts, at: latest, nano, byok: one.byok, over })
          }
        }
        for (const { account, window, nano, countsByok } of given) {
          const { heldNano, usage, byok } = budgets.snapshotOf(account, latest)
          const spent = usage[window] + (countsByok ? byok[window] : 0)
          const over = facts
            .filter(({ accounts, at }) => accounts.includes(account) && at >= windowStart(window, latest))
            .reduce((sum, fact) => sum + fact.over, 0)
          expect(spent + heldNano).toBeLessThanOrEqual(nano + over)
        }
      }
      expectSnapshots(budgets, facts, open, latest)
      for (const hold of open) budgets.release(hold)
      expect(budgets.totals()).toMatchObject({ heldNano: 0, openHolds: 0 })
      for (const kind of windowKinds) {
        const of = (prefix: string) =>
          everyone
            .filter((account) => account.startsWith(prefix))
            .reduce((sum, account) => sum + budgets.snapshotOf(account, latest).usage[kind], 0)
        const all = budgets.snapshotOf("organisation", latest).usage[kind]
        for (const prefix of ["key:", "member:", "group:", "group-member:", "project:"]) expect(of(prefix)).toBe(all)
      }
      // After a restart everything is as the rows of the ledger say.
      const again = createBudgets()
      again.load(inWindows(rowsOf(facts), passingKinds), latest)
      expectSnapshots(again, facts, [], latest)
    }),
    { seed: 7, numRuns: 60 },
  )
})
