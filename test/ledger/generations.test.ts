import { afterAll, expect, test } from "bun:test"
import { openGenerations } from "../../src/ledger/generations.ts"
import { idHash } from "../../src/store/packed-batch.ts"
import { generation, NOW, newFolder, openTestStore, removeFolders, rowCount } from "../store/support.ts"

afterAll(removeFolders)

test("a generation is found right after it was recorded, before anything is written", async () => {
  const store = await openTestStore(newFolder(), { flushMs: 1_000_000 })
  const ledger = openGenerations({ store })
  const recorded = generation({ id: "gen-1", requestId: "req-1", upstreamId: "up-1" })
  expect(ledger.record(recorded, NOW)).toBeUndefined()
  expect(store.state().queued).toBe(1)
  for (const id of ["gen-1", "req-1", "up-1"]) expect(await ledger.find(id, "any")).toBe(recorded)
  expect(await ledger.find("gen-2", "any")).toBeUndefined()
  await store.close()
})

test("later it is read from the store, whole, by each of its ids", async () => {
  const dataDir = newFolder()
  const first = await openTestStore(dataDir)
  const recorded = generation({ id: "gen-1", requestId: "req-1", upstreamId: "up-1", labels: { team: "a" } })
  const native = generation({ id: "same", requestId: "req-2", upstreamId: "same" })
  const ledger = openGenerations({ store: first })
  ledger.record(recorded, NOW)
  ledger.record(native, NOW)
  await first.close()
  const store = await openTestStore(dataDir)
  const later = openGenerations({ store })
  for (const id of ["gen-1", "req-1", "up-1"]) expect(await later.find(id, "any")).toStrictEqual(recorded)
  expect(await later.find("same", "any")).toStrictEqual(native)
  await store.close()
})

test("a key sees its own generations only, also when an upstream repeats an id", async () => {
  const dataDir = newFolder()
  const mine = generation({ id: "chatcmpl-1", keyId: "key-a", costNano: 1 })
  const theirs = generation({ id: "chatcmpl-1", keyId: "key-b", costNano: 2 })
  const newest = generation({ id: "chatcmpl-1", keyId: "key-a", costNano: 3 })
  const first = await openTestStore(dataDir)
  const ledger = openGenerations({ store: first })
  const checkScopes = async (from: typeof ledger): Promise<void> => {
    expect(await from.find("chatcmpl-1", { keyId: "key-a" })).toStrictEqual(newest)
    expect(await from.find("chatcmpl-1", { keyId: "key-b" })).toStrictEqual(theirs)
    expect(await from.find("chatcmpl-1", { keyId: "key-c" })).toBeUndefined()
    expect(await from.find("chatcmpl-1", "any")).toStrictEqual(newest)
  }
  ledger.record(mine, NOW)
  ledger.record(theirs, NOW + 1)
  ledger.record(newest, NOW + 2)
  await checkScopes(ledger)
  await first.close()
  const store = await openTestStore(dataDir)
  await checkScopes(openGenerations({ store }))
  expect(await rowCount(store)).toBe(3)
  await store.close()
})

test("the memory of the latest is bounded, and what falls out of it is read from the store", async () => {
  const store = await openTestStore(newFolder(), { queueRows: 10_000 })
  const ledger = openGenerations({ store, recentBytes: 20_000 })
  for (let index = 0; index < 3_000; index += 1)
    ledger.record(generation({ id: `g${index}`, labels: { long: "x".repeat(500) } }), NOW)
  await store.writer.flush()
  const newest = await ledger.find("g2999", "any")
  expect(await ledger.find("g2999", "any")).toBe(newest!)
  const old = await ledger.find("g2900", "any")
  expect(old?.id).toBe("g2900")
  expect(await ledger.find("g2900", "any")).not.toBe(old!)
  await store.close()
})

test("strict durability gives a promise to wait for", async () => {
  const store = await openTestStore(newFolder(), { durability: "strict", flushMs: 1_000_000 })
  const ledger = openGenerations({ store })
  expect(await ledger.record(generation(), NOW)).toBe(true)
  expect(await rowCount(store)).toBe(1)
  await store.close()
})

test("a look-up goes through all buckets, newest first", async () => {
  const store = await openTestStore(newFolder(), { queueRows: 10_000 })
  const ledger = openGenerations({ store, recentBytes: 0 })
  for (let index = 0; index < 5_000; index += 1) {
    ledger.record(generation({ id: `g${index % 4_000}`, requestId: `r${index}`, costNano: index }), NOW + index)
    if (index % 500 === 499) await store.writer.flush()
  }
  const buckets = await store.writer.query({ sql: "select count(distinct bucket) as n from generation_ids", args: [] })
  expect(Number(buckets[0]?.n)).toBeWithin(3, 11)
  expect((await ledger.find("g0", "any"))?.costNano).toBe(4_000)
  expect((await ledger.find("g3999", "any"))?.costNano).toBe(3_999)
  expect((await ledger.find("r0", { keyId: "key-1" }))?.costNano).toBe(0)
  expect(await ledger.find("r0", { keyId: "key-2" })).toBeUndefined()
  await store.close()
})

test("ids that share a hash are told apart", async () => {
  // CRC-32 of both is 0x4ddb0c25.
  const [one, other] = ["plumless", "buckeroo"] as const
  expect(idHash(one)).toBe(idHash(other))
  const store = await openTestStore(newFolder())
  const ledger = openGenerations({ store, recentBytes: 0 })
  ledger.record(generation({ id: other, requestId: "r1" }), NOW)
  ledger.record(generation({ id: one, requestId: "r2" }), NOW)
  ledger.record(generation({ id: "last", requestId: "r3" }), NOW)
  await store.writer.flush()
  expect((await ledger.find(one, "any"))?.requestId).toBe("r2")
  expect((await ledger.find(other, "any"))?.requestId).toBe("r1")
  await store.close()
})

test("the search for an id that every answer has comes to an end", async () => {
  const store = await openTestStore(newFolder(), { queueRows: 10_000, flushMs: 1_000_000 })
  const ledger = openGenerations({ store, recentBytes: 0 })
  for (let bucket = 0; bucket < 22; bucket += 1) {
    const keyId = bucket === 0 ? "first" : bucket === 3 ? "third" : "others"
    for (let row = 0; row < 1_200; row += 1)
      ledger.record(generation({ id: "chatcmpl-1", requestId: `r${bucket}.${row}`, keyId }), NOW)
    await store.writer.flush()
  }
  expect(await ledger.find("chatcmpl-1", { keyId: "first" })).toBeUndefined()
  expect((await ledger.find("chatcmpl-1", { keyId: "third" }))?.keyId).toBe("third")
  expect((await ledger.find("r0.7", { keyId: "first" }))?.requestId).toBe("r0.7")
  await store.close()
})
