import type { Row, Statement } from "../executor.ts"
import { dayMs, dayStart } from "../windows.ts"
import { unpackDelta } from "./delta.ts"
import { internSeries } from "./intern.ts"
import { addBin, addTo, columnsByStart, merge, type Segment, segmentOf, segmentStatements } from "./segments.ts"
import type { Steps } from "./steps.ts"
import { createUsageTable } from "./usage-table.ts"
import { boundWords } from "./words.ts"

/** So many requests wait at most before they are added up; whoever asks reads those that wait. */
export const compactAfter = 4_000
/** Of batches, and of what they hold, so many are taken at once. */
const deltasAtOnce = 2_000
const entriesAtOnce = 20_000

const compactionsQuery: Statement = {
  sql: "select coalesce(max(number), 0) as number from usage_compactions",
  args: [],
}
/** Which compaction was the last: two gateways that make the next one at the same time cannot both. */
export function* lastCompaction(): Steps<number> {
  const [row] = yield compactionsQuery
  return Number(row?.number)
}

export interface Compaction {
  /** One transaction. */
  readonly statements: readonly Statement[]
  /** Nothing waits any more. */
  readonly isLast: boolean
}

/**
 * Adds what the batches brought to the sums: gives one transaction, or nothing where nothing waits. Whatever was read for it holds as long
 * as nobody else made the same compaction, which its first statement finds out.
 */
export function* compaction(): Steps<Compaction | undefined> {
  const number = yield* lastCompaction()
  const waiting = yield {
    sql: "select number, rows from usage_deltas order by number limit ?",
    args: [deltasAtOnce],
  }
  if (waiting.length === 0) return undefined
  const raw = createUsageTable()
  const taken: number[] = []
  let entries = 0
  for (const { number, rows } of waiting) {
    if (entries >= entriesAtOnce) break
    const found = unpackDelta(rows)
    for (const entry of found) raw.addSums(entry)
    entries += found.length
    taken.push(Number(number))
  }
  const words = yield* boundWords(raw.rows())
  const interned = yield* internSeries(words.bounded)
  const hours = new Map<number, Segment>()
  for (const [at, [hour, , sums, bins]] of words.bounded.entries()) {
    const segment = hours.get(hour) ?? new Map()
    hours.set(hour, segment)
    const row = addTo(segment, interned.series[at]!, sums)
    for (let bin = 0; bin < bins.length; bin += 2) addBin(row, bins[bin]!, bins[bin + 1]!)
  }
  const newest = yield* newestHour()
  for (const [start, columns] of columnsByStart(yield* columnsOf("start in (select value from json_each(?))", hours)))
    merge(hours.get(start)!, segmentOf(columns))
  const statements: Statement[] = [
    { sql: "insert into usage_compactions (number) values (?)", args: [number + 1] },
    { sql: "delete from usage_compactions where number <= ?", args: [number] },
    {
      sql: "delete from usage_deltas where number in (select value from json_each(?))",
      args: [JSON.stringify(taken)],
    },
    ...words.statements,
    ...interned.statements,
  ]
  for (const [start, segment] of hours) statements.push(...segmentStatements("hour", start, segment))
  for (const day of daysThatEnded(hours, newest)) statements.push(...(yield* dayStatements(day, hours)))
  return { statements, isLast: taken.length === waiting.length && waiting.length < deltasAtOnce }
}

function* newestHour(): Steps<number | undefined> {
  const [row] = yield { sql: "select max(start) as newest from usage_columns where span = 'hour'", args: [] }
  return row?.newest == null ? undefined : Number(row.newest)
}

function* columnsOf(condition: string, hours: ReadonlyMap<number, Segment>): Steps<readonly Row[]> {
  return yield {
    sql: `select start, name, data from usage_columns where span = 'hour' and ${condition}`,
    args: [JSON.stringify([...hours.keys()])],
  }
}

/** Days get sums of their own when a later one begins; what comes later still makes them anew. */
function daysThatEnded(hours: ReadonlyMap<number, Segment>, newest: number | undefined): ReadonlySet<number> {
  const days = new Set([...hours.keys()].map(dayStart))
  if (newest !== undefined) days.add(dayStart(newest))
  days.delete(Math.max(...days))
  return days
}

/** From its hours: those that are being written, and those that are there. */
function* dayStatements(day: number, written: ReadonlyMap<number, Segment>): Steps<Statement[]> {
  const whole: Segment = new Map()
  for (const [start, segment] of written) if (dayStart(start) === day) merge(whole, segment)
  const stored = yield {
    sql: `select start, name, data from usage_columns where span = 'hour' and start >= ? and start < ?
and start not in (select value from json_each(?))`,
    args: [day, day + dayMs, JSON.stringify([...written.keys()])],
  }
  for (const columns of columnsByStart(stored).values()) merge(whole, segmentOf(columns))
  return segmentStatements("day", day, whole)
}
