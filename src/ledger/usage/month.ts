import type { UsageRow } from "./types.ts"

const hourMs = 3_600_000
/** A gateway that was only used for an hour says little of a month. */
const fewestHours = 24
const mostHours = 7 * 24

export function monthOf(at: number): { readonly from: number; readonly to: number } {
  const date = new Date(at)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  return { from: Date.UTC(year, month, 1), to: Date.UTC(year, month + 1, 1) }
}

/** `lately`: sums of the hours of the last seven days. What is newer than that is judged by the time since its first hour. */
export function projected(spentNano: number, lately: readonly UsageRow[], monthEnd: number, now: number) {
  const first = Math.min(now, ...lately.map(({ start }) => start!))
  const hours = Math.min(mostHours, Math.max(fewestHours, (now - first) / hourMs))
  const nano = lately.reduce((sum, { costNano }) => sum + costNano, 0)
  const left = Math.max(0, monthEnd - now) / hourMs
  return { spentNano, projectedNano: Math.round(spentNano + (nano / hours) * left) }
}
