import { afterAll, expect, test } from "bun:test"
import { join } from "node:path"
import type { KeptResponse } from "../../src/conversations/kept-response.ts"
import { openKeptResponses } from "../../src/conversations/kept-responses.ts"
import type { Store } from "../../src/store/open-store.ts"
import { fixedClock, NOW, newFolder, openTestStore, recordingLog, removeFolders } from "../store/support.ts"

afterAll(removeFolders)

const day = 86_400_000
const random = (letter: string) => letter.repeat(24)

const turn = (letter: string, more: Partial<KeptResponse> = {}): KeptResponse => ({
  id: `resp_${random(letter)}`,
  keyId: "k1",
  createdAt: NOW,
  input: '[{"role":"user","content":"1.0"}]',
  response: `{"id":"resp_${random(letter)}","n":1.0,"output":[{"type":"message","id":"msg_${random(letter)}0"},{"type":"reasoning","id":"rs_vendor_${letter}"}]}`,
  ...more,
})

const rig = async (
  folder = newFolder(),
  options: { retentionMs?: number; recentBytes?: number; alone?: boolean } = {},
) => {
  const clock = fixedClock()
  const log = recordingLog()
  const store = await openTestStore(folder, { clock })
  const kept = await openKeptResponses({
    store,
    clock,
    log,
    retentionMs: () => options.retentionMs ?? 30 * day,
    flushMs: 1,
    alone: options.alone ?? true,
    ...(options.recentBytes === undefined ? {} : { recentBytes: options.recentBytes }),
  })
  const close = async () => {
    await kept.close()
    await store.close()
  }
  return { kept, clock, log, store, folder, close }
}

const count = async (store: Store, table: "responses" | "response_items") =>
  (await store.writer.query({ sql: `select count(*) as n from ${table}`, args: [] }))[0]?.n

test("it is found at once, and as it was spelled after a restart that nobody announced", async () => {
  const first = await rig()
  first.kept.keep(turn("a", { previousId: "resp_before" }))
  expect(await first.kept.find(turn("a").id, "k1")).toEqual(turn("a", { previousId: "resp_before" }))
  await first.kept.flush()
  // Nothing is closed: this is what a killed process leaves.
  const second = await rig(first.folder)
  expect(await second.kept.find(turn("a").id, "k1")).toEqual(turn("a", { previousId: "resp_before" }))
  await second.close()
  await first.close()
})

test("it is its key's alone, in memory and on the disk", async () => {
  const { kept, folder, close } = await rig()
  kept.keep(turn("a"))
  const see = async (all: typeof kept) => [
    await all.find(turn("a").id, "k2"),
    await all.findByItem(`msg_${random("a")}0`, "k2"),
    await all.findByItem("rs_vendor_a", "k2"),
    await all.remove(turn("a").id, "k2"),
  ]
  expect(await see(kept)).toEqual([undefined, undefined, undefined, false])
  await close()
  const second = await rig(folder)
  expect(await see(second.kept)).toEqual([undefined, undefined, undefined, false])
  expect(await second.kept.find(turn("a").id, "k1")).toBeDefined()
  await second.close()
})

test("an item leads to its answer, whoever gave its id", async () => {
  const { kept, folder, close } = await rig()
  kept.keep(turn("a"))
  kept.keep(turn("b"))
  const items = ["rs_vendor_b", `msg_${random("a")}0`, `msg_${random("b")}in0`, "msg_unknown"]
  const see = async (all: typeof kept) => Promise.all(items.map(async (item) => (await all.findByItem(item, "k1"))?.id))
  const wanted = [turn("b").id, turn("a").id, turn("b").id, undefined]
  expect(await see(kept)).toEqual(wanted)
  await close()
  const second = await rig(folder)
  expect(await see(second.kept)).toEqual(wanted)
  // Only ids that do not say themselves whose they are need a line.
  expect(await count(second.store, "response_items")).toBe(2)
  await second.close()
})

test("what is over is not found, and is deleted", async () => {
  const { kept, clock, store, close } = await rig(newFolder(), { retentionMs: 2 * day })
  kept.keep(turn("a"))
  kept.keep(turn("b", { createdAt: NOW + day }))
  await kept.flush()
  clock.time = NOW + 2 * day
  expect(await kept.find(turn("a").id, "k1")).toBeUndefined()
  expect(await kept.findByItem("rs_vendor_a", "k1")).toBeUndefined()
  expect(await count(store, "responses")).toBe(2)
  await kept.sweep()
  expect(await count(store, "responses")).toBe(1)
  expect(await count(store, "response_items")).toBe(1)
  expect(await kept.find(turn("b").id, "k1")).toBeDefined()
  await close()
})

test("a deleted one stays away, also while it is being written", async () => {
  const { kept, folder, store, close } = await rig()
  kept.keep(turn("a"))
  const writing = kept.flush()
  expect(await kept.remove(turn("a").id, "k1")).toBe(true)
  await writing
  expect(await kept.remove(turn("a").id, "k1")).toBe(false)
  await kept.flush()
  expect(await count(store, "responses")).toBe(0)
  expect(await count(store, "response_items")).toBe(0)
  await close()
  const second = await rig(folder)
  expect(await second.kept.find(turn("a").id, "k1")).toBeUndefined()
  await second.close()
})

test("memory forgets what is written, and only that", async () => {
  const { kept, close } = await rig(newFolder(), { recentBytes: 500 })
  for (const letter of ["a", "b", "c", "d"]) kept.keep(turn(letter))
  await kept.flush()
  kept.keep(turn("e"))
  for (const letter of ["a", "b", "c", "d", "e"]) expect(await kept.find(turn(letter).id, "k1")).toEqual(turn(letter))
  await close()
})

test("what was being made when the last gateway ended is told to be lost by the next", async () => {
  const first = await rig()
  first.kept.keep(turn("a", { aliveUntil: NOW + 60_000 }))
  await first.kept.flush()
  const beside = await rig(first.folder, { alone: false })
  expect((await beside.kept.find(turn("a").id, "k1"))?.aliveUntil).toBe(NOW + 60_000)
  await first.kept.renew([turn("a").id], NOW + 90_000)
  expect((await beside.kept.find(turn("a").id, "k1"))?.aliveUntil).toBe(NOW + 90_000)
  const next = await rig(first.folder)
  expect((await next.kept.find(turn("a").id, "k1"))?.aliveUntil).toBe(0)
  await Promise.all([first.close(), beside.close(), next.close()])
})

test("with a strict ledger, what was answered survives kill -9", async () => {
  const folder = newFolder()
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "kill-child.ts"), folder], { stdout: "pipe" })
  const { value } = await child.stdout.getReader().read()
  expect(new TextDecoder().decode(value)).toBe("kept\n")
  child.kill("SIGKILL")
  await child.exited
  const { kept, close } = await rig(folder)
  expect(await kept.find("resp_killed", "k1")).toMatchObject({ input: '["hi"]', response: '{"output":[]}' })
  await close()
})

test("a store that takes nothing for a while loses nothing", async () => {
  const { kept, store, log, close } = await rig()
  const { commit } = store.writer
  let failing = true
  Object.assign(store.writer, {
    commit: (statements: Parameters<typeof commit>[0]) =>
      failing ? Promise.reject(new Error("disk is full")) : commit(statements),
  })
  kept.keep(turn("a"))
  await kept.flush()
  expect(log.lines.map(({ message }) => message)).toContain("answers cannot be stored; they wait in memory")
  expect(await kept.find(turn("a").id, "k1")).toEqual(turn("a"))
  failing = false
  await kept.flush()
  expect(await count(store, "responses")).toBe(1)
  await close()
})
