import type { Row, Statement } from "../executor.ts"
import { type Column, packColumn, unpackColumn } from "./columns.ts"
import { eachTime, timedKinds, timesOf } from "./times.ts"
import { usageMeasures } from "./usage-types.ts"

/** All sums of one hour, or of one day that is over: a row per series, stored column by column, so that a question reads what it asks for. */
export type Span = "hour" | "day"

/** The column that says whose row it is. */
export const seriesColumn = "series"

/** A segment that is being added to. */
export interface Sums {
  readonly sums: number[]
  /** Counts by bin. */
  readonly bins: Map<number, number>
}
export type Segment = Map<number, Sums>

export function addTo(segment: Segment, series: number, sums: ArrayLike<number>): Sums {
  let row = segment.get(series)
  if (row === undefined) {
    row = { sums: new Array<number>(usageMeasures.length).fill(0), bins: new Map() }
    segment.set(series, row)
  }
  for (let at = 0; at < sums.length; at += 1) row.sums[at]! += sums[at]!
  return row
}

export const addBin = ({ bins }: Sums, bin: number, count: number): void => {
  bins.set(bin, (bins.get(bin) ?? 0) + count)
}

/** Adds one segment to another. */
export function merge(into: Segment, from: Segment): void {
  for (const [series, { sums, bins }] of from) {
    const row = addTo(into, series, sums)
    for (const [bin, count] of bins) addBin(row, bin, count)
  }
}

export type Columns = ReadonlyMap<string, Column>

/** Rows of `usage_columns` by the moment at which their segments begin, in order. */
export function columnsByStart(rows: readonly Row[]): Map<number, Map<string, Column>> {
  const found = new Map<number, Map<string, Column>>()
  for (const { start, name, data } of rows) {
    let columns = found.get(Number(start))
    if (columns === undefined) {
      columns = new Map()
      found.set(Number(start), columns)
    }
    columns.set(String(name), unpackColumn(data as Uint8Array))
  }
  return found
}

export function segmentOf(columns: Columns): Segment {
  const segment: Segment = new Map()
  const rows: Sums[] = []
  const measures = usageMeasures.map((name) => columns.get(name))
  const series = columns.get(seriesColumn) ?? []
  for (let at = 0; at < series.length; at += 1)
    rows.push(
      addTo(
        segment,
        series[at]!,
        measures.map((column) => column?.[at] ?? 0),
      ),
    )
  for (const kind of timedKinds)
    eachTime(columns, kind, (row, bin, count) => {
      addBin(rows[row]!, bin, count)
    })
  return segment
}

const upsert = `insert into usage_columns (span, start, name, data) values (?, ?, ?, ?)
on conflict (span, start, name) do update set data = excluded.data`

/** A sum that may fall can become nothing everywhere; its column from before would be wrong, and too short. */
const deleteOthers =
  "delete from usage_columns where span = ? and start = ? and name not in (select value from json_each(?))"

/** All that there is of a segment from now on. */
export function segmentStatements(span: Span, start: number, segment: Segment): Statement[] {
  // In the order of the series, which then are small numbers that follow one another.
  const rows = [...segment].sort(([one], [other]) => one - other)
  const statements: Statement[] = []
  const names: string[] = []
  const put = (name: string, numbers: readonly number[]) => {
    names.push(name)
    statements.push({ sql: upsert, args: [span, start, name, packColumn(numbers)] })
  }
  put(
    seriesColumn,
    rows.map(([series]) => series),
  )
  for (const [at, name] of usageMeasures.entries()) {
    const column = rows.map(([, { sums }]) => sums[at]!)
    if (column.some((value) => value !== 0)) put(name, column)
  }
  for (const [name, column] of timesOf(rows.map(([, { bins }]) => bins))) put(name, column)
  statements.push({ sql: deleteOthers, args: [span, start, JSON.stringify(names)] })
  return statements
}
