import { afterAll, beforeAll, expect, test } from "bun:test"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { ownKey, type Rig, startRig } from "./kit.ts"

const canary = "sk-canary-of-the-store-0123456789abcdef"
const passing = "sk-canary-of-the-request-0123456789abcdef"
const header = (keys: unknown) => ({ "x-provider-api-keys": JSON.stringify(keys) })

let rig: Rig
beforeAll(async () => {
  rig = await startRig({ byok: { per_request: true } })
})
afterAll(() => rig.stop())

const said: string[] = []
async function send(body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const response = await rig.gateway.post("/api/v1/chat/completions", body, headers)
  const text = await response.text()
  said.push(text, JSON.stringify([...response.headers]))
  return { status: response.status, text }
}
const body = { model: "test/model", messages: [{ role: "user", content: "Well?" }] }

test("a credential is nowhere but at its upstream", async () => {
  const { data } = await rig.admin.ok("POST", "/api/v1/byok", { provider: "vendor", key: canary, is_required: true })
  said.push(JSON.stringify(data))
  for (const stream of [false, true]) await send({ ...body, stream })
  expect(rig.upstream.seen.slice(-2)).toEqual([canary, canary])
  // An upstream that repeats what it was sent.
  for (const status of [400, 401, 403, 429, 500]) {
    rig.upstream.refuse.set(canary, status)
    rig.upstream.refuse.set(passing, status)
    expect((await send(body)).status).not.toBe(200)
    await send(body, header({ vendor: passing }))
  }
  for (const path of [
    "/api/v1/byok",
    `/api/v1/byok/${data.id}`,
    "/admin/audit",
    "/admin/log",
    "/admin/state",
    "/metrics",
    "/admin/usage",
  ])
    said.push(await (await rig.admin.send("GET", path)).text())
  const { data: entries } = await rig.admin.ok("GET", "/admin/log")
  for (const { id } of entries) said.push(await (await rig.admin.send("GET", `/api/v1/generation?id=${id}`)).text())
  said.push(rig.gateway.logged())
  const files = readdirSync(rig.gateway.dir, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
  for (const { parentPath, name } of files) said.push(readFileSync(join(parentPath, name), "latin1"))
  for (const secret of [canary, passing])
    expect(said.filter((text) => text.includes(secret)).map((text) => text.slice(0, 300))).toEqual([])
  expect(said.join("\n")).toContain("sk-c…cdef")
})

test("one that comes with a request goes before all others, and to its provider alone", async () => {
  rig.upstream.refuse.clear()
  const own = "sk-with-the-request-0123456789"
  const before = rig.upstream.received().length
  expect((await send(body, header({ vendor: own, elsewhere: "sk-for-somebody-else" }))).status).toBe(200)
  expect(rig.upstream.seen.at(-1)).toBe(own)
  const received = rig.upstream.received().slice(before)
  expect(received).not.toContain("x-provider-api-keys")
  expect(received).not.toContain("sk-for-somebody-else")
  // That it is refused is no news for others who send one.
  rig.upstream.refuse.set(own, 401)
  await send(body, header({ vendor: own }))
  await send(body, header({ vendor: "sk-another-request-0123456789" }))
  expect(rig.upstream.seen.at(-1)).toBe("sk-another-request-0123456789")
})

test.each([["no object"], [[]], [{ vendor: 1 }], [{ vendor: "two words" }]])("%j is refused", async (keys) => {
  const { status, text } = await send(body, header(keys))
  expect(status).toBe(400)
  expect(text).toContain("X-Provider-API-Keys")
})

test("is refused unless the configuration allows it", async () => {
  const closed = await startRig()
  try {
    const response = await closed.gateway.post("/v1/chat/completions", body, header({ vendor: "sk-mine-0123456789" }))
    expect(response.status).toBe(400)
    expect(await response.text()).toContain("byok.per_request")
    expect(closed.upstream.seen).toEqual([])
    expect((await closed.gateway.post("/v1/chat/completions", body)).status).toBe(200)
    expect(closed.upstream.seen).toEqual([ownKey])
  } finally {
    await closed.stop()
  }
})
