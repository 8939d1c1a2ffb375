import { afterAll, expect, test } from "bun:test"
import { openPast } from "../../../src/cli/plan/recorded-past.ts"
import type { Config } from "../../../src/config/config.ts"
import { openDeclarations } from "../../../src/declarations/declarations.ts"
import { databaseFile } from "../../../src/store/client.ts"
import { generation, newFolder, openTestStore, recordingLog, removeFolders } from "../../store/support.ts"

afterAll(removeFolders)

const hour = 3_600_000
/** A Thursday, 12:00. */
const noon = Date.UTC(2026, 5, 4, 12)
const pastOf = (folder: string, store: Config["store"] = {}) =>
  openPast({ dataDir: folder, store } as Config, (text) => {
    throw new Error(text)
  })

/** One request an hour for eight days, each a thousandth of a cent. */
async function spending(): Promise<string> {
  const folder = newFolder()
  const store = await openTestStore(folder, { queueRows: 1000 })
  for (let at = noon - 8 * 24 * hour; at < noon + 24 * hour; at += hour)
    store.writer.append(generation({ id: `g${at}`, requestId: `r${at}`, createdAt: at, costNano: 10_000 }), at)
  await store.close()
  return folder
}

test("what a key had spent by some moment, in each of its windows, to the hour", async () => {
  const past = await pastOf(await spending())
  const spent = new Map<string, number>()
  const accounts = new Set<string>()
  for (const { account, kind, spentNano } of await past.spentBefore(noon)) {
    accounts.add(account)
    if (account === "key:key-1") spent.set(kind, (spent.get(kind) ?? 0) + spentNano)
  }
  expect([...accounts]).toEqual(["key:key-1", "organisation", "project:default"])
  past.close()
  expect(Object.fromEntries(spent)).toEqual({
    // Since midnight; since Monday; since the first of June, which was that Monday; since the first of them.
    daily: 12 * 10_000,
    weekly: (3 * 24 + 12) * 10_000,
    monthly: (3 * 24 + 12) * 10_000,
    total: 8 * 24 * 10_000,
  })
})

test("what the API declared, and names of keys that are gone", async () => {
  const folder = newFolder()
  const store = await openTestStore(folder)
  const log = recordingLog()
  const declarations = await openDeclarations({ store, clock: { now: () => noon }, log, onChange: () => {} })
  await declarations.put({ kind: "alias", name: "fast", body: "a/b" })
  await declarations.put({ kind: "alias", name: "gone", body: "a/b" })
  await declarations.remove({ kind: "alias", name: "gone" })
  const key = (id: string, deleted: number | null) => ({
    sql: "insert into keys (id, name, label, kind, source, created_at, deleted_at) values (?, ?, '', 'inference', 'store', 0, ?)",
    args: [id, `name of ${id}`, deleted],
  })
  await store.writer.commit([key("k1", null), key("k2", 1)])
  await store.close()
  const past = await pastOf(folder)
  expect(past.declared.aliases).toEqual({ fast: "a/b" })
  expect(past.keys.map(({ keyId }) => keyId)).toEqual(["k1"])
  expect(past.keyNames.get("k2")).toBe("name of k2")
  past.close()
})

test("nothing can be written through it", async () => {
  const past = await pastOf(await spending())
  await expect(past.query({ sql: "delete from generation_batches", args: [] })).rejects.toThrow("readonly")
  past.close()
})

test("a store that is elsewhere is read through its own client", async () => {
  const folder = await spending()
  const past = await pastOf(newFolder(), { url: `file:${databaseFile(folder)}` })
  expect((await past.query({ sql: "select count(*) as n from generation_batches", args: [] }))[0]!.n).toBeGreaterThan(0)
  // Of its key, its project and the organisation: four windows as of midnight but for the one that had just begun, and what came since.
  expect((await past.spentBefore(noon)).length).toBe(21)
  past.close()
})

test("a database of an earlier version is brought up to date by a gateway, not by a reader", async () => {
  const folder = newFolder()
  const { migrations } = await import("../../../src/store/migrations.ts")
  const store = await openTestStore(folder, { migrations: migrations.slice(0, 2) })
  await store.close()
  await expect(pastOf(folder)).rejects.toThrow("was written by an earlier version")
})
