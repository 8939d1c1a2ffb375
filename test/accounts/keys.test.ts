import { expect, test } from "bun:test"
import type { Keys } from "../../src/accounts/key-types.ts"
import { createKeys } from "../../src/accounts/keys.ts"
import { hashToken, maskToken, mintToken } from "../../src/accounts/tokens.ts"
import { GatewayError } from "../../src/contract/errors.ts"
import type { Statement } from "../../src/store/executor.ts"

const NOW = Date.UTC(2026, 2, 4, 12)

const setUp = () => {
  const clock = { time: NOW, now: () => clock.time }
  const commits: (readonly Statement[])[] = []
  const store = { fail: false }
  let seed = 0
  const keys = createKeys({
    stored: [],
    commit: async (statements) => {
      if (store.fail) throw new GatewayError("internal", "no disk")
      commits.push(statements)
    },
    clock,
    randomBytes: (count) => new Uint8Array(count).fill(++seed),
  })
  return { clock, commits, store, keys }
}
const codeOf = (outcome: unknown): string | undefined => (GatewayError.is(outcome) ? outcome.code : undefined)
const failureOf = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error)
const namesOf = (keys: Keys): string[] => keys.list().map(({ name }) => name)

test("tokens: two kinds, 256 bits, hashed whole, shown with their middle left out", () => {
  const bytes = (count: number) => new Uint8Array(count).fill(171)
  const token = mintToken("inference", bytes)
  expect(token).toBe(`sk-sbx-v1-${"ab".repeat(32)}`)
  expect(mintToken("management", bytes)).toBe(`sk-sbx-admin-v1-${"ab".repeat(32)}`)
  expect(hashToken("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  expect(hashToken(`${token}x`)).not.toBe(hashToken(token))
  expect(maskToken(token)).toBe("sk-sbx-v1-aba...abab")
  expect(maskToken("secret-8")).toBe("se...")
})

test("a key works once it is stored, and its token is nowhere but in the answer", async () => {
  const { keys, commits } = setUp()
  const { token, principal } = await keys.create({ name: "dev", kind: "inference", limitNano: 5, limitReset: "daily" })
  expect(keys.authenticate(token, "inference")).toBe(principal)
  expect(principal).toMatchObject({ name: "dev", source: "store", limitNano: 5, createdAtMs: NOW, disabled: false })
  expect(Object.isFrozen(principal)).toBe(true)
  expect(JSON.stringify([commits, keys.list()])).not.toContain(token.slice(20, 60))
})

test("who may not: no key, unknown, of the other kind, disabled, expired", async () => {
  const { keys, clock } = setUp()
  const inference = await keys.create({ name: "a", kind: "inference", expiresAtMs: NOW + 10 })
  const management = await keys.create({ name: "b", kind: "management" })
  expect(codeOf(keys.authenticate(undefined, "inference"))).toBe("missing_api_key")
  expect(codeOf(keys.authenticate("", "inference"))).toBe("missing_api_key")
  expect(codeOf(keys.authenticate(`${inference.token}0`, "inference"))).toBe("invalid_api_key")
  expect(codeOf(keys.authenticate(inference.token, "management"))).toBe("wrong_key_kind")
  expect(codeOf(keys.authenticate(management.token, "inference"))).toBe("wrong_key_kind")
  clock.time = NOW + 9
  expect(codeOf(keys.authenticate(inference.token, "inference"))).toBeUndefined()
  clock.time = NOW + 10
  expect(codeOf(keys.authenticate(inference.token, "inference"))).toBe("key_expired")
  await keys.update(management.principal.keyId, { disabled: true })
  expect(codeOf(keys.authenticate(management.token, "management"))).toBe("key_disabled")
  await keys.update(management.principal.keyId, { disabled: false })
  expect(codeOf(keys.authenticate(management.token, "management"))).toBeUndefined()
  await keys.delete(management.principal.keyId)
  expect(codeOf(keys.authenticate(management.token, "management"))).toBe("invalid_api_key")
})

test("a change that could not be stored does not hold", async () => {
  const { keys, store } = setUp()
  const { token, principal } = await keys.create({ name: "a", kind: "inference" })
  store.fail = true
  expect(codeOf(await failureOf(keys.update(principal.keyId, { disabled: true })))).toBe("internal")
  expect(codeOf(await failureOf(keys.delete(principal.keyId)))).toBe("internal")
  expect(codeOf(await failureOf(keys.create({ name: "b", kind: "inference" })))).toBe("internal")
  expect(keys.authenticate(token, "inference")).toBe(principal)
  expect(namesOf(keys)).toEqual(["a"])
  store.fail = false
  await keys.delete(principal.keyId)
  expect(namesOf(keys)).toEqual([])
})

test("absent stays, null clears, and changes of the same moment add up", async () => {
  const { keys } = setUp()
  const { principal } = await keys.create({ name: "a", kind: "inference", limitNano: 5, expiresAtMs: NOW + 10 })
  const id = principal.keyId
  await Promise.all([
    keys.update(id, { name: "renamed" }),
    keys.update(id, { limitNano: null }),
    keys.update(id, { strict: true }),
  ])
  const after = keys.get(id)
  expect(after).toMatchObject({ name: "renamed", strict: true, expiresAtMs: NOW + 10, updatedAtMs: NOW })
  expect(after).not.toHaveProperty("limitNano")
  expect(codeOf(await failureOf(keys.update("nobody", {})))).toBe("not_found")
})

test("the file's keys come and go with the file, as a whole, and cannot be changed here", async () => {
  const { keys, clock } = setUp()
  const { token } = await keys.create({ name: "mine", kind: "inference" })
  clock.time += 1
  await keys.declare(
    [{ name: "dev", key: "token-dev", limitNano: 7, limitReset: "monthly" }],
    "the-admin-key-of-the-file",
  )
  expect(keys.authenticate("token-dev", "inference")).toMatchObject({ name: "dev", source: "file", limitNano: 7 })
  expect(keys.authenticate("the-admin-key-of-the-file", "management")).toMatchObject({ kind: "management" })
  expect(namesOf(keys)).toEqual(["mine", "admin_key", "dev"])
  const dev = keys.lookup("token-dev")!
  expect(codeOf(await failureOf(keys.update(dev.keyId, { disabled: true })))).toBe("conflict")
  expect(codeOf(await failureOf(keys.delete(dev.keyId)))).toBe("conflict")
  clock.time += 1
  await keys.declare([{ name: "dev", key: "token-dev", disabled: true }], undefined)
  expect(codeOf(keys.authenticate("token-dev", "inference"))).toBe("key_disabled")
  expect(keys.get(dev.keyId)?.createdAtMs).toBe(dev.createdAtMs)
  expect(codeOf(keys.authenticate("the-admin-key-of-the-file", "management"))).toBe("invalid_api_key")
  await keys.declare([], undefined)
  expect(codeOf(keys.authenticate("token-dev", "inference"))).toBe("invalid_api_key")
  expect(codeOf(keys.authenticate(token, "inference"))).toBeUndefined()
})

test("a declaration with two keys of one token or name changes nothing", async () => {
  const { keys } = setUp()
  await keys.declare([{ name: "dev", key: "token-dev" }], undefined)
  const pair = (first: [string, string], second: [string, string]) =>
    [first, second].map(([name, key]) => ({ name, key }))
  for (const wrong of [
    () => keys.declare(pair(["a", "same-1234"], ["b", "same-1234"]), undefined),
    () => keys.declare(pair(["a", "one-1234"], ["a", "two-1234"]), undefined),
    () => keys.declare([{ name: "a", key: "both-1234" }], "both-1234"),
  ]) {
    const refused = await failureOf(wrong())
    expect(codeOf(refused)).toBe("conflict")
    expect((refused as Error).message).not.toContain("1234")
  }
  expect(namesOf(keys)).toEqual(["dev"])
})

test("a key that the API made and the file names as well is the file's while it names it", async () => {
  const { keys } = setUp()
  const { token, principal } = await keys.create({ name: "made", kind: "inference" })
  await keys.declare([{ name: "declared", key: token, limitNano: 1 }], undefined)
  expect(namesOf(keys)).toEqual(["declared"])
  await keys.declare([], undefined)
  expect(keys.lookup(token)).toBe(principal)
})

test("ensure makes a key only when none of its kind works", async () => {
  const { keys, clock } = setUp()
  const first = await keys.ensure("management", "admin")
  expect(codeOf(keys.authenticate(first, "management"))).toBeUndefined()
  expect(await keys.ensure("management", "admin")).toBeUndefined()
  expect(await keys.ensure("inference", "first")).toStartWith("sk-sbx-v1-")
  const id = keys.lookup(first!)!.keyId
  await keys.update(id, { expiresAtMs: clock.time })
  expect(await keys.ensure("management", "admin")).toStartWith("sk-sbx-admin-v1-")
})

test("management keys that may not do everything do not keep ensure from making one", async () => {
  const { keys } = setUp()
  for (const details of [{ manage: "read" }, { role: "admin" }, { role: "viewer" }] as const)
    await keys.create({ name: "lesser", kind: "management", details })
  expect(await keys.ensure("management", "admin")).toBeDefined()
  await keys.create({ name: "members", kind: "management", details: { owner: { kind: "member", id: "m" } } })
  expect(await keys.ensure("management", "admin")).toBeUndefined()
})
