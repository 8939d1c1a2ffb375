import type { AccountId } from "../../store/account-ids.ts"
import { type WindowKind, windowEnd, windowKinds, windowStart } from "../../store/windows.ts"
import type {
  AccountSnapshot,
  Hold,
  LimitState,
  Payer,
  Settlement,
  SharedBudgets,
  SpentBefore,
} from "./shared-budgets.ts"
import type { SpendLimit } from "./types.ts"

type PerWindow = Record<WindowKind, number>

interface Account {
  heldNano: number
  /** When the windows must be looked at again. */
  dayEndsAt: number
  readonly startsAt: PerWindow
  readonly spent: PerWindow
  readonly byok: PerWindow
}

interface Watched {
  readonly limit: SpendLimit
  readonly account: Account
}

/** A payer's accounts, found once. */
interface Resolved {
  readonly accounts: readonly Account[]
  readonly watched: readonly Watched[]
}

/** `SharedBudgets` without a wait. */
export interface Budgets extends SharedBudgets {
  available(payer: Payer, now: number): number
  unspent(payer: Payer, now: number): number
  hold(payer: Payer, nano: number, now: number): Hold | undefined
  extend(hold: Hold, nano: number, now: number, payer?: Payer): boolean
  settle(hold: Hold, costNano: number, now: number, byok?: boolean): Settlement
  spend(payer: Payer, costNano: number, now: number, byok?: boolean): Settlement
  release(hold: Hold): void
  snapshotOf(account: AccountId, now: number): AccountSnapshot
  stateOf(limit: SpendLimit, now: number): LimitState
  leastOf(payer: Payer, now: number): LimitState | undefined
  /** Adds what was spent before; for the start. Rows of windows that are over add nothing to those of `now`. */
  load(rows: Iterable<SpentBefore>, now: number): void
}

const perWindow = (of: (kind: WindowKind) => number): PerWindow => ({
  daily: of("daily"),
  weekly: of("weekly"),
  monthly: of("monthly"),
  total: of("total"),
})

/** Guards the ledger against amounts that are no money: they would turn every later sum into NaN. */
const checkedNano = (nano: number): number => {
  if (!Number.isSafeInteger(nano) || nano < 0) throw new RangeError(`not an amount in nano-dollars: ${nano}`)
  return nano
}

/** The windows of an account brought up to `now`. A clock that went back changes nothing: windows only move on. */
const moved = (account: Account, now: number): Account => {
  // Every longer window begins with a day.
  if (now < account.dayEndsAt) return account
  account.dayEndsAt = windowEnd("daily", now)!
  for (const kind of windowKinds) {
    const startsAt = windowStart(kind, now)
    if (startsAt <= account.startsAt[kind]) continue
    account.startsAt[kind] = startsAt
    account.spent[kind] = 0
    account.byok[kind] = 0
  }
  return account
}

const spentOf = ({ window, countsByok }: SpendLimit, { spent, byok }: Account): number =>
  countsByok ? spent[window] + byok[window] : spent[window]

/** The state machine of holds, in this process's memory. Pure but for the state it holds. */
export const createBudgets = (): Budgets => {
  const accounts = new Map<AccountId, Account>()
  const known = new WeakMap<Payer, Resolved>()
  const sums = { heldNano: 0, openHolds: 0, extensions: 0, overruns: 0, overrunNano: 0 }

  const accountOf = (id: AccountId, now: number): Account => {
    const found = accounts.get(id)
    if (found !== undefined) return moved(found, now)
    const account: Account = {
      heldNano: 0,
      dayEndsAt: windowEnd("daily", now)!,
      startsAt: perWindow((kind) => windowStart(kind, now)),
      spent: perWindow(() => 0),
      byok: perWindow(() => 0),
    }
    accounts.set(id, account)
    return account
  }
  const resolved = (payer: Payer, now: number): Resolved => {
    let found = known.get(payer)
    if (found === undefined) {
      found = {
        accounts: payer.accounts.map((id) => accountOf(id, now)),
        watched: payer.limits.map((limit) => ({ limit, account: accountOf(limit.account, now) })),
      }
      known.set(payer, found)
    }
    return found
  }
  const left = ({ limit, account }: Watched, now: number): number =>
    limit.nano - spentOf(limit, moved(account, now)) - account.heldNano
  const available = (payer: Payer, now: number): number => {
    let least = Number.POSITIVE_INFINITY
    if (payer.limits.length === 0) return least
    for (const watched of resolved(payer, now).watched) least = Math.min(least, left(watched, now))
    return least
  }
  const change = (payer: Payer, nano: number, now: number): void => {
    sums.heldNano += nano
    for (const account of resolved(payer, now).accounts) account.heldNano += nano
  }
  const end = (hold: Hold): boolean => {
    if (!hold.open) return false
    hold.open = false
    sums.openHolds -= 1
    change(hold.payer, -hold.nano, 0)
    return true
  }
  const count = (payer: Payer, costNano: number, over: number, now: number, byok: boolean): Settlement => {
    for (const account of resolved(payer, now).accounts) {
      moved(account, now)
      const spent = byok ? account.byok : account.spent
      spent.daily += costNano
      spent.weekly += costNano
      spent.monthly += costNano
      spent.total += costNano
    }
    const overrunNano = Math.max(0, over)
    if (overrunNano > 0) {
      sums.overruns += 1
      sums.overrunNano += overrunNano
    }
    return { settled: true, overrunNano }
  }
  const stateOf = (limit: SpendLimit, now: number): LimitState => {
    const account = accountOf(limit.account, now)
    const spentNano = spentOf(limit, account)
    const resetsAtMs = windowEnd(limit.window, Math.max(now, account.startsAt.daily))
    return {
      limit,
      spentNano,
      heldNano: account.heldNano,
      remainingNano: Math.max(0, limit.nano - spentNano - account.heldNano),
      ...(resetsAtMs === undefined ? {} : { resetsAtMs }),
    }
  }

  return {
    available,
    unspent: (payer, now) => {
      let least = Number.POSITIVE_INFINITY
      for (const watched of resolved(payer, now).watched)
        least = Math.min(least, left(watched, now) + watched.account.heldNano)
      return least
    },
    hold: (payer, nano, now) => {
      if (checkedNano(nano) > available(payer, now)) return undefined
      change(payer, nano, now)
      sums.openHolds += 1
      return { payer, nano, open: true }
    },
    extend: (hold, nano, now, payer = hold.payer) => {
      if (!hold.open || checkedNano(nano) > available(payer, now)) return false
      change(hold.payer, nano, now)
      hold.nano += nano
      sums.extensions += 1
      return true
    },
    settle: (hold, costNano, now, byok = false) => {
      checkedNano(costNano)
      if (!end(hold)) return { settled: false, overrunNano: 0 }
      return count(hold.payer, costNano, costNano - hold.nano, now, byok)
    },
    // Without a limit there is nothing to overrun.
    spend: (payer, costNano, now, byok = false) =>
      count(payer, checkedNano(costNano), payer.limits.length === 0 ? 0 : costNano, now, byok),
    release: (hold) => {
      end(hold)
    },
    snapshotOf: (id, now) => {
      const { heldNano, spent, byok } = accountOf(id, now)
      return { heldNano, usage: { ...spent }, byok: { ...byok } }
    },
    stateOf,
    leastOf: (payer, now) => {
      let least: SpendLimit | undefined
      let leastNano = Number.POSITIVE_INFINITY
      if (payer.limits.length === 0) return undefined
      for (const watched of resolved(payer, now).watched) {
        const nano = left(watched, now)
        if (least !== undefined && nano >= leastNano) continue
        least = watched.limit
        leastNano = nano
      }
      return least && stateOf(least, now)
    },
    totals: () => ({ ...sums }),
    load: (rows, now) => {
      for (const { account: id, kind, startsAt, spentNano, byokNano = 0 } of rows) {
        const account = accountOf(id, now)
        if (startsAt !== account.startsAt[kind]) continue
        account.spent[kind] += spentNano
        account.byok[kind] += byokNano
      }
    },
  }
}
