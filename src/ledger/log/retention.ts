import type { Store } from "../../store/open-store.ts"

/** Batches that go in one transaction: a few milliseconds of the writer's time. */
const batchesAtOnce = 100

/** The newest batch stays, because numbers are counted on from it. */
const removeBatches = `delete from generation_batches where number in (select number from generation_batches
where last_at < ? and number < (select max(number) from generation_batches) order by number limit ${batchesAtOnce})`

const removeIds = "delete from generation_ids where bucket < coalesce((select min(bucket) from generation_batches), 0)"

/** Removes what was billed before a moment, a little at a time, so that what is written meanwhile hardly waits. Gives how many batches went. */
export async function removeOldBatches(store: Store, before: number): Promise<number> {
  let removed = 0
  for (;;) {
    const [batches = 0] = await store.writer.commit([{ sql: removeBatches, args: [before] }])
    removed += batches
    if (batches < batchesAtOnce) break
  }
  if (removed > 0) await store.writer.commit([{ sql: removeIds, args: [] }])
  return removed
}
