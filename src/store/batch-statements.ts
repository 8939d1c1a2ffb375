import type { Batch, Statement } from "./executor.ts"
import { generationArgs, insertGeneration } from "./generation-row.ts"
import { createRollupTable, type Rollup } from "./rollups.ts"
import { windowKinds, windowStart } from "./windows.ts"

const upsertCounter = `insert into counters (key_id, kind, starts_at, spent_nano, requests) values (?, ?, ?, ?, ?)
on conflict (key_id, kind, starts_at) do update set spent_nano = spent_nano + excluded.spent_nano, requests = requests + excluded.requests`

const rollupColumns = [
  ["requests", "requests"],
  ["failed", "failed"],
  ["cancelled", "cancelled"],
  ["input_tokens", "inputTokens"],
  ["cache_read_tokens", "cacheReadTokens"],
  ["cache_write_tokens", "cacheWriteTokens"],
  ["output_tokens", "outputTokens"],
  ["reasoning_tokens", "reasoningTokens"],
  ["cost_nano", "costNano"],
] as const satisfies readonly (readonly [string, keyof Rollup])[]

const upsertRollup = `insert into usage_rollups (day, key_id, model, provider, ${rollupColumns.map(([name]) => name).join(", ")})
values (?, ?, ?, ?, ${rollupColumns.map(() => "?").join(", ")})
on conflict (day, key_id, model, provider) do update set ${rollupColumns.map(([name]) => `${name} = ${name} + excluded.${name}`).join(", ")}`

/** The name under which the n-th row of a batch is stored, the same at every try. */
export const entryName = (batch: Batch, position: number): string => `${batch.id}.${position}`

/** Finds out whether a batch was written before: its first row is there exactly when all of it is. */
export const probeBatch = (batch: Batch): Statement => ({
  sql: "select 1 as present from generations where entry = ?",
  args: [entryName(batch, 0)],
})

/**
 * The whole transaction of a batch: its rows, then the counters and rollups they add up to. The rows are plain inserts, so that a
 * batch that is already there fails as a whole and is counted once.
 */
export const batchStatements = (batch: Batch): Statement[] => {
  const statements: Statement[] = batch.entries.map((entry, position) => ({
    sql: insertGeneration,
    args: generationArgs(entryName(batch, position), batch.bucket, entry),
  }))
  const table = createRollupTable()
  for (const entry of batch.entries) table.add(entry)
  const perKeyAndDay = new Map<string, { keyId: string; day: number; costNano: number; requests: number }>()
  for (const row of table.rows()) {
    statements.push({
      sql: upsertRollup,
      args: [row.day, row.keyId, row.model, row.provider, ...rollupColumns.map(([, field]) => row[field])],
    })
    const name = `${row.day} ${row.keyId}`
    const sum = perKeyAndDay.get(name) ?? { keyId: row.keyId, day: row.day, costNano: 0, requests: 0 }
    sum.costNano += row.costNano
    sum.requests += row.requests
    perKeyAndDay.set(name, sum)
  }
  for (const { keyId, day, costNano, requests } of perKeyAndDay.values())
    for (const kind of windowKinds)
      statements.push({ sql: upsertCounter, args: [keyId, kind, windowStart(kind, day), costNano, requests] })
  return statements
}
