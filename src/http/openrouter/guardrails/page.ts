import { QueryReader } from "../../lists/print.ts"

/** OpenRouter's: default and largest page. */
const pages = { usual: 50, largest: 100 }

/** A page of rows, and how many there are: OpenRouter's clients ask for the next page until one is short. */
export function pageOf<Row>(query: URLSearchParams, rows: readonly Row[], print: (row: Row) => unknown) {
  const read = new QueryReader(query)
  const offset = read.integer("offset", 0, Number.MAX_SAFE_INTEGER) ?? 0
  const limit = read.integer("limit", 1, pages.largest) ?? pages.usual
  return { data: rows.slice(offset, offset + limit).map(print), total_count: rows.length }
}
