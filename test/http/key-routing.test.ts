import { afterAll, expect, test } from "bun:test"
import type { JsonObject } from "../../src/contract/index.ts"
import { adminKey, startGateway } from "../kit/gateway.ts"
import { errorOf } from "../kit/upstreams.ts"

const gateway = await startGateway({ models: { public: false } })
afterAll(() => gateway.stop())

const ask = (method: string, path: string, body?: object) =>
  fetch(gateway.url + path, {
    method,
    headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
const read = async (answer: Response) => (await answer.json()) as { key: string; data: JsonObject }

const routing = {
  models: ["mock/*", "policy/x"],
  default_model: "mock/echo",
  provider: { zdr: true, max_price: { prompt: "1" } },
  cache: false,
  stream_recovery: "continue",
  priority: 5,
}
const nothing = Object.fromEntries(Object.keys(routing).map((name) => [name, null]))

test("how a key's requests are routed is made, shown, changed and taken away", async () => {
  const made = await read(await ask("POST", "/admin/keys", { name: "routed", ...routing }))
  expect(made.data).toMatchObject(routing)
  const path = `/admin/keys/${made.data.id}`
  const changed = await read(await ask("PATCH", path, { models: ["mock/echo"], priority: null }))
  expect(changed.data).toMatchObject({ ...routing, models: ["mock/echo"], priority: null })
  const { data } = (await (await ask("GET", "/admin/keys")).json()) as { data: JsonObject[] }
  expect(data.find(({ name }) => name === "routed")).toMatchObject({ models: ["mock/echo"], cache: false })
  expect(data.find(({ name }) => name === "test")).toMatchObject(nothing)
  const cleared = await read(await ask("PATCH", path, nothing))
  expect(cleared.data).toMatchObject(nothing)
  // What says nothing of routing leaves it alone.
  await ask("PATCH", path, { models: ["other/*"] })
  expect((await read(await ask("PATCH", path, { name: "renamed" }))).data).toMatchObject({ models: ["other/*"] })
})

test("members that change nothing are as welcome as in a request", async () => {
  const provider = { route: "fallback", sort: "price" }
  const made = await read(await ask("POST", "/admin/keys", { name: "old members", provider }))
  expect(made.data).toMatchObject({ provider })
})

test("a change holds for the next request", async () => {
  const { key, data } = await read(await ask("POST", "/admin/keys", { name: "narrow", models: ["other/*"] }))
  const chat = () =>
    gateway.chat({ model: "mock/echo", messages: [{ role: "user", content: "x" }] }, { authorization: `Bearer ${key}` })
  expect((await chat()).status).toBe(403)
  await ask("PATCH", `/admin/keys/${data.id}`, { models: ["mock/*"] })
  expect((await chat()).status).toBe(200)
  await ask("PATCH", `/admin/keys/${data.id}`, { models: null })
  expect((await chat()).status).toBe(200)
})

test.each<[object, string]>([
  [{ models: [] }, "models"],
  [{ models: "a" }, "models"],
  [{ models: ["a", 1] }, "models[1]"],
  [{ default_model: "" }, "default_model"],
  [{ provider: [] }, "provider"],
  [{ provider: { zdr: "yes" } }, "provider.zdr"],
  [{ provider: { onyl: ["x"] } }, "provider.onyl"],
  [{ cache: "on" }, "cache"],
  [{ stream_recovery: "retry" }, "stream_recovery"],
  [{ priority: 1.5 }, "priority"],
  [{ routing: {} }, "routing"],
])("%j is refused with its place", async (body, param) => {
  const answer = await ask("POST", "/admin/keys", { name: "wrong", ...body })
  expect(answer.status).toBe(400)
  expect(await errorOf(answer)).toMatchObject({ code: "invalid_request", param })
})
