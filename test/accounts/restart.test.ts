import { afterAll, expect, test } from "bun:test"
import { randomBytes } from "node:crypto"
import { join } from "node:path"
import Database from "libsql"
import { keyState } from "../../src/accounts/limits/key-state.ts"
import { openAccounts } from "../../src/accounts/open-accounts.ts"
import type { Store } from "../../src/store/open-store.ts"
import { configOf } from "../kit/config.ts"
import { fixedClock, generation, newFolder, openTestStore, recordingLog, removeFolders } from "../store/support.ts"

afterAll(removeFolders)

const clock = fixedClock()
const log = recordingLog()
const config = await configOf(undefined)
const open = (store: Store) => openAccounts(store, { clock, log, randomBytes, config: () => config })

test("keys and what they spent are as before after a restart", async () => {
  const dataDir = newFolder()
  const store = await openTestStore(dataDir)
  const { keys, budgets, standings } = await open(store)
  const full = await keys.create(
    {
      name: "full",
      kind: "inference",
      limitNano: 10_000,
      limitReset: "weekly",
      expiresAtMs: clock.time + 1,
      strict: true,
    },
    { keyId: "admin", name: "admin" },
  )
  const plain = await keys.create({ name: "plain", kind: "management" })
  const gone = await keys.create({ name: "gone", kind: "inference" })
  await keys.delete(gone.principal.keyId)
  const changed = await keys.update(plain.principal.keyId, { name: "renamed", disabled: true })
  await keys.declare([{ name: "declared", key: "token-of-the-file" }], undefined)
  const declared = keys.lookup("token-of-the-file")!
  for (const [keyId, costNano] of [
    [full.principal.keyId, 300],
    [declared.keyId, 40],
  ] as const) {
    const payer = standings.of(keys.get(keyId)!)
    budgets.settle(budgets.hold(payer, costNano, clock.time)!, costNano, clock.time)
    store.writer.append(generation({ keyId, costNano }), clock.time)
  }
  const before = keyState(budgets, standings.of(full.principal), clock.time)
  await store.close()

  const second = await openTestStore(dataDir)
  const again = await open(second)
  expect(again.keys.lookup(full.token)).toStrictEqual(full.principal)
  expect(again.keys.lookup(plain.token)).toStrictEqual(changed)
  expect(again.keys.lookup(gone.token)).toBeUndefined()
  expect(again.keys.lookup("token-of-the-file")).toBeUndefined()
  expect(keyState(again.budgets, again.standings.of(full.principal), clock.time)).toEqual(before)
  expect(before.own).toMatchObject({ spentNano: 300, remainingNano: 9_700 })
  expect(again.budgets.snapshotOf("organisation", clock.time).usage.total).toBe(340)
  clock.time += 5
  await again.keys.declare([{ name: "declared", key: "token-of-the-file" }], undefined)
  expect(again.keys.lookup("token-of-the-file")).toStrictEqual(declared)
  expect(again.budgets.snapshotOf(`key:${declared.keyId}`, clock.time).usage.total).toBe(40)
  // The row of a deleted key still has its name, for the ledger.
  const names = await second.writer.query({ sql: "select name from keys where deleted_at is not null", args: [] })
  expect(names).toEqual([{ name: "gone" }])
  await second.close()
})

test("what was spent on earlier days counts in the windows that hold them", async () => {
  const dataDir = newFolder()
  const store = await openTestStore(dataDir)
  // The clock stands on a Wednesday, the fourth of the month.
  for (const [daysAgo, costNano] of [
    [0, 1],
    [2, 10],
    [3, 100],
    [4, 1_000],
  ] as const) {
    for (const model of ["a/b", "c/d"])
      store.writer.append(generation({ keyId: "key-1", costNano, model }), clock.time - daysAgo * 86_400_000)
  }
  await store.close()
  const second = await openTestStore(dataDir)
  const { budgets } = await open(second)
  expect(budgets.snapshotOf("key:key-1", clock.time).usage).toEqual({
    daily: 2,
    weekly: 22,
    monthly: 222,
    total: 2_222,
  })
  await second.close()
})

test("money in rows that are only put aside is not forgotten", async () => {
  const dataDir = newFolder()
  const store = await openTestStore(dataDir, { retryMs: 1_000_000 })
  store.writer.append(generation({ keyId: "key-1", costNano: 100 }), clock.time)
  await store.writer.flush()
  const foreign = new Database(join(dataDir, "signalbox.db"))
  foreign.exec("begin immediate")
  store.writer.append(generation({ keyId: "key-1", costNano: 11 }), clock.time)
  await store.writer.flush()
  expect(store.state().spilled).toBe(1)
  const { budgets } = await open(store)
  expect(budgets.snapshotOf("key:key-1", clock.time).usage).toEqual({
    daily: 111,
    weekly: 111,
    monthly: 111,
    total: 111,
  })
  foreign.exec("rollback")
  foreign.close()
  await store.close()
})

test.each(["{oops", "[]", "7"])(
  "a key whose routing reads %s is switched off, and the others are not",
  async (routing) => {
    const dataDir = newFolder()
    const store = await openTestStore(dataDir)
    const { keys } = await open(store)
    const bound = await keys.create({ name: "bound", kind: "inference", routing: { models: ["acme/*"] } })
    const free = await keys.create({ name: "free", kind: "inference" })
    await keys.declare([{ name: "declared", key: "token-of-the-file" }], undefined)
    await store.writer.commit([{ sql: "update keys set routing = ? where name <> 'free'", args: [routing] }])
    await store.close()

    const second = await openTestStore(dataDir)
    log.lines.length = 0
    const again = await open(second)
    await again.keys.declare([{ name: "declared", key: "token-of-the-file" }], undefined)
    expect(again.keys.authenticate("token-of-the-file", "inference")).toMatchObject({
      name: "declared",
      disabled: false,
    })
    expect(again.keys.authenticate(bound.token, "inference")).toMatchObject({ code: "key_disabled" })
    expect(again.keys.authenticate(free.token, "inference")).toStrictEqual(free.principal)
    expect(log.lines).toMatchObject([{ level: "error", fields: { key: "bound" } }])
    const mended = await again.keys.update(bound.principal.keyId, { routing: { models: ["acme/*"] }, disabled: false })
    expect(again.keys.authenticate(bound.token, "inference")).toBe(mended)
    await second.close()
  },
)

test("more than a number counts exactly is spent money after a restart as well", async () => {
  const dataDir = newFolder()
  const store = await openTestStore(dataDir)
  const { keys } = await open(store)
  const { principal } = await keys.create({ name: "large", kind: "inference" })
  const costNano = Number.MAX_SAFE_INTEGER - 1
  for (const id of ["one", "two"]) store.writer.append(generation({ id, keyId: principal.keyId, costNano }), clock.time)
  await store.close()

  const second = await openTestStore(dataDir)
  const { budgets } = await open(second)
  const { usage } = budgets.snapshotOf("organisation", clock.time)
  expect(usage).toMatchObject({ daily: 2 * costNano, total: 2 * costNano })
  await second.close()
})
