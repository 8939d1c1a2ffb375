import { StoreFailure } from "../executor.ts"
import { between } from "./between.ts"
import type { SeriesBook } from "./book.ts"
import { conditionOf } from "./condition.ts"
import { type SeriesField, seriesFields } from "./entry.ts"
import { kindOfApi, type Label, labelOf } from "./labels.ts"
import {
  type UsageCondition,
  type UsageDimension,
  type UsageQuery,
  type UsageValue,
  usageKinds,
} from "./usage-types.ts"

/** To which group each series belongs. */
export interface Groups {
  /** By series; -1: to none, because the filter takes it out. */
  readonly of: Int32Array
  /** Which of `usageKinds` it is. */
  readonly kinds: Uint8Array
  readonly count: number
  /** The group's value of each dimension, in the order of the question. */
  valuesOf(group: number): readonly UsageValue[]
}

/**
 * Series of the book come first; behind them those of `others`, which the book need not know: names as in `UsageEntry`. All is done with
 * numbers, because there may be a hundred thousand.
 */
export function groupsOf(
  book: SeriesBook,
  others: readonly string[],
  { groupBy, filter = {} }: Pick<UsageQuery, "groupBy" | "filter">,
): Groups {
  const size = book.size + others.length
  const names = namesOf(book, others)
  const isIn = new Uint8Array(size).fill(1)
  // The number 0 stands for no series.
  isIn[0] = 0
  for (const [dimension, condition] of Object.entries(filter) as [UsageDimension, UsageCondition | undefined][]) {
    if (condition === undefined) continue
    const fits = conditionOf(condition)
    const { field, read } = known(dimension)
    const passes = memo((name) => (fits(read(names.text(name))) ? 1 : 0))
    const column = names.column(field)
    for (let series = 1; series < size; series += 1) if (passes(column[series]!) === 0) isIn[series] = 0
  }
  const shown: UsageValue[][] = []
  let of = new Int32Array(size)
  let count = 1
  let members: number[][] = [[]]
  for (let series = 0; series < size; series += 1) if (isIn[series] === 0) of[series] = -1
  for (const dimension of groupBy) {
    const { values, column } = labelled(known(dimension), names, size)
    const at = shown.push(values) - 1
    const next = new Map<number, number>()
    const nextOf = new Int32Array(size)
    const nextMembers: number[][] = []
    for (let series = 0; series < size; series += 1) {
      const group = of[series]!
      if (group < 0) {
        nextOf[series] = -1
        continue
      }
      const place = group * values.length + column[series]!
      let found = next.get(place)
      if (found === undefined) {
        found = next.size
        next.set(place, found)
        const member = [...members[group]!]
        member[at] = column[series]!
        nextMembers.push(member)
      }
      nextOf[series] = found
    }
    of = nextOf
    count = next.size
    members = nextMembers
  }
  const kindOf = memo((name) => usageKinds.indexOf(kindOfApi(names.text(name))))
  const apis = names.column("api")
  const kinds = new Uint8Array(size)
  for (let series = 0; series < size; series += 1) if (of[series]! >= 0) kinds[series] = kindOf(apis[series]!)
  return { of, kinds, count, valuesOf: (group) => members[group]!.map((label, at) => shown[at]![label]!) }
}

/** Throws where there is no such dimension. */
function known(dimension: UsageDimension): Label {
  const label = labelOf(dimension)
  if (!label) throw new StoreFailure("USAGE_REFUSED", `There is no dimension "${dimension}".`)
  return label
}

const memo = (work: (name: number) => number): ((name: number) => number) => {
  const found = new Map<number, number>()
  return (name) => {
    let value = found.get(name)
    if (value === undefined) {
      value = work(name)
      found.set(name, value)
    }
    return value
  }
}

/** The values that a dimension has, and by series which of them. */
function labelled({ field, read }: Label, names: Names, size: number): { values: UsageValue[]; column: Uint32Array } {
  const values: UsageValue[] = []
  const places = new Map<UsageValue, number>()
  const placeOf = memo((name) => {
    const value = read(names.text(name))
    let place = places.get(value)
    if (place === undefined) {
      place = values.push(value) - 1
      places.set(value, place)
    }
    return place
  })
  const column = new Uint32Array(size)
  const source = names.column(field)
  for (let series = 1; series < size; series += 1) column[series] = placeOf(source[series]!)
  if (values.length === 0) values.push(null)
  return { values, column }
}

interface Names {
  column(field: SeriesField): Uint32Array
  text(name: number): string
}

/** The book's names, with those of series that it does not have yet. */
function namesOf(book: SeriesBook, others: readonly string[]): Names {
  const extra: string[] = []
  const numbers = new Map<string, number>()
  const numberOf = (text: string): number => {
    const found = book.numberOf(text) ?? numbers.get(text)
    if (found !== undefined) return found
    const number = book.names + extra.push(text) - 1
    numbers.set(text, number)
    return number
  }
  const split = others.map((names) => names.split(between))
  const columns = new Map<SeriesField, Uint32Array>()
  return {
    column: (field) => {
      let column = columns.get(field)
      if (column === undefined) {
        column = new Uint32Array(book.size + others.length)
        column.set(book.column(field).subarray(0, book.size))
        const at = seriesFields.indexOf(field)
        for (const [place, names] of split.entries()) column[book.size + place] = numberOf(names[at] ?? "")
        columns.set(field, column)
      }
      return column
    },
    text: (name) => (name < book.names ? book.text(name) : extra[name - book.names]!),
  }
}
