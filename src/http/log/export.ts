import type { LogCursor, LogFilter } from "../../ledger/log/types.ts"
import type { HttpServices } from "../services.ts"
import { cell } from "../usage/export.ts"
import { type ShownRow, shower } from "./rows.ts"

export type ExportFormat = "csv" | "jsonl"

/** Rows of a page, and how long may be looked for them. */
const pageRows = 1_000
const pageMs = 2_000

const cellOf = (value: unknown): string =>
  cell(value === null || typeof value === "number" || typeof value === "string" ? value : JSON.stringify(value))

const lineOf = (format: ExportFormat, row: ShownRow): string =>
  format === "csv" ? `${Object.values(row).map(cellOf).join(",")}\r\n` : `${JSON.stringify(row)}\n`

/** All requests that are meant, the newest first, a page after the other as fast as they are taken. */
export function exportLog(services: HttpServices, filter: LogFilter, format: ExportFormat): Response {
  const show = shower(services)
  const encoder = new TextEncoder()
  let before: LogCursor | undefined
  let isOver = false
  let hasHead = format !== "csv"
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        let text = ""
        while (text === "" && !isOver) {
          const question = { filter, limit: pageRows, budgetMs: pageMs, ...(before ? { before } : {}) }
          const { rows, next } = await services.log.search(question)
          before = next
          isOver = next === undefined
          const feedback = await services.feedback.of(rows.map(({ texts }) => texts.id))
          const shown = rows.map((row) => show(row, feedback.get(row.texts.id)))
          const [first] = shown
          if (first && !hasHead) {
            text += `${Object.keys(first).map(cellOf).join(",")}\r\n`
            hasHead = true
          }
          for (const row of shown) text += lineOf(format, row)
        }
        if (text !== "") controller.enqueue(encoder.encode(text))
        if (isOver) controller.close()
      } catch (thrown) {
        // What was sent already cannot be taken back: the connection breaks off, so that nobody takes half of it for all.
        controller.error(thrown)
      }
    },
  })
  return new Response(body, {
    headers: {
      "content-type": format === "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson",
      "content-disposition": `attachment; filename="log.${format}"`,
    },
  })
}
