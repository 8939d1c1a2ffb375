import { dayMs } from "../../../store/windows.ts"
import { wrong } from "../../fields/fields.ts"
import { timeText } from "../../shown.ts"

export type Resolution = "hour" | "day" | "month"

/** Of which time is asked, and how finely. Milliseconds UTC; `to` is not in it. */
export interface Period {
  readonly from: number
  readonly to: number
  readonly resolution: Resolution
}

/** docs.requesty.ai, usage: a longer range is refused. */
const mostDays = 100

const resolutions: readonly Resolution[] = ["hour", "day", "month"]

/**
 * `start`, `end` and `resolution` of a question about usage. Without a readable start it is about the last day: older clients send the
 * question as the body of a GET, which never gets here. `since` is where it starts instead when nothing at all is said of the time.
 */
export function periodOf(query: URLSearchParams, now: number, since?: number): Period {
  const resolution = resolutions.find((one) => one === (query.get("resolution") || "day"))
  if (!resolution) throw wrong("resolution", "hour, day or month")
  const start = timeOf(query.get("start"))
  const end = timeOf(query.get("end"))
  if (query.get("end") && end === undefined) throw wrong("end", "a date and time like 2027-01-31T00:00:00Z")
  if (since !== undefined && !query.get("start") && end === undefined) return { from: since, to: now, resolution }
  const from = start ?? (end ?? now) - dayMs
  const to = end ?? (start === undefined ? now : start + dayMs)
  if (to <= from) throw wrong("end", "after start")
  if (to - from > mostDays * dayMs) throw wrong("end", `at most ${mostDays} days after start`)
  return { from, to, resolution }
}

/** A plus sign that was not encoded arrives as a space. */
function timeOf(text: string | null): number | undefined {
  const at = text ? Date.parse(text.trim().replace(/ (?=\d{2}:?\d{2}$)/, "+")) : Number.NaN
  return Number.isFinite(at) ? at : undefined
}

/** The name of an hour, day or month; of a month its first day, because clients read all of them as dates. */
export function periodName(at: number, resolution: Resolution): string {
  const text = timeText(at)
  if (resolution === "hour") return `${text.slice(0, 13)}:00:00Z`
  return resolution === "day" ? text.slice(0, 10) : `${text.slice(0, 7)}-01`
}
