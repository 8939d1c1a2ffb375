import type { AccountId } from "../../store/account-ids.ts"
import { windowStart } from "../../store/windows.ts"
import type { Spender } from "../limits/types.ts"
import type { Threshold, WatchRule, WindowSums } from "./types.ts"

/** Whether a rule watches an account. */
export function watches({ on, targetId }: WatchRule, account: AccountId): boolean {
  if (account === "organisation") return on === "organisation"
  const colon = account.indexOf(":")
  return account.slice(0, colon) === on && (targetId === undefined || account.slice(colon + 1) === targetId)
}

/** All amounts that a rule watches on an account, by the limits that hold for it now. */
export function thresholdsOf(
  rule: WatchRule,
  account: AccountId,
  { limits }: Pick<Spender, "limits">,
): readonly Threshold[] {
  const own = limits.filter((limit) => limit.account === account && limit.scope === rule.on)
  const prepaid = own.find(({ code }) => code === "insufficient_balance")
  const found: Threshold[] = []
  for (const limit of own) {
    // Nothing can be said in per cent of nothing.
    if (limit === prepaid || limit.nano === 0) continue
    const { nano: limitNano, window, countsByok } = limit
    for (const value of rule.percents ?? []) {
      // Never before the whole per cent is spent.
      const amountNano = Math.ceil((limitNano * value) / 100)
      const name = `percent ${value} ${window}`
      found.push({ rule, account, name, kind: "percent", value, window, amountNano, limitNano, countsByok })
    }
  }
  const window = rule.window ?? "monthly"
  for (const value of rule.spentNanos ?? []) {
    const name = `spent ${value} ${window}`
    found.push({ rule, account, name, kind: "spent", value, window, amountNano: value, countsByok: false })
  }
  // Before anything was paid in there is no balance that could fall.
  if (prepaid && prepaid.nano > 0)
    for (const value of rule.balanceNanos ?? []) {
      const name = `balance ${value} total`
      const amountNano = prepaid.nano - value + 1
      const limitNano = prepaid.nano
      const { countsByok } = prepaid
      found.push({
        rule,
        account,
        name,
        kind: "balance",
        value,
        window: "total",
        amountNano,
        limitNano,
        countsByok,
      })
    }
  return found
}

export const spentOf = ({ window, countsByok }: Threshold, { usage, byok }: WindowSums): number =>
  usage[window] + (countsByok ? byok[window] : 0)

/** What is remembered of a threshold that fired. */
export interface Past {
  /** Of the window in which it fired last. */
  readonly windowStart: number
  /** The amounts at which it fired there: a raised limit makes another one of it. */
  readonly amounts: ReadonlySet<number>
  /** What was spent when it was looked at last; undefined: by an earlier process. */
  readonly seenNano: number | undefined
}

/**
 * Whether somebody is to be told. Once per window and amount; for another amount in the same window, which is that of a limit that was
 * changed, only when it was not spent already before.
 */
export function isDue(threshold: Threshold, spentNano: number, past: Past | undefined, now: number): boolean {
  if (spentNano < threshold.amountNano) return false
  if (past?.windowStart !== windowStart(threshold.window, now)) return true
  return (
    !past.amounts.has(threshold.amountNano) && !(past.seenNano !== undefined && past.seenNano >= threshold.amountNano)
  )
}
