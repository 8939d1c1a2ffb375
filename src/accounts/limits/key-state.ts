import type { Budgets } from "./budgets.ts"
import type { AccountSnapshot, LimitState } from "./shared-budgets.ts"
import type { Spender } from "./types.ts"

export interface KeyState extends AccountSnapshot {
  /** Its own limit, where it has one; others may leave less. */
  readonly own?: LimitState
}

/** What a key spent, and how its own limit stands. */
export function keyState(budgets: Budgets, spender: Spender, now: number): KeyState {
  const own = spender.limits.find(({ scope }) => scope === "key")
  const snapshot = budgets.snapshotOf(spender.accounts[0]!, now)
  return own ? { ...snapshot, own: budgets.stateOf(own, now) } : snapshot
}
