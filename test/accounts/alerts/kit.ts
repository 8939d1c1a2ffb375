import type { WatchRule, WindowSums } from "../../../src/accounts/alerts/types.ts"
import type { SpendLimit } from "../../../src/accounts/limits/types.ts"
import type { Principal } from "../../../src/accounts/principal.ts"
import type { Standing } from "../../../src/accounts/standing/types.ts"
import type { AccountId } from "../../../src/store/account-ids.ts"
import { type WindowKind, windowStart } from "../../../src/store/windows.ts"

export const usd = (amount: number) => Math.round(amount * 1e9)

export const ruleOf = (rule: Partial<WatchRule> = {}): WatchRule => ({
  id: "rule",
  source: "store",
  name: "Rule",
  on: "key",
  destinationIds: [],
  ...rule,
})

export const limitOf = (limit: Partial<SpendLimit> = {}): SpendLimit => ({
  account: "key:k",
  scope: "key",
  name: "dev",
  nano: usd(10),
  window: "monthly",
  countsByok: false,
  code: "spend_limit_reached",
  ...limit,
})

export const standingOf = (limits: readonly SpendLimit[], more: Partial<Standing> = {}): Standing =>
  ({
    principal: { keyId: "k", name: "dev" } as Principal,
    groups: [],
    project: undefined,
    accounts: ["key:k", "project:default", "organisation"],
    limits,
    rates: [],
    guardrails: [],
    storesBodies: false,
    ...more,
  }) as Standing

/** What accounts spent, added up as budgets do. */
export class Sums {
  readonly #spent: { readonly account: AccountId; readonly nano: number; readonly at: number }[] = []

  spend(account: AccountId, nano: number, at: number): void {
    this.#spent.push({ account, nano, at })
  }

  readonly of = (account: AccountId, now: number): WindowSums => {
    const sum = (window: WindowKind) =>
      this.#spent
        .filter((one) => one.account === account && one.at >= windowStart(window, now))
        .reduce((total, { nano }) => total + nano, 0)
    const usage = { daily: sum("daily"), weekly: sum("weekly"), monthly: sum("monthly"), total: sum("total") }
    return { usage, byok: { daily: 0, weekly: 0, monthly: 0, total: 0 } }
  }
}
