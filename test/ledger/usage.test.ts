import { afterAll, expect, test } from "bun:test"
import { join } from "node:path"
import Database from "libsql"
import { emptyUsage } from "../../src/contract/usage.ts"
import { sumUsage } from "../../src/ledger/usage.ts"
import type { Store } from "../../src/store/open-store.ts"
import { generation, newFolder, openTestStore, removeFolders } from "../store/support.ts"

afterAll(removeFolders)

const at = (text: string): number => Date.parse(`${text}Z`)
const JANUARY = at("2026-01-31T23:59:59.999")
const FEBRUARY = at("2026-02-01T00:00:00.000")

const fill = (store: Store): void => {
  store.writer.append(generation({ keyId: "a", model: "m1", costNano: 10 }), JANUARY)
  store.writer.append(generation({ keyId: "a", model: "m1", costNano: 20, status: 502 }), FEBRUARY)
  store.writer.append(generation({ keyId: "a", model: "m2", costNano: 40, cancelled: true }), FEBRUARY)
  store.writer.append(
    generation({
      keyId: "b",
      model: "m1",
      costNano: 80,
      usage: {
        input: { ...emptyUsage.input, fresh: 1, cacheRead: 2, cacheWrite: 4, cacheWrite1h: 8 },
        output: { ...emptyUsage.output, text: 16, reasoning: 32 },
      },
    }),
    at("2026-02-03T10:00:00"),
  )
}
const range = { from: at("2026-01-01T00:00:00"), to: at("2026-12-31T00:00:00") }

test("sums by day, month, key and model, each adding up to the same", async () => {
  const store = await openTestStore(newFolder())
  fill(store)
  const [all] = await sumUsage(store, { ...range, groupBy: [] })
  expect(all).toEqual({
    requests: 4,
    failed: 1,
    cancelled: 1,
    inputTokens: 30 + 15,
    cacheReadTokens: 2,
    cacheWriteTokens: 12,
    outputTokens: 15 + 48,
    reasoningTokens: 32,
    costNano: 150,
  })
  const months = await sumUsage(store, { ...range, groupBy: ["month"] })
  expect(months.map(({ month, costNano }) => [month, costNano])).toEqual([
    [at("2026-01-01T00:00:00"), 10],
    [at("2026-02-01T00:00:00"), 140],
  ])
  const days = await sumUsage(store, { ...range, groupBy: ["day"], keyId: "a" })
  expect(days.map(({ day, costNano }) => [day, costNano])).toEqual([
    [at("2026-01-31T00:00:00"), 10],
    [FEBRUARY, 60],
  ])
  const keys = await sumUsage(store, { ...range, groupBy: ["key", "model"] })
  expect(keys.map(({ keyId, model, costNano }) => [keyId, model, costNano])).toEqual([
    ["b", "m1", 80],
    ["a", "m2", 40],
    ["a", "m1", 30],
  ])
  expect(await sumUsage(store, { from: FEBRUARY, to: FEBRUARY, groupBy: [], keyId: "b" })).toEqual([])
  await store.close()
})

test("rows that the database could not take yet are counted, once, before and after it did", async () => {
  const dataDir = newFolder()
  const store = await openTestStore(dataDir, { retryMs: 1_000_000 })
  fill(store)
  await store.writer.flush()
  const foreign = new Database(join(dataDir, "signalbox.db"))
  foreign.exec("begin immediate")
  fill(store)
  const during = await sumUsage(store, { ...range, groupBy: ["key"] })
  expect(store.state().spilled).toBe(4)
  expect(during.map(({ keyId, requests, costNano }) => [keyId, requests, costNano])).toEqual([
    ["b", 2, 160],
    ["a", 6, 140],
  ])
  foreign.exec("rollback")
  foreign.close()
  await store.writer.recover()
  expect(await sumUsage(store, { ...range, groupBy: ["key"] })).toEqual(during)
  await store.close()
})
