import type { Generation } from "../contract/generation.ts"
import type { Row, Statement } from "../store/executor.ts"
import { unpackEntries } from "../store/packed-batch.ts"

/** Reads the database, wherever it is open. */
export type Query = (statement: Statement) => Promise<readonly Row[]>

/** Batches are written in the order of time, and a bucket is named by the moment at which it was begun; so older ones need not be looked at. */
const page = `select number, entries from generation_batches
where bucket >= coalesce((select max(bucket) from generation_ids where bucket <= ?), 0) and number > ?
order by number limit ?`

/** About a thousand generations where there is much to do, a few where there is little. */
const batchesAtOnce = 50

/**
 * What finished between two moments (milliseconds UTC, the first inclusive), in about the order in which it was billed. Reads a page
 * at a time and keeps none, so a month of them takes no more memory than an hour.
 */
export async function* generationsBetween(query: Query, from: number, to: number): AsyncGenerator<Generation> {
  for (let last = 0; ; ) {
    const rows = await query({ sql: page, args: [from, last, batchesAtOnce] })
    for (const { entries } of rows)
      for (const { generation, settledAt } of unpackEntries(entries))
        if (settledAt >= from && settledAt < to) yield generation
    const final = rows.at(-1)
    if (final === undefined || rows.length < batchesAtOnce) return
    last = Number(final.number)
  }
}
