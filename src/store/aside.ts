import type { Logger } from "../contract/plugin.ts"
import { type Batch, type StoreFailure, storeFailure } from "./executor.ts"
import { createSpendingTable, type Spending } from "./spending.ts"
import type { Spill } from "./spill.ts"
import type { UsageEntry } from "./usage/entry.ts"
import { createUsageTable } from "./usage/usage-table.ts"

/** Where batches wait that the database could not take: on the disk, and when that takes none either, in memory. */
export interface Aside {
  /** Undefined when the batch is on the disk; otherwise why it is only in memory. */
  put(batch: Batch): Promise<StoreFailure | undefined>
  /** Hands everything to `apply` and forgets it. Stops at the first failure, which it throws. */
  replay(apply: (batch: Batch) => Promise<void>): Promise<void>
  isEmpty(): boolean
  /** Rows that only memory has. */
  heldRows(): number
  spilledRows(): number
  sums(): readonly UsageEntry[]
  spending(): readonly Spending[]
  close(): Promise<void>
}

export const createAside = (spill: Spill, log: Logger): Aside => {
  const held: Batch[] = []
  let heldRows = 0

  const eachHeld = async (take: (batch: Batch) => Promise<void>): Promise<void> => {
    // Taken out before it is handed on: `put` and `replay` may be here at the same time.
    for (let batch = held.shift(); batch !== undefined; batch = held.shift()) {
      try {
        await take(batch)
      } catch (error) {
        held.unshift(batch)
        throw error
      }
      heldRows -= batch.entries.length
    }
  }
  return {
    put: async (batch) => {
      try {
        await eachHeld((older) => spill.append(older))
        await spill.append(batch)
        return undefined
      } catch (error) {
        held.push(batch)
        heldRows += batch.entries.length
        return storeFailure(error)
      }
    },
    replay: async (apply) => {
      await spill.replay(apply)
      await eachHeld(apply)
    },
    isEmpty: () => spill.isEmpty() && held.length === 0,
    heldRows: () => heldRows,
    spilledRows: () => spill.rows(),
    sums: () => {
      const table = createUsageTable()
      for (const batch of held) for (const entry of batch.entries) table.add(entry)
      return [...spill.sums(), ...table.rows()]
    },
    spending: () => {
      const table = createSpendingTable()
      for (const batch of held) for (const entry of batch.entries) table.add(entry)
      return [...spill.spending(), ...table.rows()]
    },
    close: async () => {
      if (heldRows > 0) log.error("rows are lost: nothing could be written until the end", { rows: heldRows })
      await spill.close()
    },
  }
}
