import { pageOf as anyPageOf } from "../fields/page.ts"

const sizes = { usual: 50, largest: 100 }

/** A page as OpenRouter has it. */
export const pageOf = <Row>(query: URLSearchParams, rows: readonly Row[], print: (row: Row) => unknown) =>
  anyPageOf(query, rows, print, sizes)
