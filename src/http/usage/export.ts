import type { UsageQuery, UsageRow } from "../../ledger/usage/types.ts"
import { usageLine } from "./row.ts"

export type ExportFormat = "csv" | "jsonl"

/** A table as a file, written as fast as the client takes it. The first piece is asked for before anything is sent, so that a refusal is one. */
export async function usageExport(
  query: UsageQuery,
  pieces: AsyncGenerator<readonly UsageRow[]>,
  format: ExportFormat,
): Promise<Response> {
  const encoder = new TextEncoder()
  const first = await pieces.next()
  let next: IteratorResult<readonly UsageRow[]> | undefined = first
  let hasHead = false
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const piece = next ?? (await pieces.next())
      next = undefined
      let text = ""
      if (format === "csv" && !hasHead) text += `${columnsOf(query).map(cell).join(",")}\r\n`
      hasHead = true
      if (piece.done) {
        if (text !== "") controller.enqueue(encoder.encode(text))
        controller.close()
        return
      }
      for (const row of piece.value) {
        const line = usageLine(row, query)
        text += format === "csv" ? `${Object.values(line).map(cell).join(",")}\r\n` : `${JSON.stringify(line)}\n`
      }
      controller.enqueue(encoder.encode(text))
    },
    async cancel() {
      await pieces.return(undefined)
    },
  })
  return new Response(body, {
    headers: {
      "content-type": format === "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson",
      "content-disposition": `attachment; filename="usage.${format}"`,
    },
  })
}

/** Those of a row, of which there may be none. */
function columnsOf(query: UsageQuery): readonly string[] {
  return Object.keys(usageLine(emptyRow(query), query))
}

const emptyRow = ({ resolution, groupBy }: UsageQuery): UsageRow =>
  ({
    ...(resolution ? { start: 0 } : {}),
    values: Object.fromEntries(groupBy.map((dimension) => [dimension, null])),
    kinds: {},
  }) as unknown as UsageRow

/** A spreadsheet runs what begins like a formula; clients choose such texts (owasp.org, CSV injection). */
const formula = /^[=+\-@\t\r]/

export function cell(value: string | number | null): string {
  if (value === null) return ""
  if (typeof value === "number") return String(value)
  const safe = formula.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
