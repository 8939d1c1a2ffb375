import { type SeriesField, seriesFields } from "./entry.ts"
import type { Steps } from "./steps.ts"

/**
 * What series are called, as whoever answers questions keeps it: the number of each name by series and field, and the texts of names.
 * Both are only ever added to, so a look at what is new brings it up to date.
 */
export interface SeriesBook {
  /** Brings it up to date. */
  refresh(): Steps<void>
  /** Number of series, all smaller than this. */
  readonly size: number
  /** The number of a name by series; 0 for none. */
  column(field: SeriesField): Uint32Array
  text(name: number): string
  /** Undefined: no series has it. */
  numberOf(text: string): number | undefined
  /** One more than the largest number of a name. */
  readonly names: number
}

const firstCapacity = 1_024

export const createSeriesBook = (): SeriesBook => {
  const texts: string[] = [""]
  const numbers = new Map<string, number>([["", 0]])
  let columns = seriesFields.map(() => new Uint32Array(firstCapacity))
  let size = 1

  const grow = (wanted: number): void => {
    const capacity = columns[0]!.length
    if (wanted <= capacity) return
    columns = columns.map((column) => {
      const larger = new Uint32Array(Math.max(wanted, capacity * 2))
      larger.set(column)
      return larger
    })
  }
  return {
    *refresh() {
      const series = yield {
        sql: "select id, text from usage_series where id >= ? order by id",
        args: [size],
      }
      // After the series: whoever writes one has written its names.
      const values = yield { sql: "select id, text from usage_values where id >= ? order by id", args: [texts.length] }
      for (const { id, text } of values) {
        texts[Number(id)] = String(text)
        numbers.set(String(text), Number(id))
      }
      for (const { id, text } of series) {
        const number = Number(id)
        grow(number + 1)
        for (const [at, name] of String(text).split(" ").entries()) columns[at]![number] = Number(name)
        size = number + 1
      }
    },
    get size() {
      return size
    },
    column: (field) => columns[seriesFields.indexOf(field)]!,
    text: (name) => texts[name] ?? "",
    numberOf: (text) => numbers.get(text),
    get names() {
      return texts.length
    },
  }
}
