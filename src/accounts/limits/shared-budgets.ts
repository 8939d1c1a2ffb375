import type { AccountId } from "../../store/account-ids.ts"
import type { WindowKind } from "../../store/windows.ts"
import type { Spender, SpendLimit } from "./types.ts"

export type Awaitable<T> = T | Promise<T>

/** Whose money it is, and what limits it: of a standing nothing else is asked. */
export type Payer = Pick<Spender, "accounts" | "limits">

/** Money set aside for one request, on all accounts of its payer. Ends exactly once, by `settle` or `release`; whatever comes after that is ignored. */
export interface Hold {
  readonly payer: Payer
  /** Grows by `extend`. */
  nano: number
  /** False once settled or released. */
  open: boolean
}

export interface Settlement {
  /** False when the hold had ended before; then nothing was counted. */
  readonly settled: boolean
  /** By how much the cost was over what was held. */
  readonly overrunNano: number
}

type PerWindow = Readonly<Record<WindowKind, number>>

/** What one account has held, and spent in the windows of this moment. */
export interface AccountSnapshot {
  readonly heldNano: number
  /** With the operator's credentials. */
  readonly usage: PerWindow
  /** With credentials that somebody brought. */
  readonly byok: PerWindow
}

/** One limit as it stands. */
export interface LimitState {
  readonly limit: SpendLimit
  /** In its window, of what counts towards it. */
  readonly spentNano: number
  readonly heldNano: number
  /** What is left when all holds were spent; never below 0. */
  readonly remainingNano: number
  /** When it starts anew; absent for limits that never do. */
  readonly resetsAtMs?: number
}

/** Spent before this process started, or by rows that the accounts do not hold yet. */
export interface SpentBefore {
  readonly account: AccountId
  readonly kind: WindowKind
  readonly startsAt: number
  readonly spentNano: number
  readonly byokNano?: number
}

/**
 * What is held and spent per account. The one door to numbers that several gateways of an organisation would have to agree on: nothing else
 * may count money. In memory no call waits; an implementation over a shared server may answer `hold` and `extend` with promises.
 * All times are milliseconds UTC and come from the caller, all money is integer nano-dollars. A limit that counts only the operator's
 * credentials is held against by every request, because which credential answers is known at the end.
 */
export interface SharedBudgets {
  /** What a new hold may take by all limits of the payer; Infinity without one; negative after an overrun. */
  available(payer: Payer, now: number): Awaitable<number>
  /** The same as if nothing were held: what could be spent if all others gave their holds back. */
  unspent(payer: Payer, now: number): Awaitable<number>
  /** Takes `nano` on all accounts at once, or gives undefined and takes nothing. */
  hold(payer: Payer, nano: number, now: number): Awaitable<Hold | undefined>
  /**
   * Takes `nano` more for the same request, or gives false and takes nothing. `payer`: whose limits are asked, where they were changed since;
   * it is held on the accounts of the hold all the same.
   */
  extend(hold: Hold, nano: number, now: number, payer?: Payer): Awaitable<boolean>
  /** Ends the hold and counts the cost in full in the windows of `now`, also when it is more than was held. */
  settle(hold: Hold, costNano: number, now: number, byok?: boolean): Awaitable<Settlement>
  /** Counts a cost that nothing was held for: of payers without a limit, and of answers whose price nobody knew before. */
  spend(payer: Payer, costNano: number, now: number, byok?: boolean): Awaitable<Settlement>
  /** Ends the hold; nothing was spent. */
  release(hold: Hold): Awaitable<void>
  snapshotOf(account: AccountId, now: number): Awaitable<AccountSnapshot>
  stateOf(limit: SpendLimit, now: number): Awaitable<LimitState>
  /** The limit that leaves least, the first one of several; undefined without any. */
  leastOf(payer: Payer, now: number): Awaitable<LimitState | undefined>
  /** Over all requests since the start, for the metrics. Each hold counts once, on however many accounts it is. */
  totals(): {
    readonly heldNano: number
    readonly openHolds: number
    readonly extensions: number
    readonly overruns: number
    readonly overrunNano: number
  }
}
