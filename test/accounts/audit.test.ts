import { afterAll, expect, test } from "bun:test"
import { createAuditLog } from "../../src/accounts/audit/audit-log.ts"
import { fixedClock, newFolder, openTestStore, removeFolders } from "../store/support.ts"

afterAll(removeFolders)

const open = async () => {
  const store = await openTestStore(newFolder())
  const clock = fixedClock()
  let ids = 0
  const audit = createAuditLog({ store, clock, newId: () => `id${ids++}` })
  return { store, clock, audit }
}
const entry = { action: "create", kind: "thing", id: "a", before: null, after: { x: 1 } }
const anna = { keyId: "k1", name: "anna's", memberId: "m1", address: "192.0.2.1", userAgent: "x".repeat(400) }

test("lines come back as they were written, newest first, and by what they are about", async () => {
  const { store, clock, audit } = await open()
  const start = clock.time
  await audit.note(entry, anna)
  clock.time += 1000
  await audit.note({ ...entry, action: "delete", before: { x: 1 }, after: null }, { name: "signalbox" })
  await audit.note({ ...entry, id: "b", kind: "other" }, { ...anna, keyId: "k2" })
  const all = await audit.find({ limit: 10 })
  expect(all.map(({ number }) => number)).toEqual([3, 2, 1])
  expect(all[2]).toEqual({
    number: 1,
    at: start,
    ...entry,
    actor: { ...anna, userAgent: "x".repeat(300) },
  })
  expect(all[1]).toMatchObject({ before: { x: 1 }, after: null, actor: { name: "signalbox" } })
  const numbers = async (query: Partial<Parameters<typeof audit.find>[0]>) =>
    (await audit.find({ limit: 10, ...query })).map(({ number }) => number)
  expect(await numbers({ kind: "thing" })).toEqual([2, 1])
  expect(await numbers({ objectId: "b" })).toEqual([3])
  expect(await numbers({ action: "delete" })).toEqual([2])
  expect(await numbers({ actor: "k1" })).toEqual([1])
  expect(await numbers({ actor: "m1" })).toEqual([3, 1])
  expect(await numbers({ actor: "signalbox" })).toEqual([2])
  expect(await numbers({ from: start + 1 })).toEqual([3, 2])
  expect(await numbers({ to: start + 1 })).toEqual([1])
  expect(await numbers({ before: 3, limit: 1 })).toEqual([2])
  expect(await numbers({ kind: "thing", objectId: "b" })).toEqual([])
  // Nothing of what is asked for is part of a statement.
  expect(await numbers({ kind: "' or 1 = 1 --" })).toEqual([])
  await store.close()
})

test("a line that depends on its change is there only when that changed something", async () => {
  const { store, audit } = await open()
  const put = { sql: "insert or ignore into settings (name, value) values (?, ?)", args: ["x", "1"] }
  const line = () => audit.statement(entry, anna, { ifChanged: true })
  await store.writer.commit([put, line()])
  await store.writer.commit([put, line()])
  expect(await audit.find({ limit: 10 })).toHaveLength(1)
  await store.close()
})

test("a line that is written again is one line", async () => {
  const { store, audit } = await open()
  const line = audit.statement(entry, anna)
  await store.writer.commit([line])
  await store.writer.commit([line])
  expect(await audit.find({ limit: 10 })).toHaveLength(1)
  await store.close()
})
