import { sql } from "drizzle-orm"
import type { Statement } from "../../store/executor.ts"
import { spending } from "../../store/schema.ts"
import type { Spending } from "../../store/spending.ts"
import { dayMs, dayStart, type WindowKind, windowKinds, windowStart } from "../../store/windows.ts"
import type { SpentBefore } from "./shared-budgets.ts"

/**
 * What is read of a row. A sum of many years may be more than a number counts exactly, and the library refuses to read such an integer: as a
 * real number it is read all the same, within a few nano-dollars.
 */
export const spendingColumns = {
  account: spending.account,
  day: spending.day,
  spentNano: sql<number>`cast(${spending.spentNano} as real)`,
  byokNano: sql<number>`cast(${spending.byokNano} as real)`,
  requests: spending.requests,
}

/** Windows that end. */
export const passingKinds = windowKinds.filter((kind) => kind !== "total")

/** What was spent on a day falls into the windows that hold that day; day 0 is what was spent since ever. */
export const inWindows = (rows: readonly Spending[], kinds: readonly WindowKind[]): SpentBefore[] =>
  rows.flatMap(({ account, day, spentNano, byokNano }) =>
    (day === 0 ? (["total"] as const) : kinds).map((kind) => ({
      account,
      kind,
      startsAt: windowStart(kind, day),
      spentNano,
      byokNano,
    })),
  )

/** The first day that a window of this moment still holds. */
export const oldestDay = (now: number): number => Math.min(...passingKinds.map((kind) => windowStart(kind, now)))

/** Two of the longest windows that end: the second for whoever looks back from a month that has just begun. */
const keptDays = 62

/** Takes away the days that no window holds any more; what was spent since ever has a row of its own. */
export const forgetOldDays = (now: number): Statement => ({
  sql: "delete from spending where day > 0 and day < ?",
  args: [dayStart(now) - keptDays * dayMs],
})
