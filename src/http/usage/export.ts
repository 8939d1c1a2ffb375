import type { UsageQuery, UsageRow } from "../../ledger/usage/types.ts"
import { type ExportFormat, exportFile } from "../export.ts"
import { usageLine } from "./row.ts"

export const usageExport = (
  query: UsageQuery,
  pieces: AsyncGenerator<readonly UsageRow[]>,
  format: ExportFormat,
): Promise<Response> => exportFile("usage", format, linesOf(query, pieces), columnsOf(query))

async function* linesOf(query: UsageQuery, pieces: AsyncGenerator<readonly UsageRow[]>) {
  for await (const rows of pieces) yield rows.map((row) => usageLine(row, query))
}

/** Those of a row, of which there may be none. */
const columnsOf = (query: UsageQuery): readonly string[] => Object.keys(usageLine(emptyRow(query), query))

const emptyRow = ({ resolution, groupBy }: UsageQuery): UsageRow =>
  ({
    ...(resolution ? { start: 0 } : {}),
    values: Object.fromEntries(groupBy.map((dimension) => [dimension, null])),
    kinds: {},
  }) as unknown as UsageRow
