import { afterAll, expect, test } from "bun:test"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import type { LogPage } from "../../../src/ledger/log/types.ts"
import { NOW, newFolder, openTestStore, removeFolders } from "../../store/support.ts"
import { anyLog, idsOf, indexOf, numbers, page, record, smallSegment, varied } from "./support.ts"

afterAll(removeFolders)

const start = async (count: number) => {
  const random = numbers(11)
  const dataDir = newFolder()
  const store = await openTestStore(dataDir, { queueRows: 100_000 })
  const entries = Array.from({ length: count }, (_, number) => varied(number, random))
  const ids = entries.map(({ generation }) => generation.id).reverse()
  return { random, dataDir, store, entries, ids }
}

test("pages follow each other without a gap or a double while requests arrive", async () => {
  const { random, dataDir, store, entries, ids } = await start(500)
  await record(store, entries.slice(0, 300), random)
  const index = indexOf(store, dataDir)
  const found: string[] = []
  let next: LogPage["next"]
  let arrived = 300
  do {
    const one = await page(index, anyLog, { limit: 7, ...(next ? { before: next } : {}) })
    found.push(...idsOf(one.rows))
    next = one.next
    await record(store, entries.slice(arrived, arrived + 4), random)
    arrived += 4
  } while (next)
  expect(found).toEqual(ids.slice(-300))
  index.close()
  await store.close()
})

test("a page that takes too long ends early, and its cursor goes on where it ended", async () => {
  const { random, dataDir, store, entries } = await start(500)
  await record(store, entries, random)
  let time = 0
  const index = indexOf(store, dataDir, () => (time += 10))
  const filter = { ...anyLog, conditions: [{ columns: ["id"], values: ["gen-3", "gen-480"] }] }
  const found: string[] = []
  let pages = 0
  for (let next: LogPage["next"]; pages === 0 || next; pages += 1) {
    const one = await page(index, filter, { limit: 50, budgetMs: 15, ...(next ? { before: next } : {}) })
    found.push(...idsOf(one.rows))
    next = one.next
  }
  expect(found).toEqual(["gen-480", "gen-3"])
  expect(pages).toBeGreaterThan(2)
  index.close()
  await store.close()
})

test("a log that ends in the middle of being filled goes on where it was", async () => {
  const { random, dataDir, store, entries, ids } = await start(500)
  await record(store, entries, random)
  for (let run = 0; run < 6; run += 1) {
    const index = indexOf(store, dataDir)
    await index.ask({ kind: "step", rows: 70 })
    // What is in memory only is lost with it.
    index.close()
  }
  const index = indexOf(store, dataDir)
  expect(idsOf((await page(index, anyLog)).rows)).toEqual(ids)
  index.close()
  await store.close()
})

test("a file that is damaged is made anew from the ledger", async () => {
  const { random, dataDir, store, entries, ids } = await start(3 * smallSegment)
  await record(store, entries, random)
  writeFileSync(join(dataDir, "log.db"), "this was a database once, and then somebody wrote over it".repeat(100))
  const index = indexOf(store, dataDir)
  expect(idsOf((await page(index, anyLog)).rows)).toEqual(ids)
  index.close()
  await store.close()
})

test("a batch of the ledger that cannot be read is missing, and nothing else is", async () => {
  const { random, dataDir, store, entries } = await start(200)
  await record(store, entries.slice(0, 100), random)
  const damage =
    "update generation_batches set entries = x'00' where number = (select max(number) from generation_batches)"
  const [{ count }] = (await store.writer.query({
    sql: "select count from generation_batches order by number desc limit 1",
    args: [],
  })) as unknown as [{ count: number }]
  await store.writer.commit([{ sql: damage, args: [] }])
  await record(store, entries.slice(100), random)
  const index = indexOf(store, dataDir)
  expect((await page(index, anyLog)).rows).toHaveLength(200 - count)
  index.close()
  await store.close()
})

test("segments that are over their time go, and the rest stays", async () => {
  const { random, dataDir, store, entries } = await start(500)
  await record(store, entries, random)
  const index = indexOf(store, dataDir)
  await index.ask({ kind: "step", rows: 1_000 })
  await index.ask({ kind: "remove", before: NOW + 300_000 })
  const kept = async () => idsOf((await page(index, { ...anyLog, from: NOW + 300_000 })).rows)
  const wanted = entries.filter(({ settledAt }) => settledAt >= NOW + 300_000).map(({ generation }) => generation.id)
  expect(await kept()).toEqual(wanted.reverse())
  const { rows } = await page(index, anyLog)
  expect(rows.length).toBeLessThan(wanted.length + 2 * smallSegment)
  index.close()
  await store.close()
})
