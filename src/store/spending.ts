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
  const days = new Map<number, Map<AccountId, Spending>>()
  const dayOf = (day: number): Map<AccountId, Spending> => {
    let rows = days.get(day)
    if (rows === undefined) {
      rows = new Map()
      days.set(day, rows)
    }
    return rows
  }
  const change = ({ settledAt, generation }: LedgerEntry, sign: 1 | -1): void => {
    const day = dayStart(settledAt)
    const rows = dayOf(day)
    for (const account of accountsOf(generation)) {
      let row = rows.get(account)
      if (row === undefined) {
        row = { account, day, spentNano: 0, byokNano: 0, requests: 0 }
        rows.set(account, row)
      }
      if (generation.byok === true) row.byokNano += sign * generation.costNano
      else row.spentNano += sign * generation.costNano
      row.requests += sign
      if (row.requests === 0) rows.delete(account)
    }
  }
  return {
    add: (entry) => change(entry, 1),
    subtract: (entry) => change(entry, -1),
    rows: () => [...days.values()].flatMap((rows) => [...rows.values()]),
  }
}
