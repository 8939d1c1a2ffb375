import { dayMs, dayStart } from "../windows.ts"
import { hourStart } from "./entry.ts"
import type { UsageQuery } from "./usage-types.ts"

const hourMs = 3_600_000
/** The first of January 1970 was a Thursday. */
const mondayOffset = 3

/** First millisecond of the hour, day, week or month that a moment is in; undefined without a resolution: all is one. */
export function periodStart(resolution: UsageQuery["resolution"], at: number): number | undefined {
  switch (resolution) {
    case undefined:
      return undefined
    case "hour":
      return hourStart(at)
    case "day":
      return dayStart(at)
    case "week": {
      const day = dayStart(at) / dayMs
      return (day - ((((day + mondayOffset) % 7) + 7) % 7)) * dayMs
    }
    case "month": {
      const date = new Date(at)
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
    }
  }
}

/** The hours that a question is about: the one that `from` is in counts whole. */
export const hoursOf = ({
  from,
  to,
}: Pick<UsageQuery, "from" | "to">): { readonly from: number; readonly to: number } => ({
  from: hourStart(from),
  to: Math.ceil(to / hourMs) * hourMs,
})

/** So much time is read at once, so that nothing has to be in memory as a whole. */
const daysAtOnce = 15

/** A stretch of time in pieces that begin with a day, but for the first. */
export function* piecesOf(from: number, to: number): Generator<{ readonly from: number; readonly to: number }> {
  for (let start = from; start < to; ) {
    const end = Math.min(to, dayStart(start) + daysAtOnce * dayMs)
    yield { from: start, to: end }
    start = end
  }
}
