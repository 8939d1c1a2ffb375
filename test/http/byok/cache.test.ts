import { afterAll, beforeAll, expect, test } from "bun:test"
import { type Rig, startRig } from "./kit.ts"

const annas = "sk-annas-account-0123456789"

let rig: Rig
let anna: string
let ben: string
beforeAll(async () => {
  rig = await startRig({ byok: { per_request: true }, cache: { enabled: true, share: "organisation", coalesce: true } })
  const { token, id } = await rig.admin.key({ name: "anna" })
  anna = token
  ben = (await rig.admin.key({ name: "ben" })).token
  await rig.bring({ provider: "bare", key: annas, allowed_api_key_hashes: [id] })
})
afterAll(() => rig.stop())

async function send(token: string, text: string, credential?: string) {
  const response = await rig.gateway.post(
    "/api/v1/chat/completions",
    { model: "test/bare", messages: [{ role: "user", content: text }] },
    {
      authorization: `Bearer ${token}`,
      ...(credential === undefined ? {} : { "x-provider-api-keys": JSON.stringify({ bare: credential }) }),
    },
  )
  await response.body?.cancel()
  return [response.status, response.headers.get("x-openrouter-cache-status")]
}

test("what one account answered is remembered for those alone who may use it", async () => {
  expect(await send(anna, "Mine?")).toEqual([200, "MISS"])
  expect(await send(anna, "Mine?")).toEqual([200, "HIT"])
  expect((await send(ben, "Mine?"))[0]).toBe(404)
  // One that is made up leads to the provider, and no further.
  rig.upstream.refuse.set("sk-made-up-0123456789", 401)
  expect((await send(ben, "Mine?", "sk-made-up-0123456789"))[0]).not.toBe(200)
  expect(await send(ben, "Mine?", "sk-bens-account-0123456789")).toEqual([200, "MISS"])
  expect(await send(ben, "Mine?", "sk-bens-account-0123456789")).toEqual([200, "HIT"])
})

test("equal requests under way share a call only by the same account, and none of another's failures", async () => {
  const bad = ["sk-bad-one-0123456789", "sk-bad-two-0123456789"]
  for (const each of bad) rig.upstream.refuse.set(each, 401)
  const good = "sk-good-0123456789"
  const statuses = await Promise.all([...bad, good].map(async (each) => (await send(ben, "Together?", each))[0]))
  expect(statuses.at(-1)).toBe(200)
  expect(statuses.slice(0, 2)).not.toContain(200)
})
