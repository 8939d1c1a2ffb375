import { type Row, type Statement, StoreFailure } from "../executor.ts"
import { dayMs, dayStart } from "../windows.ts"
import { columnNames, createAccumulator, type Stretch, wantsBins } from "./accumulate.ts"
import type { SeriesBook } from "./book.ts"
import { lastCompaction } from "./compact.ts"
import { unpackDelta } from "./delta.ts"
import type { UsageEntry } from "./entry.ts"
import { type Groups, groupsOf } from "./groups.ts"
import { hoursOf, periodStart, piecesOf } from "./periods.ts"
import type { UsageAnswer, UsageQuestion } from "./question.ts"
import { addBin, addTo, type Columns, columnsByStart, type Segment, seriesColumn } from "./segments.ts"
import type { Steps } from "./steps.ts"
import { timesOf } from "./times.ts"
import { type UsageQuery, usageMeasures } from "./usage-types.ts"

/** More rows are no answer that anybody reads. */
const mostRows = 20_000
/** Percentiles keep five hundred numbers for each group. */
const mostTimedGroups = 2_000
/** A question whose answer was changed under it so often is asked again by whoever wants it. */
const mostTries = 5

/**
 * Puts an answer together from days that are over, from hours of those that are not or that are only partly asked for, and from what waits to
 * be added up. When that is added up meanwhile it begins again: within one transaction that cannot be.
 */
export function* answerUsage(book: SeriesBook, question: UsageQuestion): Steps<UsageAnswer> {
  for (let tries = 1; ; tries += 1) {
    const before = yield* lastCompaction()
    yield* book.refresh()
    const answer = yield* answerOnce(book, question)
    if ((yield* lastCompaction()) === before) return answer
    if (tries === mostTries) throw new StoreFailure("USAGE_CHANGED", "The sums changed while they were read.")
  }
}

function* answerOnce(book: SeriesBook, { query, pending }: UsageQuestion): Steps<UsageAnswer> {
  const { from, to } = hoursOf(query)
  const waiting = (yield { sql: "select rows from usage_deltas", args: [] }).flatMap(({ rows }) => unpackDelta(rows))
  const others = [...waiting, ...pending].filter(([hour]) => hour >= from && hour < to)
  const groups = groupsOf(
    book,
    others.map(([, names]) => names),
    query,
  )
  if (wantsBins(query) && groups.count > mostTimedGroups)
    throw new StoreFailure(
      "USAGE_REFUSED",
      `Percentiles of more than ${mostTimedGroups} groups are too many. Group by less, or filter.`,
    )
  const late = hourSegments(book.size, others)
  const { add, stretches } = collector(groups, query)
  for (const piece of piecesOf(from, to)) {
    const found = yield* segmentsOf(query, piece)
    for (const [start, columns] of late) if (start >= piece.from && start < piece.to) found.push({ start, columns })
    for (const { start, columns } of found.sort((one, other) => one.start - other.start)) add(start, columns)
  }
  return { stretches: stretches(), values: Array.from({ length: groups.count }, (_, group) => groups.valuesOf(group)) }
}

interface Found {
  readonly start: number
  readonly columns: Columns
}

const select = "select start, name, data from usage_columns where span = ? and start >= ? and start < ?"
const named = "name in (select value from json_each(?))"

function* segmentsOf(query: UsageQuery, { from, to }: { from: number; to: number }): Steps<Found[]> {
  const names = JSON.stringify(columnNames(query))
  const found: Found[] = []
  const take = (rows: readonly Row[]) => {
    for (const [start, columns] of columnsByStart(rows)) found.push({ start, columns })
  }
  const firstDay = dayStart(from) === from ? from : dayStart(from) + dayMs
  const lastDay = dayStart(to)
  if (query.resolution !== "hour" && firstDay < lastDay)
    take(yield { sql: `${select} and ${named}`, args: ["day", firstDay, lastDay, names] })
  for (const gap of gapsOf(
    from,
    to,
    found.map(({ start }) => start),
  ))
    take(yield hourStatement(gap, names))
  return found
}

const hourStatement = ({ from, to }: { from: number; to: number }, names: string): Statement => ({
  sql: `${select} and ${named}`,
  args: ["hour", from, to, names],
})

/** What of a stretch of time no day covers. */
function* gapsOf(from: number, to: number, days: readonly number[]): Generator<{ from: number; to: number }> {
  let start = from
  for (const day of [...days].sort((one, other) => one - other)) {
    if (day > start) yield { from: start, to: day }
    start = day + dayMs
  }
  if (start < to) yield { from: start, to }
}

/** Entries as segments; the series of each is its place behind those of the book. */
function hourSegments(size: number, entries: readonly UsageEntry[]): ReadonlyMap<number, Columns> {
  const hours = new Map<number, Segment>()
  for (const [at, [hour, , sums, bins]] of entries.entries()) {
    const segment = hours.get(hour) ?? new Map()
    hours.set(hour, segment)
    const row = addTo(segment, size + at, sums)
    for (let bin = 0; bin < bins.length; bin += 2) addBin(row, bins[bin]!, bins[bin + 1]!)
  }
  return new Map([...hours].map(([hour, segment]) => [hour, plainColumns(segment)]))
}

function plainColumns(segment: Segment): Columns {
  const rows = [...segment]
  const columns = new Map([[seriesColumn, Float64Array.from(rows, ([series]) => series)]])
  for (const [at, name] of usageMeasures.entries())
    columns.set(
      name,
      Float64Array.from(rows, ([, { sums }]) => sums[at]!),
    )
  for (const [name, column] of timesOf(rows.map(([, { bins }]) => bins))) columns.set(name, Float64Array.from(column))
  return columns
}

/** Segments come in the order of time; a period is over when the next one begins. */
function collector(groups: Groups, query: UsageQuery) {
  const accumulator = createAccumulator(groups, query)
  const taken: Stretch[] = []
  let rows = 0
  let period: number | undefined
  let isOpen = false
  const take = () => {
    if (!isOpen) return
    const stretch = accumulator.take(period)
    rows += stretch.groups.length
    if (rows > mostRows)
      throw new StoreFailure(
        "USAGE_REFUSED",
        `The answer has more than ${mostRows} rows. Group by less, filter, or ask for a shorter time.`,
      )
    if (stretch.groups.length > 0) taken.push(stretch)
  }
  return {
    add: (start: number, columns: Columns) => {
      const next = periodStart(query.resolution, start)
      if (isOpen && next !== period) take()
      period = next
      isOpen = true
      accumulator.add(columns)
    },
    stretches: (): readonly Stretch[] => {
      take()
      return taken
    },
  }
}
