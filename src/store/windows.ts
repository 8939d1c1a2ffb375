/** The four spans over which spending is counted; `total` never starts anew. All boundaries are UTC. */
export type WindowKind = "daily" | "weekly" | "monthly" | "total"

export const windowKinds = ["daily", "weekly", "monthly", "total"] as const

/** A day of UTC, which has no other lengths. */
export const dayMs = 86_400_000

/** 1970-01-01 was a Thursday: three days after the Monday that its week began on. */
const daysFromMondayToEpoch = 3

export const dayStart = (atMs: number): number => Math.floor(atMs / dayMs) * dayMs

/** First millisecond of the window that holds `atMs`; 0 for `total`. Weeks begin on Monday. */
export const windowStart = (kind: WindowKind, atMs: number): number => {
  if (kind === "total") return 0
  const day = Math.floor(atMs / dayMs)
  if (kind === "daily") return day * dayMs
  if (kind === "weekly") {
    const daysSinceMonday = (((day + daysFromMondayToEpoch) % 7) + 7) % 7
    return (day - daysSinceMonday) * dayMs
  }
  const date = new Date(atMs)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
}

/** First millisecond after the window; undefined for `total`, which never ends. */
export const windowEnd = (kind: WindowKind, atMs: number): number | undefined => {
  if (kind === "total") return undefined
  const start = windowStart(kind, atMs)
  if (kind === "daily") return start + dayMs
  if (kind === "weekly") return start + 7 * dayMs
  const date = new Date(start)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)
}
