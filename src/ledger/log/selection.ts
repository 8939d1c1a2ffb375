import { textHash } from "./column.ts"
import { elementsOf, isList } from "./entry-columns.ts"
import { type Pattern, patternOf } from "./pattern.ts"
import type { Segment } from "./segment.ts"
import type { LogFilter } from "./types.ts"

/** Rows of one segment that a filter means, ascending; all of them where there are too many to be written down one by one. */
export type Selection = "none" | "all" | Uint16Array

/** Asks one segment after the other for the rows that a filter means. */
export type Select = (segment: Segment) => Selection

interface Wanted {
  readonly columns: readonly string[]
  readonly patterns: readonly Pattern[]
  /** Hashes of the values; undefined where one of them is a pattern. */
  readonly hashes: readonly number[] | undefined
  /** Rows that have none of the values. */
  readonly isNot: boolean
}

/** A moment that was reckoned from others is right within this many milliseconds. */
const momentSlackMs = 5

export function selecting({ from, to, conditions, ranges, ids }: LogFilter): Select {
  const wanted = conditions.map(({ columns, values, isNot }) => wantedOf(columns, values, isNot))
  return (segment) => {
    if ((from !== undefined && segment.lastAt < from) || (to !== undefined && segment.firstAt >= to)) return "none"
    // What needs no row to be looked at is asked of all conditions first.
    for (const { column, min, max } of ranges) {
      const [low, high] = segment.range(column)
      if ((max !== undefined && low > max) || (min !== undefined && high < min)) return "none"
    }
    let all = wanted
    if (ids) {
      const near = ids.filter(({ at }) => at >= segment.firstAt - momentSlackMs && at <= segment.lastAt + momentSlackMs)
      if (near.length === 0) return "none"
      const names = near.map(({ id }) => id)
      all = [...wanted, wantedOf(["id"], names)]
    }
    if (all.some((each) => isAbsent(segment, each))) return "none"
    let found: Selection = "all"
    for (const each of all) {
      found = withTexts(segment, each, found)
      if (found === "none") return found
    }
    for (const { column, min, max } of ranges) found = withNumbers(segment, column, min, max, found)
    if (from !== undefined && segment.firstAt < from) found = withNumbers(segment, "at", from, undefined, found)
    return to !== undefined && segment.lastAt >= to ? withNumbers(segment, "at", undefined, to - 1, found) : found
  }
}

function wantedOf(columns: readonly string[], values: readonly string[], isNot = false): Wanted {
  const patterns = values.map(patternOf)
  return {
    columns,
    patterns,
    isNot,
    hashes: patterns.every(({ exact }) => exact !== undefined) ? values.map(textHash) : undefined,
  }
}

const isAbsent = (segment: Segment, { columns, hashes, isNot }: Wanted): boolean =>
  !isNot &&
  hashes !== undefined &&
  columns.every((name) => {
    const known = segment.hashes(name)
    return known !== undefined && !hashes.some((hash) => known.includes(hash))
  })

/** The rows of `among` that pass, in a list of their own. */
function kept(rows: number, among: Selection, passes: (row: number) => boolean): Selection {
  if (among === "none") return among
  const found = new Uint16Array(among === "all" ? rows : among.length)
  let count = 0
  if (among === "all") {
    for (let row = 0; row < rows; row += 1) if (passes(row)) found[count++] = row
  } else for (const row of among) if (passes(row)) found[count++] = row
  return count === 0 ? "none" : count === rows ? "all" : found.subarray(0, count)
}

function withTexts(segment: Segment, { columns, patterns, hashes, isNot }: Wanted, among: Selection): Selection {
  const checks: { readonly fits: Uint8Array; readonly codes: ArrayLike<number> | undefined }[] = []
  for (const name of columns) {
    const known = hashes && segment.hashes(name)
    if (known && hashes && !hashes.some((hash) => known.includes(hash))) continue
    const texts = segment.texts(name)
    const fits = texts && fitting(name, texts, patterns)
    if (fits === undefined) continue
    if (fits === "all") return isNot ? "none" : among
    checks.push({ fits, codes: segment.text(name)?.codes })
  }
  const [first] = checks
  if (first === undefined) return isNot ? among : "none"
  const { fits, codes } = first
  const wanted = isNot ? 0 : 1
  if (checks.length > 1)
    return kept(
      segment.rows,
      among,
      (row) => checks.some(({ fits, codes }) => fits[codes ? codes[row]! : row] === 1) !== isNot,
    )
  return codes
    ? kept(segment.rows, among, (row) => fits[codes[row]!] === wanted)
    : kept(segment.rows, among, (row) => fits[row] === wanted)
}

/** Which of the texts are meant; undefined: none. */
function fitting(name: string, texts: readonly string[], patterns: readonly Pattern[]): Uint8Array | "all" | undefined {
  let fits: Uint8Array | undefined
  let count = 0
  const take = (code: number): void => {
    fits ??= new Uint8Array(texts.length)
    if (fits[code] === 0) count += 1
    fits[code] = 1
  }
  const hasElements = isList(name)
  // The runtime finds an exact text faster than a loop.
  for (const { exact, fits: fitsText } of patterns)
    if (exact !== undefined && !hasElements) {
      const code = texts.indexOf(exact)
      if (code >= 0) take(code)
    } else
      for (let code = 0; code < texts.length; code += 1) {
        const text = texts[code]!
        if (text !== "" && (hasElements ? elementsOf(name, text).some(fitsText) : fitsText(text))) take(code)
      }
  return count > 0 && count === texts.length ? "all" : fits
}

function withNumbers(
  segment: Segment,
  column: string,
  min = Number.NEGATIVE_INFINITY,
  max = Number.POSITIVE_INFINITY,
  among: Selection,
): Selection {
  const [low, high] = segment.range(column)
  if (low > max || high < min) return "none"
  if (low >= min && high <= max) return among
  const { low: base, above } = segment.numbers(column)
  const [least, most] = [min - base, max - base]
  return above ? kept(segment.rows, among, (row) => above[row]! >= least && above[row]! <= most) : among
}

/** Rows of a selection, the newest first, from `start` on downwards. */
export function* rowsOf(selection: Selection, start: number): Generator<number> {
  if (selection === "none") return
  if (selection === "all") for (let row = start; row >= 0; row -= 1) yield row
  else for (let at = selection.length - 1; at >= 0; at -= 1) if (selection[at]! <= start) yield selection[at]!
}

/** Calls `take` for each row of a selection, in the order of the ledger. */
export function eachRow(selection: Selection, rows: number, take: (row: number) => void): void {
  if (selection === "none") return
  if (selection === "all") for (let row = 0; row < rows; row += 1) take(row)
  else for (const row of selection) take(row)
}

/** The same, the newest first. */
export function eachRowDown(selection: Selection, rows: number, take: (row: number) => void): void {
  if (selection === "none") return
  if (selection === "all") for (let row = rows - 1; row >= 0; row -= 1) take(row)
  else for (let at = selection.length - 1; at >= 0; at -= 1) take(selection[at]!)
}
