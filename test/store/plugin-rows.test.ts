import { afterAll, expect, test } from "bun:test"
import { memoryRows } from "../../src/host/memory-rows.ts"
import { createPluginRows } from "../../src/store/plugin-rows.ts"
import { fixedClock, newFolder, openTestStore, recordingLog, removeFolders } from "./support.ts"

afterAll(removeFolders)

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (value: Uint8Array | undefined) => value && new TextDecoder().decode(value)

async function open(dataDir = newFolder(), clock = fixedClock(), more: { waitingBytes?: number } = {}) {
  const store = await openTestStore(dataDir, { clock })
  const log = recordingLog()
  const stores = createPluginRows({ store, clock, log, flushMs: 60_000, ...more })
  return { dataDir, clock, store, stores, log, rows: stores.open("mine", { bytes: 1_000_000 }) }
}

test("a row is found before and after it is written, by its own plugin only, until its time is over", async () => {
  const { rows, stores, clock, store } = await open()
  await rows.put("a", bytes("one"), { ttlMs: 1_000 })
  await rows.put("a", bytes("two"), { ttlMs: 1_000 })
  await rows.put("for ever", bytes("x"))
  for (const written of [false, true]) {
    if (written) await stores.flush()
    expect(text((await rows.get("a"))?.value)).toBe("two")
    expect(await stores.open("other", { bytes: 1 }).get("a")).toBeUndefined()
  }
  clock.time += 1_000
  expect(await rows.get("a")).toBeUndefined()
  expect(text((await rows.get("for ever"))?.value)).toBe("x")
  await rows.put("b", bytes("y"))
  expect(await rows.count()).toEqual({ rows: 2, bytes: 2 })
  await store.close()
})

test("rows survive a restart, with their vectors", async () => {
  const { rows, stores, store, dataDir, clock } = await open()
  await rows.put("a", bytes("one"), { vector: { group: "g", values: Float32Array.of(1, 2, 3) } })
  await stores.flush()
  await store.close()
  const again = await open(dataDir, clock)
  expect(text((await again.rows.get("a"))?.value)).toBe("one")
  const [near] = await again.rows.nearest("g", Float32Array.of(1, 2, 3), 1)
  expect([near?.key, text(near?.value)]).toEqual(["a", "one"])
  expect(near?.similarity).toBeCloseTo(1, 5)
  await again.store.close()
})

test("beyond the bounds the rows that would be gone soonest go", async () => {
  const { stores, store } = await open()
  const rows = stores.open("mine", { bytes: 10_000, rows: 5 })
  for (let at = 0; at < 20; at++) await rows.put(`k${at}`, bytes("x"), { ttlMs: 1_000 + at })
  await stores.flush()
  expect(await rows.count()).toEqual({ rows: 4, bytes: 4 })
  expect(await rows.get("k15")).toBeUndefined()
  expect(await rows.get("k16")).toBeDefined()
  for (let at = 0; at < 4; at++) await rows.put(`large${at}`, new Uint8Array(4_000), { ttlMs: 5_000 + at })
  await stores.flush()
  const { rows: left, bytes: size } = await rows.count()
  expect(left).toBeGreaterThan(0)
  expect(size).toBeLessThanOrEqual(10_000)
  expect(await rows.get("large3")).toBeDefined()
  await store.close()
})

test("deleting reaches rows that are written, that wait, and that are just being written", async () => {
  const { rows, stores, store } = await open()
  const put = (key: string, owner: string, topic: string) => rows.put(key, bytes(key), { owner, topic })
  await put("written", "ada", "m1")
  await put("kept", "bob", "m1")
  await stores.flush()
  await put("flying", "ada", "m1")
  const flying = stores.flush()
  await put("waiting", "ada", "m2")
  expect(await rows.delete({ owner: "ada" })).toBeGreaterThanOrEqual(2)
  await flying
  await stores.flush()
  for (const key of ["written", "flying", "waiting"]) expect(await rows.get(key)).toBeUndefined()
  expect(await rows.delete({ owner: "bob", topic: "m2" })).toBe(0)
  expect(await rows.get("kept")).toBeDefined()
  expect(await rows.delete({ key: "kept" })).toBe(1)
  expect(await rows.count()).toEqual({ rows: 0, bytes: 0 })
  await store.close()
})

test("more than the store can write is lost, loudly, and what was taken is not", async () => {
  const { rows, log, store } = await open(undefined, undefined, { waitingBytes: 10 })
  await rows.put("a", bytes("12345678"))
  await rows.put("b", bytes("12345678"))
  expect(await rows.get("a")).toBeDefined()
  expect(await rows.get("b")).toBeUndefined()
  expect(log.lines).toMatchObject([{ level: "warn" }])
  await store.close()
})

test("a value is a copy: whoever gave it may use its bytes again", async () => {
  const { rows, store } = await open()
  const given = bytes("one")
  await rows.put("a", given)
  given.fill(0)
  expect(text((await rows.get("a"))?.value)).toBe("one")
  await store.close()
})

test("the nearest are those of the group, in order, the same in memory, in the database, and without one", async () => {
  const { rows, stores, store, clock } = await open()
  const inMemory = memoryRows(clock)({ bytes: 1_000_000 })
  const vectors: Record<string, readonly number[]> = {
    same: [2, 4, 6],
    near: [1, 2, 2.5],
    far: [-1, 0, 1],
    back: [-1, -2, -3],
  }
  for (const target of [rows, inMemory]) {
    for (const [key, values] of Object.entries(vectors))
      await target.put(key, bytes(key), { vector: { group: "g", values: Float32Array.from(values) }, ttlMs: 1_000 })
    await target.put("elsewhere", bytes(""), { vector: { group: "h", values: Float32Array.of(1, 2, 3) } })
    await target.put("plain", bytes(""))
  }
  const found = async (from: typeof rows) =>
    (await from.nearest("g", Float32Array.of(1, 2, 3), 3)).map(({ key, similarity }) => [key, similarity.toFixed(4)])
  const expected = await found(inMemory)
  expect(expected.map(([key]) => key)).toEqual(["same", "near", "far"])
  expect(await found(rows)).toEqual(expected)
  await stores.flush()
  expect(await found(rows)).toEqual(expected)
  // One that was put again since counts with its new vector.
  await rows.put("far", bytes("far"), { vector: { group: "g", values: Float32Array.of(1, 2, 3.01) }, ttlMs: 1_000 })
  expect((await found(rows)).map(([key]) => key)).toEqual(["same", "far", "near"])
  clock.time += 1_000
  expect(await found(rows)).toEqual([])
  expect(await found(inMemory)).toEqual([])
  await store.close()
})
