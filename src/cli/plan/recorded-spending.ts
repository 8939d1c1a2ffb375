import type { SpentBefore } from "../../accounts/limits/shared-budgets.ts"
import { generationsBetween, type Query } from "../../ledger/history.ts"
import { type AccountId, accountsOf } from "../../store/account-ids.ts"
import { dayStart, type WindowKind, windowKinds, windowStart } from "../../store/windows.ts"

/** What accounts had spent by a moment: whole days from their sums, the day that had begun from its rows. */
export async function spentBefore(query: Query, moment: number): Promise<readonly SpentBefore[]> {
  const today = dayStart(moment)
  const spent: SpentBefore[] = []
  for (const kind of windowKinds) {
    const startsAt = windowStart(kind, moment)
    for (const { account, spent_nano, byok_nano } of await query(sumsOf(kind, startsAt, today)))
      spent.push({
        account: String(account) as AccountId,
        kind,
        startsAt,
        spentNano: Number(spent_nano),
        byokNano: Number(byok_nano),
      })
  }
  for (const [account, { spentNano, byokNano }] of await sinceMidnight(query, today, moment))
    for (const kind of windowKinds)
      spent.push({ account, kind, startsAt: windowStart(kind, moment), spentNano, byokNano })
  return spent
}

/**
 * Day 0 is what was spent since ever; days that are long over have no row any more, so what came later is taken away from it. Totals are real
 * numbers: an integer that a number does not count exactly is refused.
 */
const sumsOf = (kind: WindowKind, startsAt: number, today: number) =>
  kind === "total"
    ? {
        sql: `select account, total(case when day = 0 then spent_nano else -spent_nano end) as spent_nano,
total(case when day = 0 then byok_nano else -byok_nano end) as byok_nano from spending where day = 0 or day >= ? group by account`,
        args: [today],
      }
    : {
        sql: `select account, total(spent_nano) as spent_nano, total(byok_nano) as byok_nano from spending
where day > 0 and day >= ? and day < ? group by account`,
        args: [startsAt, today],
      }

async function sinceMidnight(query: Query, today: number, moment: number) {
  const sums = new Map<AccountId, { spentNano: number; byokNano: number }>()
  for await (const generation of generationsBetween(query, today, moment))
    for (const account of accountsOf(generation)) {
      const sum = sums.get(account) ?? { spentNano: 0, byokNano: 0 }
      if (generation.byok === true) sum.byokNano += generation.costNano
      else sum.spentNano += generation.costNano
      sums.set(account, sum)
    }
  return sums
}
