import type { Statement } from "./executor.ts"
import { type PackedBatch, packEntries, packHashes } from "./packed-batch.ts"
import type { Rollup } from "./rollups.ts"

const insertBatch =
  "insert into generation_batches (id, bucket, first_at, last_at, count, entries) values (?, ?, ?, ?, ?, ?)"

const appendHashes = `insert into generation_ids (bucket, hashes) values (?, ?)
on conflict (bucket) do update set hashes = cast(hashes || excluded.hashes as blob)`

const upsertCounter = `insert into counters (key_id, spent_nano, requests) values (?, ?, ?)
on conflict (key_id) do update set spent_nano = spent_nano + excluded.spent_nano, requests = requests + excluded.requests`

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

/** Finds out whether a batch was written before. */
export const probeBatch = ({ id }: PackedBatch): Statement => ({
  sql: "select 1 as present from generation_batches where id = ?",
  args: [id],
})

/**
 * The whole transaction of a batch: its entries, then the rollups and counters they add up to. It begins with a plain insert, so that a
 * batch that is already there fails as a whole and is counted once.
 */
export const batchStatements = (batch: PackedBatch): Statement[] => {
  const { id, bucket, firstAt, lastAt, count, entries, hashes } = batch
  const statements: Statement[] = [
    { sql: insertBatch, args: [id, bucket, firstAt, lastAt, count, packEntries(entries)] },
    { sql: appendHashes, args: [bucket, packHashes(JSON.parse(hashes) as number[])] },
  ]
  const perKey = new Map<string, { costNano: number; requests: number }>()
  for (const row of JSON.parse(batch.rollups) as Rollup[]) {
    statements.push({
      sql: upsertRollup,
      args: [row.day, row.keyId, row.model, row.provider, ...rollupColumns.map(([, field]) => row[field])],
    })
    const sum = perKey.get(row.keyId) ?? { costNano: 0, requests: 0 }
    sum.costNano += row.costNano
    sum.requests += row.requests
    perKey.set(row.keyId, sum)
  }
  for (const [keyId, { costNano, requests }] of perKey)
    statements.push({ sql: upsertCounter, args: [keyId, costNano, requests] })
  return statements
}
