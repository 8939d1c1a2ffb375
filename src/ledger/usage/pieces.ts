import { periodStart } from "../../store/usage/periods.ts"
import { dayMs } from "../../store/windows.ts"
import type { UsageQuery } from "./types.ts"

/** About so much time at once: enough to read quickly, and little enough to hold. */
const span = { hour: dayMs, day: 7 * dayMs, week: 28 * dayMs, month: 31 * dayMs } as const

/** A question as several, of which each ends where a period does. */
export function* pieces(query: UsageQuery): Generator<UsageQuery> {
  const { resolution } = query
  if (resolution === undefined) {
    yield query
    return
  }
  for (let from = query.from; from < query.to; ) {
    const next = periodStart(resolution, from + span[resolution])!
    const to = Math.min(query.to, next > from ? next : from + span[resolution])
    yield { ...query, from, to }
    from = to
  }
}
