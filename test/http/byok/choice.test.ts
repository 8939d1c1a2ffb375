import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test"
import { ownKey, type Rig, startRig } from "./kit.ts"

let rig: Rig
let token: string
let keyId: string
let brought: string[] = []
beforeAll(async () => {
  rig = await startRig()
})
beforeEach(async () => {
  ;({ token, id: keyId } = await rig.admin.key({ name: "mine" }))
})
afterEach(async () => {
  for (const id of brought) await rig.admin.send("DELETE", `/api/v1/byok/${id}`)
  brought = []
  rig.upstream.refuse.clear()
})
afterAll(() => rig.stop())

let count = 0
/** Each a credential of its own, so that nothing rests from before. */
async function bring(fields: Readonly<Record<string, unknown>> = {}): Promise<{ key: string; id: string }> {
  const key = `sk-brought-${count++}-0123456789`
  const id = await rig.bring({ key, ...fields })
  brought.push(id)
  return { key, id }
}

test("without any, the operator's is used", async () => {
  expect(await rig.ask(token)).toBe(ownKey)
})

test("come before the operator's, in order; as a reserve behind them", async () => {
  const reserve = await bring({ is_fallback: true })
  expect(await rig.ask(token)).toBe(ownKey)
  const second = await bring()
  const first = await bring({ sort_order: 0 })
  await rig.admin.ok("PATCH", `/api/v1/byok/${second.id}`, { sort_order: 9 })
  expect(await rig.ask(token)).toBe(first.key)
  expect(await rig.ask(token, { stream: true })).toBe(first.key)
  const before = rig.upstream.seen.length
  rig.upstream.refuse.set(first.key, 401)
  rig.upstream.refuse.set(second.key, 429)
  expect(await rig.ask(token)).toBe(ownKey)
  expect(rig.upstream.seen.slice(before)).toEqual([first.key, second.key, ownKey])
  // They rest now, and only they.
  expect(await rig.ask(token)).toBe(ownKey)
  expect(rig.upstream.seen.length).toBe(before + 4)
  // Another version of a credential is another credential.
  await rig.admin.ok("PATCH", `/api/v1/byok/${first.id}`, { key: "sk-new-version-0123456789" })
  expect(await rig.ask(token)).toBe("sk-new-version-0123456789")
  expect(reserve.key).not.toBe("")
})

test("one that is refused is told as that, and not as the operator's", async () => {
  const { key } = await bring({ is_required: true })
  const words = async () => {
    const response = await rig.gateway.post(
      "/api/v1/chat/completions",
      { model: "test/model", messages: [{ role: "user", content: "Well?" }] },
      { authorization: `Bearer ${token}` },
    )
    return ((await response.json()) as { readonly error: { readonly message: string } }).error.message
  }
  rig.upstream.refuse.set(key, 401)
  expect(await words()).toBe("vendor refuses the credential that was brought for it")
})

describe("are used only", () => {
  test("while they are not disabled", async () => {
    const { id, key } = await bring()
    expect(await rig.ask(token)).toBe(key)
    await rig.admin.ok("PATCH", `/api/v1/byok/${id}`, { disabled: true })
    expect(await rig.ask(token)).toBe(ownKey)
  })

  test("for their models, by any name that they go by", async () => {
    const { key } = await bring({ allowed_models: ["test/o*"] })
    expect(await rig.ask(token)).toBe(ownKey)
    expect(await rig.ask(token, { model: "test/other" })).toBe(key)
  })

  test("by their keys", async () => {
    const { key } = await bring({ allowed_api_key_hashes: [keyId] })
    const other = await rig.admin.key({ name: "other" })
    expect(await rig.ask(token)).toBe(key)
    expect(await rig.ask(other.token)).toBe(ownKey)
  })

  test("by keys of their members", async () => {
    const member = await rig.admin.memberKey("member")
    const { key } = await bring({ allowed_user_ids: [member.memberId] })
    const own = await rig.admin.key({ name: "a member's", owner: { kind: "member", id: member.memberId } })
    expect(await rig.ask(own.token)).toBe(key)
    expect(await rig.ask(token)).toBe(ownKey)
  })

  test("in their workspace", async () => {
    const { data } = await rig.admin.ok("POST", "/api/v1/workspaces", { name: "lab", slug: "lab" })
    const { key } = await bring({ workspace_id: data.id })
    const inside = await rig.admin.key({ name: "inside", project_id: data.id })
    expect(await rig.ask(inside.token)).toBe(key)
    expect(await rig.ask(token)).toBe(ownKey)
  })
})

describe("stand in place of the operator's", () => {
  test("where they are required, for what they fit", async () => {
    const { key } = await bring({ is_required: true, allowed_models: ["test/model"] })
    rig.upstream.refuse.set(key, 429)
    const before = rig.upstream.seen.length
    expect(await rig.ask(token)).toBe(429)
    expect(rig.upstream.seen.slice(before)).not.toContain(ownKey)
    expect(await rig.ask(token, { model: "test/other" })).toBe(ownKey)
  })

  test("where nothing else may be used, for every model of the provider", async () => {
    const { key } = await bring({ is_byok_only: true, allowed_models: ["test/model"] })
    expect(await rig.ask(token)).toBe(key)
    expect(await rig.ask(token, { model: "test/other" })).toBe(404)
  })

  test("where there are none", async () => {
    const { key } = await bring({ provider: "bare", allowed_api_key_hashes: [keyId] })
    expect(await rig.ask(token, { model: "test/bare" })).toBe(key)
    const other = await rig.admin.key({ name: "other" })
    const before = rig.upstream.seen.length
    expect(await rig.ask(other.token, { model: "test/bare" })).toBe(404)
    expect(rig.upstream.seen.length).toBe(before)
  })
})

test("say whether their account keeps nothing", async () => {
  const demanding = { provider: { zdr: true } }
  expect(await rig.ask(token, demanding)).toBe(404)
  const other = await bring()
  expect(await rig.ask(token, demanding)).toBe(404)
  const { key } = await bring({ declared_zdr: true })
  expect(await rig.ask(token, demanding)).toBe(key)
  expect(await rig.ask(token)).toBe(other.key)
})

test("that cannot be unsealed are passed over, and told in the log", async () => {
  const sealed = await startRig({ seal_key: "the-first-seal-key" })
  try {
    const key = await sealed.admin.key({ name: "mine" })
    const id = await sealed.bring({ key: "sk-sealed-0123456789" })
    await sealed.configure({ seal_key: "quite-another-seal-key" })
    expect(await sealed.ask(key.token)).toBe(ownKey)
    expect(sealed.gateway.logged()).toContain("a brought credential cannot be used")
    await sealed.admin.ok("PATCH", `/api/v1/byok/${id}`, { is_required: true })
    // Each gives back the place that it had: there are three.
    for (let each = 0; each < 5; each++) expect(await sealed.ask(key.token)).toBe(502)
    await sealed.configure({ seal_key: "the-first-seal-key" })
    expect(await sealed.ask(key.token)).toBe("sk-sealed-0123456789")
  } finally {
    await sealed.stop()
  }
})

test("are made, changed and deleted under load without a failed request", async () => {
  let running = true
  const answers: (string | number)[] = []
  const load = Array.from({ length: 4 }, async () => {
    while (running) answers.push(await rig.ask(token, { stream: answers.length % 2 === 0 }))
  })
  for (let round = 0; round < 10; round++) {
    const { id } = await bring()
    await rig.ask(token)
    await rig.admin.ok("PATCH", `/api/v1/byok/${id}`, { key: `sk-rotated-${round}-0123456789` })
    expect(await rig.ask(token)).toStartWith("sk-")
    await rig.admin.ok("DELETE", `/api/v1/byok/${id}`)
  }
  running = false
  await Promise.all(load)
  expect(answers.filter((answer) => typeof answer === "number")).toEqual([])
  expect(await rig.ask(token)).toBe(ownKey)
})
