export const exportFormats = ["csv", "jsonl"] as const
export type ExportFormat = (typeof exportFormats)[number]

type Line = Readonly<Record<string, unknown>>

/**
 * A table as a file, written as fast as the client takes it. The first piece is asked for before anything is sent, so that a refusal is one;
 * later the connection breaks off, so that nobody takes half of it for all. `columns`: the head of CSV, where there may be no lines.
 */
export async function exportFile(
  name: string,
  format: ExportFormat,
  pieces: AsyncGenerator<readonly Line[]>,
  columns?: readonly string[],
): Promise<Response> {
  const encoder = new TextEncoder()
  let next: IteratorResult<readonly Line[]> | undefined = await pieces.next()
  let hasHead = format !== "csv"
  const headOf = (first: Line | undefined): string => {
    const names = columns ?? (first && Object.keys(first))
    if (hasHead || !names) return ""
    hasHead = true
    return `${names.map(cell).join(",")}\r\n`
  }
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      let text = ""
      let isOver = false
      // A stream that was given nothing is not asked again.
      while (text === "" && !isOver) {
        const { done, value } = next ?? (await pieces.next())
        next = undefined
        isOver = done === true
        const lines = done ? [] : value
        text = headOf(lines[0]) + lines.map((line) => lineText(line, format)).join("")
      }
      if (text !== "") controller.enqueue(encoder.encode(text))
      if (isOver) controller.close()
    },
    async cancel() {
      await pieces.return(undefined)
    },
  })
  return new Response(body, {
    headers: {
      "content-type": format === "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson",
      "content-disposition": `attachment; filename="${name}.${format}"`,
    },
  })
}

const lineText = (line: Line, format: ExportFormat): string =>
  format === "csv" ? `${Object.values(line).map(cell).join(",")}\r\n` : `${JSON.stringify(line)}\n`

/** A spreadsheet runs what begins like a formula; clients choose such texts (owasp.org, CSV injection). */
const formula = /^[=+\-@\t\r]/

export function cell(value: unknown): string {
  if (value === null) return ""
  if (typeof value === "number") return String(value)
  const text = typeof value === "string" ? value : JSON.stringify(value)
  const safe = formula.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
