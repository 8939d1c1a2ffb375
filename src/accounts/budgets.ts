import { type WindowKind, windowEnd, windowKinds, windowStart } from "../store/windows.ts"
import type { LimitReset, Principal } from "./principal.ts"
import type { BudgetSnapshot, Hold, Settlement, SharedBudgets, SpentBefore } from "./shared-budgets.ts"

interface Spent {
  startsAt: number
  nano: number
}

interface Account {
  heldNano: number
  readonly spent: Readonly<Record<WindowKind, Spent>>
}

/** `SharedBudgets` without a wait. */
export interface Budgets extends SharedBudgets {
  available(principal: Principal, now: number): number
  hold(principal: Principal, nano: number, now: number): Hold | undefined
  settle(hold: Hold, costNano: number, now: number): Settlement
  spend(principal: Principal, costNano: number, now: number): Settlement
  release(hold: Hold): void
  snapshot(principal: Principal, now: number): BudgetSnapshot
  /** Adds what was spent before; for the start. Rows of windows that are over add nothing to those of `now`. */
  load(rows: Iterable<SpentBefore>, now: number): void
}

const windowOf = (reset: LimitReset): WindowKind => (reset === "never" ? "total" : reset)

/** Guards the ledger against amounts that are no money: they would turn every later sum into NaN. */
const checkedNano = (nano: number): number => {
  if (!Number.isSafeInteger(nano) || nano < 0) throw new RangeError(`not an amount in nano-dollars: ${nano}`)
  return nano
}

/** The state machine of holds, in this process's memory. Pure but for the state it holds. */
export const createBudgets = (): Budgets => {
  const accounts = new Map<string, Account>()
  let heldNano = 0
  let openHolds = 0
  let overruns = 0
  let overrunNano = 0

  /** The account with its windows brought up to `now`. A clock that went back changes nothing: windows only move on. */
  const accountAt = (keyId: string, now: number): Account => {
    let account = accounts.get(keyId)
    if (account === undefined) {
      const fresh = (kind: WindowKind): Spent => ({ startsAt: windowStart(kind, now), nano: 0 })
      account = {
        heldNano: 0,
        spent: { daily: fresh("daily"), weekly: fresh("weekly"), monthly: fresh("monthly"), total: fresh("total") },
      }
      accounts.set(keyId, account)
      return account
    }
    // Every longer window begins with a day.
    if (windowStart("daily", now) <= account.spent.daily.startsAt) return account
    for (const kind of windowKinds) {
      const spent = account.spent[kind]
      const startsAt = windowStart(kind, now)
      if (startsAt <= spent.startsAt) continue
      spent.startsAt = startsAt
      spent.nano = 0
    }
    return account
  }
  const left = (principal: Principal, account: Account): number =>
    principal.limitNano === undefined
      ? Number.POSITIVE_INFINITY
      : principal.limitNano - account.spent[windowOf(principal.limitReset)].nano - account.heldNano
  const end = (hold: Hold): boolean => {
    if (!hold.open) return false
    hold.open = false
    heldNano -= hold.nano
    openHolds -= 1
    const account = accounts.get(hold.keyId)
    if (account) account.heldNano -= hold.nano
    return true
  }
  const count = (keyId: string, costNano: number, over: number, now: number): Settlement => {
    const account = accountAt(keyId, now)
    for (const kind of windowKinds) account.spent[kind].nano += costNano
    if (over > 0) {
      overruns += 1
      overrunNano += over
    }
    return { settled: true, overrunNano: Math.max(0, over) }
  }

  return {
    available: (principal, now) => left(principal, accountAt(principal.keyId, now)),
    hold: (principal, nano, now) => {
      checkedNano(nano)
      const account = accountAt(principal.keyId, now)
      if (nano > left(principal, account)) return undefined
      account.heldNano += nano
      heldNano += nano
      openHolds += 1
      return { keyId: principal.keyId, nano, open: true }
    },
    settle: (hold, costNano, now) => {
      checkedNano(costNano)
      if (!end(hold)) return { settled: false, overrunNano: 0 }
      return count(hold.keyId, costNano, costNano - hold.nano, now)
    },
    // Without a limit there is nothing to overrun.
    spend: (principal, costNano, now) =>
      count(principal.keyId, checkedNano(costNano), principal.limitNano === undefined ? 0 : costNano, now),
    release: (hold) => {
      end(hold)
    },
    snapshot: (principal, now) => {
      const account = accountAt(principal.keyId, now)
      const kind = windowOf(principal.limitReset)
      const { daily, weekly, monthly, total } = account.spent
      const resetsAtMs = windowEnd(kind, Math.max(now, account.spent.daily.startsAt))
      return {
        ...(principal.limitNano === undefined
          ? {}
          : { limitNano: principal.limitNano, remainingNano: Math.max(0, left(principal, account)) }),
        spentNano: account.spent[kind].nano,
        heldNano: account.heldNano,
        ...(resetsAtMs === undefined ? {} : { resetsAtMs }),
        usage: { daily: daily.nano, weekly: weekly.nano, monthly: monthly.nano, total: total.nano },
      }
    },
    totals: () => ({ heldNano, openHolds, overruns, overrunNano }),
    load: (rows, now) => {
      for (const row of rows) {
        const spent = accountAt(row.keyId, now).spent[row.kind]
        if (row.startsAt === spent.startsAt) spent.nano += row.spentNano
      }
    },
  }
}
