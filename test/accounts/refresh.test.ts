import { afterAll, describe, expect, mock, test } from "bun:test"
import { randomBytes } from "node:crypto"
import { addMember, changeMember } from "../../src/accounts/directory/members.ts"
import { type Accounts, openAccounts } from "../../src/accounts/open-accounts.ts"
import { GatewayError } from "../../src/contract/index.ts"
import { configOf } from "../kit/config.ts"
import { fixedClock, newFolder, openTestStore, recordingLog, removeFolders } from "../store/support.ts"

afterAll(removeFolders)

const config = await configOf(undefined)
const actor = { keyId: "admin", name: "admin" }

/** Two gateways of one store. */
async function two() {
  const store = await openTestStore(newFolder())
  const clock = fixedClock()
  const log = recordingLog()
  const gone: string[] = []
  const open = () =>
    openAccounts(store, {
      clock,
      log,
      randomBytes,
      config: () => config,
      shared: true,
      onGone: (keyId) => gone.push(keyId),
    })
  return { store, here: await open(), there: await open(), gone }
}

describe("what another gateway of the same store changed", () => {
  test("keys that it made, changed and deleted", async () => {
    const { store, here, there, gone } = await two()
    const { token, principal } = await here.keys.create({ name: "new", kind: "inference" }, actor)
    expect(there.keys.authenticate(token, "inference")).toMatchObject({ code: "invalid_api_key" })
    expect(await there.refresh()).toBe(true)
    expect(there.keys.authenticate(token, "inference")).toMatchObject({ keyId: principal.keyId, name: "new" })

    await here.keys.update(principal.keyId, { disabled: true }, actor)
    await there.refresh()
    expect(there.keys.authenticate(token, "inference")).toMatchObject({ code: "key_disabled" })

    await here.keys.delete(principal.keyId, actor)
    gone.length = 0
    await there.refresh()
    expect(there.keys.authenticate(token, "inference")).toMatchObject({ code: "invalid_api_key" })
    expect(gone).toEqual([principal.keyId])
    await store.close()
  })

  test("a rotated key's old token stops, and its new one works", async () => {
    const { store, here, there } = await two()
    const made = await here.keys.create({ name: "new", kind: "inference" }, actor)
    await there.refresh()
    const { token } = await here.keys.rotate(made.principal.keyId, 0, actor)
    await there.refresh()
    expect(there.keys.authenticate(made.token, "inference")).toMatchObject({ code: "invalid_api_key" })
    expect(there.keys.authenticate(token, "inference")).toMatchObject({ keyId: made.principal.keyId })
    await store.close()
  })

  test("members, and what they mean for keys", async () => {
    const { store, here, there } = await two()
    const making = { now: 1, newId: () => crypto.randomUUID() }
    const by = { role: "owner", reach: "all" } as const
    const plan = () => addMember(here.directory, { email: "anna@example.test" }, by, making)
    const { id } = await here.directory.change(actor, plan)
    const details = { owner: { kind: "member", id } } as const
    const { token } = await here.keys.create({ name: "anna's", kind: "inference", details }, actor)
    await there.refresh()
    expect(there.keys.authenticate(token, "inference")).toMatchObject({ name: "anna's" })
    expect(there.directory.get("member", id)?.body.email).toBe("anna@example.test")
    await here.directory.change(actor, () => ({ steps: [{ kind: "member", id }] }))
    await there.refresh()
    expect(there.keys.authenticate(token, "inference")).toMatchObject({ code: "account_restricted" })
    await store.close()
  })

  test("nothing is read again where nothing changed", async () => {
    const { store, here, there } = await two()
    await here.keys.create({ name: "new", kind: "inference" }, actor)
    expect(await there.refresh()).toBe(true)
    expect(await there.refresh()).toBe(false)
    const version = there.directory.version
    await there.refresh()
    expect(there.directory.version).toBe(version)
    await store.close()
  })

  test("a change of its own under way is not undone by what was read before it", async () => {
    const { store, here, there } = await two()
    const { principal } = await here.keys.create({ name: "new", kind: "inference" }, actor)
    await there.refresh()
    await here.keys.update(principal.keyId, { name: "theirs" }, actor)
    await Promise.all([there.refresh(), there.keys.update(principal.keyId, { disabled: true }, actor)])
    expect(there.keys.get(principal.keyId)).toMatchObject({ name: "theirs", disabled: true })
    await Promise.all([there.keys.update(principal.keyId, { strict: true }, actor), there.refresh()])
    expect(there.keys.get(principal.keyId)).toMatchObject({ name: "theirs", disabled: true, strict: true })
    await store.close()
  })

  test("a change begins with a look at it, so that nothing comes back that was taken away", async () => {
    const { store, here, there } = await two()
    const { principal } = await here.keys.create({ name: "new", kind: "inference" }, actor)
    await there.refresh()
    await here.keys.update(principal.keyId, { disabled: true }, actor)
    const renamed = await there.keys.update(principal.keyId, { name: "renamed" }, actor)
    expect(renamed).toMatchObject({ name: "renamed", disabled: true })
    await here.keys.delete(principal.keyId, actor)
    await expect(there.keys.update(principal.keyId, { name: "back" }, actor)).rejects.toMatchObject({
      code: "not_found",
    })

    const steps = [{ kind: "project", id: "p", body: { name: "p", slug: "p", budgets: {} } }] as const
    await here.directory.change(actor, () => ({ steps }))
    const seen = await there.directory.change(actor, () => ({ steps: [], known: there.directory.get("project", "p") }))
    expect(seen.known?.body.name).toBe("p")
    await store.close()
  })

  test("more keys than one question holds", async () => {
    const { store, here, there } = await two()
    const names = Array.from({ length: 501 }, (_, index) => `key ${index}`)
    await Promise.all(names.map((name) => here.keys.create({ name, kind: "inference" }, actor)))
    await there.refresh()
    expect(new Set(there.keys.list().map(({ name }) => name))).toEqual(new Set(names))
    await store.close()
  }, 30_000)
})

describe("two gateways that change the same at the same moment", () => {
  test("both changes of a key hold, and both are on record", async () => {
    const { store, here, there } = await two()
    const { principal } = await here.keys.create({ name: "new", kind: "inference" }, actor)
    await Promise.all([
      here.keys.update(principal.keyId, { name: "renamed" }, actor),
      there.keys.update(principal.keyId, { disabled: true }, actor),
      here.keys.update(principal.keyId, { limitNano: 5 }, actor),
      there.keys.update(principal.keyId, { strict: true }, actor),
    ])
    await Promise.all([here.refresh(), there.refresh()])
    const both = { name: "renamed", disabled: true, limitNano: 5, strict: true }
    expect(here.keys.get(principal.keyId)).toMatchObject(both)
    expect(there.keys.get(principal.keyId)).toMatchObject(both)
    expect(await here.audit.find({ kind: "key", action: "update", limit: 10 })).toHaveLength(4)
    await store.close()
  })

  test("a key that is deleted by one is not brought back by the other", async () => {
    const { store, here, there } = await two()
    const { principal } = await here.keys.create({ name: "new", kind: "inference" }, actor)
    const [deleted, renamed] = await Promise.allSettled([
      here.keys.delete(principal.keyId, actor),
      there.keys.update(principal.keyId, { name: "renamed" }, actor),
    ])
    expect(deleted.status).toBe("fulfilled")
    if (renamed.status === "rejected") expect(renamed.reason).toMatchObject({ code: "not_found" })
    await Promise.all([here.refresh(), there.refresh()])
    expect([here.keys.get(principal.keyId), there.keys.get(principal.keyId)]).toEqual([undefined, undefined])
    await store.close()
  })

  test("of two tokens that a key is given, one works", async () => {
    const { store, here, there } = await two()
    const { principal } = await here.keys.create({ name: "new", kind: "inference" }, actor)
    const made = await Promise.all([here, there].map(({ keys }) => keys.rotate(principal.keyId, 0, actor)))
    await Promise.all([here.refresh(), there.refresh()])
    for (const { keys } of [here, there])
      expect(made.filter(({ token }) => !GatewayError.is(keys.authenticate(token, "inference")))).toHaveLength(1)
    await store.close()
  })

  test("what rules forbid is not reached by two steps that are each allowed", async () => {
    const { store, here, there } = await two()
    const owner = (email: string) => ({ email, role: "owner", limitReset: "never" }) as const
    await here.directory.change(actor, () => ({
      steps: [
        { kind: "member", id: "anna", body: owner("anna@example.test") },
        { kind: "member", id: "ben", body: owner("ben@example.test") },
      ],
    }))
    await there.refresh()
    const by = { role: "owner", reach: "all" } as const
    const outcomes = await Promise.allSettled([
      here.directory.change(actor, () => changeMember(here.directory, "anna", { role: "member" }, by)),
      there.directory.change(actor, () => changeMember(there.directory, "ben", { role: "member" }, by)),
    ])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"])
    await Promise.all([here.refresh(), there.refresh()])
    for (const { directory } of [here, there])
      expect(directory.list("member").filter(({ body }) => body.role === "owner")).toHaveLength(1)
    await store.close()
  })

  test("many fields of one object, changed from both sides, are all there", async () => {
    const { store, here, there } = await two()
    const group = (name: string) =>
      ({ kind: "group", id: "g", body: { name, limitReset: "never", members: [] } }) as const
    await here.directory.change(actor, () => ({ steps: [group("group")] }))
    const join = ({ directory }: Accounts, memberId: string) =>
      directory.change(actor, () => {
        const { body } = directory.get("group", "g")!
        const joined = { memberId, role: "member", joinedAt: 1 } as const
        return { steps: [{ kind: "group", id: "g", body: { ...body, members: [...body.members, joined] } }] }
      })
    await Promise.all(Array.from({ length: 6 }, (_, index) => join(index % 2 ? here : there, `member-${index}`)))
    await Promise.all([here.refresh(), there.refresh()])
    expect(here.directory.get("group", "g")?.body.members).toHaveLength(6)
    expect(there.directory.get("group", "g")?.body).toEqual(here.directory.get("group", "g")!.body)
    await store.close()
  })

  test("a change whose answer got lost is made once, and is no rival of itself", async () => {
    const { store, here } = await two()
    const { principal } = await here.keys.create({ name: "new", kind: "inference" }, actor)
    const { commit } = store.writer
    const lost = mock(async (statements: Parameters<typeof commit>[0]) => {
      await commit(statements)
      // As the writer does when the connection broke before the answer.
      return commit(statements)
    })
    const gateway = await openAccounts(
      { ...store, writer: { ...store.writer, commit: lost } },
      { clock: fixedClock(), log: recordingLog(), randomBytes, config: () => config, shared: true },
    )
    await gateway.keys.update(principal.keyId, { name: "once" }, actor)
    const steps = [{ kind: "project", id: "p", body: { name: "p", slug: "p", budgets: {} } }] as const
    await gateway.directory.change(actor, () => ({ steps }))
    expect(lost).toHaveBeenCalledTimes(2)
    expect(gateway.keys.get(principal.keyId)?.name).toBe("once")
    expect(await here.audit.find({ kind: "key", action: "update", limit: 10 })).toHaveLength(1)
    expect(await here.audit.find({ kind: "project", limit: 10 })).toHaveLength(1)
    await store.close()
  })
})
