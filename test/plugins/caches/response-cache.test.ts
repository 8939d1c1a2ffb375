import { expect, test } from "bun:test"
import { memoryRows } from "../../../src/host/memory-rows.ts"
import { SharedValues } from "../../../src/host/shared.ts"
import { createPluginRows } from "../../../src/store/plugin-rows.ts"
import { ManualTime } from "../../host/kit.ts"
import { newFolder, openTestStore, recordingLog, removeFolders } from "../../store/support.ts"
import { cacheOf, entry, query } from "./kit.ts"

test("an answer is given until its time is over, from memory and from behind it", async () => {
  for (const memory_megabytes of [64, 0]) {
    const { cache, time } = await cacheOf("response-cache", { memory_megabytes })
    await cache.store(query("a"), entry("x", { expiresAt: time.now() + 1_000 }))
    time.advance(999)
    expect(await cache.lookup(query("a"))).toMatchObject({ sourceId: "gen-1" })
    time.advance(1)
    expect(await cache.lookup(query("a"))).toBeUndefined()
    expect(await cache.stats?.()).toMatchObject({ hits: 1, misses: 1, backend: "store" })
  }
})

test("the memory keeps to its bound, and what it lets go of is found behind it", async () => {
  const { cache } = await cacheOf("response-cache", { memory_megabytes: 1 })
  const large = "x".repeat(100_000)
  for (let at = 0; at < 20; at++) await cache.store(query(`k${at}`), entry(large))
  const stats = await cache.stats!()
  expect(stats.memory_bytes as number).toBeLessThanOrEqual(1 << 20)
  expect(stats.memory_entries).toBe(5)
  expect(stats.entries).toBe(20)
  expect(await cache.lookup(query("k0"))).toBeDefined()
  // One that is larger than all of the memory.
  await cache.store(query("huge"), entry("y".repeat(1 << 20)))
  expect(await cache.lookup(query("huge"))).toBeDefined()
  expect((await cache.stats!()).memory_entries).toBe(5)
})

test("what was used last stays in memory", async () => {
  const time = new ManualTime()
  let reads = 0
  const behind = memoryRows(time)({ bytes: 1e9 })
  const get = (key: string) => {
    reads += 1
    return behind.get(key)
  }
  const rows = { ...behind, get }
  const { cache } = await cacheOf("response-cache", { memory_megabytes: 1 }, { time, rows })
  const large = "x".repeat(200_000)
  for (const name of ["a", "b"]) await cache.store(query(name), entry(large))
  await cache.lookup(query("a"))
  await cache.store(query("c"), entry(large))
  expect(reads).toBe(0)
  await cache.lookup(query("a"))
  expect(reads).toBe(0)
  await cache.lookup(query("b"))
  expect(reads).toBe(1)
})

test("answers survive a restart, in the store", async () => {
  const dataDir = newFolder()
  const time = new ManualTime()
  for (const round of [1, 2]) {
    const store = await openTestStore(dataDir, { clock: time })
    const stores = createPluginRows({ store, clock: time, log: recordingLog(), flushMs: 60_000 })
    const rows = stores.open("response-cache", { bytes: 1e9 })
    const { cache, dispose } = await cacheOf("response-cache", {}, { time, rows })
    // Nobody waits for it; the end of the plugin does.
    if (round === 1) void cache.store(query("a"), entry("kept 🙂"))
    else expect(await cache.lookup(query("a"))).toEqual(entry("kept 🙂"))
    await dispose()
    await stores.flush()
    await store.close()
  }
  removeFolders()
})

test("the memory outlives a reload with other options, within its new bound", async () => {
  const shared = new SharedValues()
  const first = await cacheOf("response-cache", {}, { shared })
  await first.cache.store(query("a"), entry("x"))
  const second = await cacheOf("response-cache", { memory_megabytes: 0 }, { shared })
  await first.dispose()
  expect(await second.cache.lookup(query("a"))).toBeUndefined()
  const third = await cacheOf("response-cache", { memory_megabytes: 1 }, { shared })
  await third.cache.store(query("b"), entry("x"))
  const fourth = await cacheOf("response-cache", { memory_megabytes: 2 }, { shared })
  expect(await fourth.cache.lookup(query("b"))).toBeDefined()
})

test("a row that is damaged, or of another version, is a miss", async () => {
  const time = new ManualTime()
  const rows = memoryRows(time)({ bytes: 1e9 })
  const { cache } = await cacheOf("response-cache", {}, { time, rows })
  await rows.put("damaged", new Uint8Array([1, 2, 3]))
  await rows.put("other", Bun.zstdCompressSync(JSON.stringify({ form: 999, entry: entry("x") })))
  expect(await cache.lookup(query("damaged"))).toBeUndefined()
  expect(await cache.lookup(query("other"))).toBeUndefined()
})

test("what is purged while it is being read does not come back", async () => {
  const time = new ManualTime()
  const behind = memoryRows(time)({ bytes: 1e9 })
  const opened = Promise.withResolvers<void>()
  const reading = Promise.withResolvers<void>()
  const rows = {
    ...behind,
    async get(key: string) {
      const found = await behind.get(key)
      reading.resolve()
      await opened.promise
      return found
    },
  }
  const { cache } = await cacheOf("response-cache", {}, { time, rows })
  const filler = await cacheOf("response-cache", {}, { time, rows })
  await filler.cache.store(query("a"), entry("x"))
  const looking = cache.lookup(query("a"))
  await reading.promise
  await cache.purge?.({})
  opened.resolve()
  expect(await looking).toBeUndefined()
  expect(await cache.lookup(query("a"))).toBeUndefined()
  // Nor what is being stored: it is compressed before it is written.
  const storing = cache.store(query("b"), entry("x"))
  await cache.purge?.({})
  await storing
  expect(await cache.lookup(query("b"))).toBeUndefined()
})
