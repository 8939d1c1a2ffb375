import { QueryReader } from "./query.ts"

/** How many rows a page has: usually, and at the most. */
export interface PageSizes {
  readonly usual: number
  readonly largest: number
}

/** Which rows a query asks for: `?offset=` and `?limit=`. */
export function pageIn(query: URLSearchParams, { usual, largest }: PageSizes) {
  const read = new QueryReader(query)
  const offset = read.integer("offset", 0, Number.MAX_SAFE_INTEGER) ?? 0
  return { offset, limit: read.integer("limit", 1, largest) ?? usual }
}

/** One page of a list that is in memory, and how many rows there are: clients ask for the next page until one is short. */
export function pageOf<Row>(
  query: URLSearchParams,
  rows: readonly Row[],
  print: (row: Row) => unknown,
  sizes: PageSizes,
): { readonly data: readonly unknown[]; readonly total_count: number } {
  const { offset, limit } = pageIn(query, sizes)
  return { data: rows.slice(offset, offset + limit).map(print), total_count: rows.length }
}
