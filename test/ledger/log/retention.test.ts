import { afterAll, expect, test } from "bun:test"
import { openGenerations } from "../../../src/ledger/generations.ts"
import { openFeedback } from "../../../src/ledger/log/feedback.ts"
import { openLog } from "../../../src/ledger/log/log.ts"
import { fixedClock, NOW, newFolder, openTestStore, recordingLog, removeFolders } from "../../store/support.ts"
import { anyLog, idsOf, numbers, record, varied } from "./support.ts"

afterAll(removeFolders)

const dayMs = 86_400_000

test("what is over its time leaves ledger, ids, log and feedback, and nothing else does", async () => {
  const random = numbers(5)
  const dataDir = newFolder()
  const store = await openTestStore(dataDir, { queueRows: 100_000 })
  const clock = fixedClock(NOW + 10 * dayMs)
  const generations = openGenerations({ store, recentBytes: 0 })
  const feedback = openFeedback({ store, generations, clock })
  let retentionDays: number | undefined
  const later: number[] = []
  const log = openLog({
    dataDir,
    store,
    feedback,
    clock,
    after: (milliseconds, run) => {
      later.push(milliseconds)
      if (later.length === 1) run()
      return () => later.splice(0)
    },
    log: recordingLog(),
    retentionDays: () => retentionDays,
  })
  // Soon after the start, and then every hour.
  expect(later).toEqual([60_000, 3_600_000])
  const old = Array.from({ length: 300 }, (_, number) => varied(number, random))
  const fresh = Array.from({ length: 50 }, (_, index) => {
    const entry = varied(300 + index, random)
    const settledAt = NOW + 9 * dayMs + index
    return { settledAt, generation: { ...entry.generation, createdAt: settledAt - entry.generation.durationMs } }
  })
  await record(store, [...old, ...fresh], random)
  await feedback.put("gen-7", "any", { thumbs: "up" })
  await feedback.put("gen-320", "any", { thumbs: "up" })
  const found = async () => idsOf((await log.search({ filter: anyLog, limit: 1_000, budgetMs: 1e9 })).rows)
  const batches = async () => Number((await count(store, "generation_batches"))?.n)
  const before = await batches()

  await log.sweep()
  expect([await batches(), (await found()).length]).toEqual([before, 350])

  retentionDays = 5
  expect(await found()).toHaveLength(50)
  await log.sweep()
  expect(await batches()).toBeLessThan(before / 2)
  expect(await found()).toEqual(fresh.map(({ generation }) => generation.id).reverse())
  expect(await feedback.find("gen-7")).toBeUndefined()
  expect(await feedback.find("gen-320")).toEqual({ thumbs: "up" })
  expect(await generations.find("gen-7", "any")).toBeUndefined()
  expect((await generations.find("gen-320", "any"))?.id).toBe("gen-320")

  // The newest batch stays however old it is, because the next one is numbered after it.
  clock.time += 100 * dayMs
  await log.sweep()
  expect(await batches()).toBe(1)
  expect(await found()).toEqual([])
  await record(store, [{ ...fresh[0]!, settledAt: clock.time }], random)
  expect(await found()).toEqual(["gen-300"])
  await log.close()
  expect(later).toEqual([])
  await store.close()
})

const count = async (store: Awaited<ReturnType<typeof openTestStore>>, table: string) =>
  (await store.writer.query({ sql: `select count(*) as n from ${table}`, args: [] }))[0]
