import type { Statement } from "./executor.ts"
import { type PackedBatch, packEntries, packHashes } from "./packed-batch.ts"
import type { Spending } from "./spending.ts"
import { packDelta } from "./usage/delta.ts"

const insertBatch =
  "insert into generation_batches (id, bucket, first_at, last_at, count, entries) values (?, ?, ?, ?, ?, ?)"

const appendHashes = `insert into generation_ids (bucket, hashes) values (?, ?)
on conflict (bucket) do update set hashes = cast(hashes || excluded.hashes as blob)`

const upsertSpending = `insert into spending (account, day, spent_nano, byok_nano, requests) values (?, ?, ?, ?, ?)
on conflict (account, day) do update set spent_nano = spent_nano + excluded.spent_nano, byok_nano = byok_nano + excluded.byok_nano,
requests = requests + excluded.requests`

/** The day of what was spent since ever. */
const everDay = 0

const insertDelta = "insert into usage_deltas (count, rows) values (?, ?)"

/** Finds out whether a batch was written before. */
export const probeBatch = ({ id }: PackedBatch): Statement => ({
  sql: "select 1 as present from generation_batches where id = ?",
  args: [id],
})

/**
 * The whole transaction of a batch: its entries, then what they add to usage and spending. It begins with a plain insert, so that a
 * batch that is already there fails as a whole and is counted once.
 */
export const batchStatements = (batch: PackedBatch): Statement[] => {
  const { id, bucket, firstAt, lastAt, count, entries, hashes } = batch
  const statements: Statement[] = [
    { sql: insertBatch, args: [id, bucket, firstAt, lastAt, count, packEntries(entries)] },
    { sql: appendHashes, args: [bucket, packHashes(JSON.parse(hashes) as number[])] },
    { sql: insertDelta, args: [count, packDelta(batch.usage)] },
  ]
  const ever = new Map<string, Spending>()
  for (const row of JSON.parse(batch.spending) as Spending[]) {
    statements.push(spendingStatement(row))
    const sum = ever.get(row.account)
    if (sum === undefined) ever.set(row.account, { ...row, day: everDay })
    else {
      sum.spentNano += row.spentNano
      sum.byokNano += row.byokNano
      sum.requests += row.requests
    }
  }
  for (const sum of ever.values()) statements.push(spendingStatement(sum))
  return statements
}

const spendingStatement = ({ account, day, spentNano, byokNano, requests }: Spending): Statement => ({
  sql: upsertSpending,
  args: [account, day, spentNano, byokNano, requests],
})
