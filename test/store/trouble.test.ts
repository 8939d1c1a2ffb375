import { afterAll, expect, test } from "bun:test"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { createClient } from "@libsql/client"
import Database from "libsql"
import { migrate } from "../../src/store/migrate.ts"
import { migrations } from "../../src/store/migrations.ts"
import type { Store } from "../../src/store/open-store.ts"
import { unpackEntries } from "../../src/store/packed-batch.ts"
import { remoteExecutor } from "../../src/store/remote-executor.ts"
import { openWorkerThread } from "../../src/store/worker-thread.ts"
import {
  fixedClock,
  generation,
  NOW,
  newFolder,
  openTestStore,
  recordingLog,
  removeFolders,
  rowCount,
  storedEntries,
  storedTotals,
  usageTotals,
} from "./support.ts"

afterAll(removeFolders)

/** Takes the write lock of the file as a foreign program would. */
const lock = (dataDir: string) => {
  const foreign = new Database(join(dataDir, "signalbox.db"))
  foreign.exec("begin immediate")
  return () => {
    foreign.exec("rollback")
    foreign.close()
  }
}

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

const fill = (store: Store, count: number, from = 0): void => {
  for (let index = from; index < from + count; index += 1)
    store.writer.append(generation({ id: `g${index}`, keyId: `key-${index % 3}`, costNano: 10 }), NOW)
}

test("a locked file degrades the store, rows are put aside, and each is counted once after the lock", async () => {
  const dataDir = newFolder()
  const store = await openTestStore(dataDir, { retryMs: 1_000_000 })
  fill(store, 30)
  await store.writer.flush()
  const unlock = lock(dataDir)
  fill(store, 30, 30)
  await store.writer.flush()
  expect(store.state()).toMatchObject({ status: "degraded", spilled: 30, queued: 0 })
  expect(store.state().reason).toContain("locked")
  expect(await rowCount(store)).toBe(30)
  expect(await store.writer.recover()).toBe(false)
  unlock()
  expect(await store.writer.recover()).toBe(true)
  fill(store, 30, 60)
  await store.writer.flush()
  expect(store.state()).toEqual({ status: "ok", queued: 0, spilled: 0, dropped: 0 })
  expect(await rowCount(store)).toBe(90)
  expect(await storedTotals(store)).toEqual({ "key-0": 300, "key-1": 300, "key-2": 300 })
  await store.close()
})

test("rows that were put aside until the end are in the database after the next start, once", async () => {
  const dataDir = newFolder()
  const store = await openTestStore(dataDir, { retryMs: 1_000_000 })
  const unlock = lock(dataDir)
  fill(store, 9)
  await store.close()
  unlock()
  const files = readdirSync(join(dataDir, "spill"))
  expect(files).toHaveLength(1)
  const kept = await Bun.file(join(dataDir, "spill", files[0]!)).text()
  const second = await openTestStore(dataDir)
  expect(await rowCount(second)).toBe(9)
  await second.close()
  // The program was killed after the last row and before the file was deleted: everything comes a second time.
  await Bun.write(join(dataDir, "spill", files[0]!), kept)
  const third = await openTestStore(dataDir)
  expect(await rowCount(third)).toBe(9)
  expect(await storedTotals(third)).toEqual({ "key-0": 30, "key-1": 30, "key-2": 30 })
  expect(third.writer.pending()).toEqual([])
  await third.close()
})

test.each([
  ["whose id is none", { id: null as unknown as string }],
  ["without a model", { model: null as unknown as string }],
  ["whose cost is no number", { costNano: Number.NaN }],
  ["that cannot be printed", { labels: { big: 1n } }],
])("a row %s is lost alone, and the store goes on", async (_, broken) => {
  const store = await openTestStore(newFolder(), { retryMs: 1_000_000 })
  fill(store, 1)
  store.writer.append(generation(broken), NOW)
  fill(store, 1, 1)
  await store.writer.flush()
  expect(store.state()).toEqual({ status: "ok", queued: 0, spilled: 0, dropped: 1 })
  expect((await storedEntries(store)).map((entry) => entry.generation.id)).toEqual(["g0", "g1"])
  expect(await storedTotals(store)).toEqual({ "key-0": 10, "key-1": 10 })
  await store.close()
})

test("a change during a lock is refused or waits, and never half done", async () => {
  const dataDir = newFolder()
  const store = await openTestStore(dataDir)
  const insert = { sql: "insert into settings (name, value) values ('a', '1')", args: [] }
  const unlock = lock(dataDir)
  expect(await failureOf(store.writer.commit([insert]))).toMatchObject({ code: "internal" })
  unlock()
  expect(await store.writer.commit([insert])).toEqual([1])
  const halves = [
    { sql: "delete from settings", args: [] },
    { sql: "insert into nowhere values (1)", args: [] },
  ]
  expect(await failureOf(store.writer.commit(halves))).toMatchObject({ code: "internal" })
  expect(await store.writer.query({ sql: "select value from settings", args: [] })).toEqual([{ value: "1" }])
  await store.close()
})

test("the thread of long reads cannot write", async () => {
  const store = await openTestStore(newFolder())
  expect(await failureOf(store.writer.query({ sql: "delete from settings", args: [] }))).toMatchObject({
    message: expect.stringContaining("readonly"),
  })
  await store.close()
})

test("a thread that was ended fails its open questions and is started again", async () => {
  const dataDir = newFolder()
  await (await openTestStore(dataDir)).close()
  const path = join(dataDir, "signalbox.db")
  const thread = openWorkerThread({ path, busyMs: 0, readOnly: true, alwaysDurable: false })
  const endless = "with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n where x < 0"
  const question = thread.ask({ kind: "query", statement: { sql: endless, args: [] } })
  thread.end("too slow")
  expect(await failureOf(question)).toMatchObject({ code: "WORKER_GONE", message: "too slow" })
  expect(await thread.ask({ kind: "query", statement: { sql: "select 1 as one", args: [] } })).toEqual([{ one: 1 }])
  await thread.close({ kind: "close" })
})

test("over a client: the same rows, and a batch that is there already is not counted again", async () => {
  const client = createClient({ url: ":memory:" })
  await migrate({ client, migrations, log: recordingLog(), clock: fixedClock() })
  const executor = remoteExecutor(client)
  const entries = [0, 1, 2].map((index) => ({
    settledAt: NOW,
    generation: generation({ id: `g${index}`, costNano: 7 }),
  }))
  await executor.apply({ id: "b1", bucket: 1, entries })
  await executor.apply({ id: "b1", bucket: 1, entries })
  await executor.apply({ id: "b2", bucket: 1, entries: entries.slice(0, 1) })
  const usage = () => usageTotals((query) => executor.usage({ query, pending: [] }))
  expect(await usage()).toEqual({ requests: 4, costNano: 28 })
  expect(await executor.compact()).toBe(true)
  expect(await executor.query({ sql: "select * from usage_deltas", args: [] })).toEqual([])
  expect(await usage()).toEqual({ requests: 4, costNano: 28 })
  const [total] = await executor.query({
    sql: "select spent_nano from spending where account = 'organisation' and day = 0",
    args: [],
  })
  expect(total).toEqual({ spent_nano: 28 })
  const bad = { settledAt: NOW, generation: generation({ model: null as unknown as string }) }
  expect(await failureOf(executor.apply({ id: "b3", bucket: 1, entries: [bad] }))).toMatchObject({ permanent: true })
  const [stored] = await executor.query({ sql: "select count, entries from generation_batches", args: [] })
  expect(stored?.count).toBe(3)
  expect(unpackEntries(stored?.entries)).toEqual(entries)
  expect(await executor.commit([{ sql: "delete from generation_batches where count > ?", args: [0] }])).toEqual([2])
  await executor.close()
})
