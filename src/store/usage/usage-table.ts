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
  /** By hour and names: what is added together is mostly of one hour, and a text of both would have to be made for each request. */
  const hours = new Map<number, Map<string, UsageEntry>>()
  const hourOf = (hour: number): Map<string, UsageEntry> => {
    let rows = hours.get(hour)
    if (rows === undefined) {
      rows = new Map()
      hours.set(hour, rows)
    }
    return rows
  }
  const change = ([hour, names, sums, bins]: UsageEntry, sign: 1 | -1): void => {
    const rows = hourOf(hour)
    let row = rows.get(names)
    if (row === undefined) {
      row = [hour, names, sums.map(() => 0), []]
      rows.set(names, row)
    }
    const [, , totals, counts] = row
    for (let at = 0; at < sums.length; at += 1) totals[at] = (totals[at] ?? 0) + sign * sums[at]!
    for (let at = 0; at < bins.length; at += 2) addBin(counts, bins[at]!, sign * bins[at + 1]!)
    if (totals[0] === 0) rows.delete(names)
  }
  /** The first one of its names is the row: nobody else has it. */
  const addOwn = (entry: UsageEntry): void => {
    const [hour, names] = entry
    const rows = hourOf(hour)
    if (rows.has(names)) change(entry, 1)
    else rows.set(names, entry)
  }
  return {
    add: (entry) => addOwn(usageEntry(entry)),
    subtract: (entry) => change(usageEntry(entry), -1),
    addSums: (entry) => change(entry, 1),
    rows: () => [...hours.values()].flatMap((rows) => [...rows.values()]),
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
