import type { LedgerEntry } from "../executor.ts"
import { type UsageEntry, usageEntry } from "./entry.ts"

/** A mutable table of sums per hour and series; requests are added when they come and taken away when the database holds them. */
export interface UsageTable {
  add(entry: LedgerEntry): void
  subtract(entry: LedgerEntry): void
  /** Sums that are sums already. */
  addSums(entry: UsageEntry): void
  rows(): readonly UsageEntry[]
}

export const createUsageTable = (): UsageTable => {
  const rows = new Map<string, UsageEntry>()
  const change = ([hour, names, sums, bins]: UsageEntry, sign: 1 | -1): void => {
    const name = `${hour}\n${names}`
    let row = rows.get(name)
    if (row === undefined) {
      row = [hour, names, sums.map(() => 0), []]
      rows.set(name, row)
    }
    const [, , totals, counts] = row
    for (let at = 0; at < sums.length; at += 1) totals[at] = (totals[at] ?? 0) + sign * sums[at]!
    for (let at = 0; at < bins.length; at += 2) addBin(counts, bins[at]!, sign * bins[at + 1]!)
    if (totals[0] === 0) rows.delete(name)
  }
  return {
    add: (entry) => change(usageEntry(entry), 1),
    subtract: (entry) => change(usageEntry(entry), -1),
    addSums: (entry) => change(entry, 1),
    rows: () => [...rows.values()],
  }
}

function addBin(counts: number[], bin: number, count: number): void {
  for (let at = 0; at < counts.length; at += 2)
    if (counts[at] === bin) {
      counts[at + 1]! += count
      if (counts[at + 1] === 0) counts.splice(at, 2)
      return
    }
  counts.push(bin, count)
}
