import { expect, test } from "bun:test"
import { createKeys } from "../../src/accounts/keys.ts"
import type { Principal } from "../../src/accounts/principal.ts"
import { hashToken } from "../../src/accounts/tokens.ts"
import { GatewayError } from "../../src/contract/errors.ts"

const NOW = Date.UTC(2026, 2, 4, 12)

function setUp(stored: readonly Principal[] = []) {
  const clock = { time: NOW, now: () => clock.time }
  let seed = stored.length * 100
  const keys = createKeys({
    stored,
    commit: async () => {},
    clock,
    randomBytes: (count) => new Uint8Array(count).fill(++seed),
  })
  const opens = (token: string) => !GatewayError.is(keys.authenticate(token, "inference"))
  return { clock, keys, opens }
}
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (thrown: unknown) => (GatewayError.is(thrown) ? thrown.code : thrown),
  )

test("a key keeps its id, and its old token works as long as was said", async () => {
  const { clock, keys, opens } = setUp()
  const first = await keys.create({ name: "k", kind: "inference", limitNano: 5, details: { labels: { a: "b" } } })
  const second = await keys.rotate(first.principal.keyId, 1000)
  expect(second.principal).toMatchObject({
    keyId: first.principal.keyId,
    limitNano: 5,
    details: { labels: { a: "b" } },
  })
  expect(second.principal.label).not.toBe(first.principal.label)
  expect([opens(first.token), opens(second.token)]).toEqual([true, true])
  clock.time += 999
  expect(opens(first.token)).toBe(true)
  clock.time += 1
  expect([opens(first.token), opens(second.token)]).toEqual([false, true])
})

test("without a grace the old token ends at once, and so does the one before the last", async () => {
  const { keys, opens } = setUp()
  const { token, principal } = await keys.create({ name: "k", kind: "inference" })
  const second = await keys.rotate(principal.keyId, 1000)
  const third = await keys.rotate(principal.keyId, 1000)
  expect([token, second.token, third.token].map(opens)).toEqual([false, true, true])
  const fourth = await keys.rotate(principal.keyId, 0)
  expect([token, second.token, third.token, fourth.token].map(opens)).toEqual([false, false, false, true])
})

test("no other change brings an old token back", async () => {
  const { keys, opens } = setUp()
  const { token, principal } = await keys.create({ name: "k", kind: "inference", details: { labels: { a: "b" } } })
  const { token: next } = await keys.rotate(principal.keyId, 0)
  for (const details of [null, {}, { tokens: { current: hashToken(token) } }])
    await keys.update(principal.keyId, { details })
  expect([opens(token), opens(next)]).toEqual([false, true])
})

test("it is the same after a restart, and nothing opens a key that is deleted", async () => {
  const before = setUp()
  const { token, principal } = await before.keys.create({ name: "k", kind: "inference" })
  const { token: next } = await before.keys.rotate(principal.keyId, 0)
  const { keys, opens } = setUp(before.keys.list())
  expect([opens(token), opens(next)]).toEqual([false, true])
  await keys.delete(principal.keyId)
  expect([opens(token), opens(next)]).toEqual([false, false])
})

test("what could not be used with a new token gets none", async () => {
  const { clock, keys } = setUp()
  const off = await keys.create({ name: "off", kind: "inference" })
  await keys.update(off.principal.keyId, { disabled: true })
  expect(await codeOf(keys.rotate(off.principal.keyId, 0))).toBe("conflict")
  const brief = await keys.create({ name: "brief", kind: "inference", expiresAtMs: NOW + 1 })
  clock.time += 1
  expect(await codeOf(keys.rotate(brief.principal.keyId, 0))).toBe("conflict")
  expect(await codeOf(keys.rotate("none", 0))).toBe("not_found")
  await keys.declare([{ name: "file", key: "file-token" }], undefined)
  expect(await codeOf(keys.rotate(hashToken("file-token"), 0))).toBe("conflict")
})

test("a token that opens a key, or has, is nobody else's", async () => {
  const { keys } = setUp()
  const token = "partner-token"
  const { principal } = await keys.create({ name: "a", kind: "inference", token })
  expect(principal.keyId).toBe(hashToken(token))
  await keys.rotate(principal.keyId, 0)
  expect(await codeOf(keys.create({ name: "b", kind: "inference", token }))).toBe("conflict")
})
