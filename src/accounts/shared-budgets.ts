import type { WindowKind } from "../store/windows.ts"
import type { Principal } from "./principal.ts"

export type Awaitable<T> = T | Promise<T>

/** Money set aside for one call. Ends exactly once, by `settle` or `release`; whatever comes after that is ignored. */
export interface Hold {
  readonly keyId: string
  readonly nano: number
  /** False once settled or released. */
  open: boolean
}

export interface Settlement {
  /** False when the hold had ended before; then nothing was counted. */
  readonly settled: boolean
  /** By how much the cost was over what was held. */
  readonly overrunNano: number
}

export interface BudgetSnapshot {
  /** Absent: no limit. */
  readonly limitNano?: number
  /** Spent in the window of the limit. */
  readonly spentNano: number
  readonly heldNano: number
  /** What is left of the limit when all holds were spent; never below 0. Absent: no limit. */
  readonly remainingNano?: number
  /** When the limit starts anew; absent for limits that never do. */
  readonly resetsAtMs?: number
  /** Spent in the windows of this moment. */
  readonly usage: Readonly<Record<WindowKind, number>>
}

/** Spent before this process started, or by rows that the counters do not hold yet. */
export interface SpentBefore {
  readonly keyId: string
  readonly kind: WindowKind
  readonly startsAt: number
  readonly spentNano: number
}

/**
 * What is held and spent per key. The one door to numbers that several gateways of an organisation would have to agree on: nothing else may
 * count money. In memory no call waits; an implementation over a shared server may answer `hold` with a promise.
 * All times are milliseconds UTC and come from the caller, all money is integer nano-dollars.
 */
export interface SharedBudgets {
  /** What a new hold may take; Infinity without a limit; negative after an overrun. */
  available(principal: Principal, now: number): Awaitable<number>
  /** Takes `nano` from what is available, or gives undefined and takes nothing. */
  hold(principal: Principal, nano: number, now: number): Awaitable<Hold | undefined>
  /** Ends the hold and counts the cost in full in the windows of `now`, also when it is more than was held. */
  settle(hold: Hold, costNano: number, now: number): Awaitable<Settlement>
  /** Counts a cost that nothing was held for: of keys without a limit, and of answers whose price nobody knew before. */
  spend(principal: Principal, costNano: number, now: number): Awaitable<Settlement>
  /** Ends the hold; nothing was spent. */
  release(hold: Hold): Awaitable<void>
  snapshot(principal: Principal, now: number): Awaitable<BudgetSnapshot>
  /** Over all keys since the start, for the metrics. */
  totals(): {
    readonly heldNano: number
    readonly openHolds: number
    readonly overruns: number
    readonly overrunNano: number
  }
}
