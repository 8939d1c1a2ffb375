import { afterAll, expect, test } from "bun:test"
import { openGenerations } from "../../src/ledger/generations.ts"
import { generationsBetween } from "../../src/ledger/history.ts"
import { generation, NOW, newFolder, openTestStore, removeFolders } from "../store/support.ts"

afterAll(removeFolders)

const minute = 60_000

test("gives what finished between two moments, over many batches and pages, each once and in order", async () => {
  const store = await openTestStore(newFolder(), { flushMs: 1, queueRows: 100_000 })
  const ledger = openGenerations({ store })
  const many = 300
  for (let number = 0; number < many; number += 1) {
    ledger.record(generation({ id: `gen-${number}`, requestId: `req-${number}` }), NOW + number * minute)
    // Each is a transaction of its own, so that there are several pages.
    await store.writer.flush()
  }
  const ids = async (from: number, to: number) => {
    const found: string[] = []
    for await (const { id } of generationsBetween(store.writer.query, from, to)) found.push(id)
    return found
  }
  const named = (first: number, end: number) =>
    Array.from({ length: end - first }, (_, index) => `gen-${first + index}`)
  expect(await ids(0, Number.MAX_SAFE_INTEGER)).toEqual(named(0, many))
  expect(await ids(NOW + 10 * minute, NOW + 20 * minute)).toEqual(named(10, 20))
  expect(await ids(NOW + 290 * minute, Number.MAX_SAFE_INTEGER)).toEqual(named(290, many))
  expect(await ids(NOW + many * minute, Number.MAX_SAFE_INTEGER)).toEqual([])
  await store.close()
})

test("an empty ledger has no history", async () => {
  const store = await openTestStore(newFolder())
  const found: unknown[] = []
  for await (const one of generationsBetween(store.writer.query, 0, NOW)) found.push(one)
  expect(found).toEqual([])
  await store.close()
})
