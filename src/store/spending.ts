import type { AccountId } from "./account-ids.ts"
import { accountsOf } from "./account-ids.ts"
import type { LedgerEntry } from "./executor.ts"
import { dayStart } from "./windows.ts"

/** What one account spent on one day. */
export interface Spending {
  readonly account: AccountId
  readonly day: number
  spentNano: number
  byokNano: number
  requests: number
}

/** A mutable table of sums; entries are added when they come and taken away when the database holds them. */
export interface SpendingTable {
  add(entry: LedgerEntry): void
  subtract(entry: LedgerEntry): void
  rows(): readonly Spending[]
}

export const createSpendingTable = (): SpendingTable => {
  const rows = new Map<string, Spending>()
  const change = ({ settledAt, generation }: LedgerEntry, sign: 1 | -1): void => {
    const day = dayStart(settledAt)
    for (const account of accountsOf(generation)) {
      const name = `${day} ${account}`
      let row = rows.get(name)
      if (row === undefined) {
        row = { account, day, spentNano: 0, byokNano: 0, requests: 0 }
        rows.set(name, row)
      }
      if (generation.byok === true) row.byokNano += sign * generation.costNano
      else row.spentNano += sign * generation.costNano
      row.requests += sign
      if (row.requests === 0) rows.delete(name)
    }
  }
  return {
    add: (entry) => change(entry, 1),
    subtract: (entry) => change(entry, -1),
    rows: () => [...rows.values()],
  }
}
