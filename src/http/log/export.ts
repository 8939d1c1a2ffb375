import type { LogCursor, LogFilter } from "../../ledger/log/types.ts"
import type { HttpServices } from "../services.ts"
import { type ShownRow, shower } from "./rows.ts"

/** Rows of a page, and how long may be looked for them. */
const pageRows = 1_000
const pageMs = 2_000

/** All requests that are meant, the newest first, a page after the other. */
export async function* exportedLog(services: HttpServices, filter: LogFilter): AsyncGenerator<readonly ShownRow[]> {
  const show = shower(services)
  let before: LogCursor | undefined
  do {
    const { rows, next } = await services.log.search({
      filter,
      limit: pageRows,
      budgetMs: pageMs,
      ...(before ? { before } : {}),
    })
    const feedback = await services.feedback.of(rows.map(({ texts }) => texts.id))
    yield rows.map((row) => show(row, feedback.get(row.texts.id)))
    before = next
  } while (before)
}
