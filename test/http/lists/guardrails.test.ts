import { afterAll, describe, expect, test } from "bun:test"
import { adminKey, startGateway } from "../../kit/gateway.ts"

const gateway = await startGateway({ providers: [{ id: "mock" }] })
afterAll(() => gateway.stop())

async function admin(method: string, path: string, body?: unknown) {
  const response = await fetch(`${gateway.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(JSON.stringify(answer))
  return answer
}

const lists = ["/v1/models", "/api/v1/models", "/api/v1/models/user"]
const listed = async (path: string, key: string): Promise<string[]> =>
  ((await (await gateway.get(path, key)).json()) as { data: { id: string }[] }).data
    .map(({ id }) => id)
    // Chooses among those that the key may use.
    .filter((id) => !id.startsWith("openrouter/"))
const ask = (key: string, model: string, path = "/v1/chat/completions") =>
  gateway.post(path, { model, messages: [{ role: "user", content: "hi" }] }, { authorization: `Bearer ${key}` })

describe("a key with a guardrail", () => {
  test("sees what it may use, at once after each change, and so does nobody else", async () => {
    const { key, data } = await admin("POST", "/api/v1/keys", { name: "g" })
    const { id } = (await admin("POST", "/api/v1/guardrails", { name: "only echo", allowed_models: ["mock/echo"] }))
      .data
    const before = await listed(lists[0]!, key)
    expect(before).toContain("mock/script")
    await admin("POST", `/api/v1/guardrails/${id}/assignments/keys`, { key_hashes: [data.hash] })
    for (const path of lists) expect(await listed(path, key)).toEqual(["mock/echo"])
    expect((await ask(key, "mock/echo")).status).toBe(200)
    const refused = await ask(key, "mock/script", "/api/v1/chat/completions")
    expect(refused.status).toBe(404)
    expect(await refused.json()).toMatchObject({
      error: {
        code: 404,
        message: expect.stringContaining("No endpoints available matching your guardrail restrictions and data policy"),
        availability: { code: "constraint_filtered", excluded_by: ["allowed_providers"] },
      },
    })
    await admin("PATCH", `/api/v1/guardrails/${id}`, { allowed_models: null })
    expect(await listed(lists[0]!, key)).toEqual(before)
    await admin("PATCH", `/api/v1/guardrails/${id}`, { ignored_providers: ["mock"] })
    for (const path of lists) expect(await listed(path, key)).toEqual([])
    expect((await ask(key, "mock/echo")).status).toBe(404)
  })

  test("that is deleted leaves no assignment behind", async () => {
    const { data } = await admin("POST", "/api/v1/keys", { name: "gone" })
    const { id } = (await admin("POST", "/api/v1/guardrails", { name: "left" })).data
    await admin("POST", `/api/v1/guardrails/${id}/assignments/keys`, { key_hashes: [data.hash] })
    await admin("DELETE", `/api/v1/keys/${data.hash}`)
    const { data: log } = await admin("GET", "/admin/audit?limit=5")
    expect(log).toContainEqual(expect.objectContaining({ kind: "guardrail-assignment", action: "delete" }))
  })
})

test("an answer that is remembered is not given to a key that may not have it any more", async () => {
  const { key, data } = await admin("POST", "/api/v1/keys", { name: "cached" })
  const again = () =>
    gateway.post(
      "/v1/chat/completions",
      { model: "mock/echo", messages: [{ role: "user", content: "remember this" }] },
      { authorization: `Bearer ${key}`, "x-signalbox-cache": "on" },
    )
  expect((await again()).status).toBe(200)
  expect((await again()).status).toBe(200)
  const { id } = (await admin("POST", "/api/v1/guardrails", { name: "no echo", ignored_models: ["mock/echo"] })).data
  await admin("POST", `/api/v1/guardrails/${id}/assignments/keys`, { key_hashes: [data.hash] })
  expect((await again()).status).toBe(404)
})

test("a key with an access list sees and uses what is in it", async () => {
  const made = await admin("POST", "/v1/manage/access-list", { name: "interns", chat: ["mock/echo"] })
  const { key, data } = await admin("POST", "/admin/keys", { name: "listed", access_list_id: made.id })
  expect(data.access_list_id).toBe(made.id)
  for (const path of lists) expect(await listed(path, key)).toEqual(["mock/echo"])
  const refused = await ask(key, "mock/script")
  expect(refused.status).toBe(403)
  expect(await refused.text()).toContain(
    'Provider blocked by policy: no endpoint of \\"mock/script\\" is on the allowed list',
  )
})

test("a model that appears joins the lists that want it", async () => {
  const local = await startGateway({ providers: [{ id: "mock" }] })
  try {
    const call = async (method: string, path: string, body?: unknown) => {
      const init = { method, headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" } }
      return (await fetch(local.url + path, body === undefined ? init : { ...init, body: JSON.stringify(body) })).json()
    }
    const { id } = await call("POST", "/v1/manage/access-list", {
      name: "open",
      auto_approve: true,
      chat: ["mock/echo"],
    })
    await local.configure({
      providers: [
        { id: "mock" },
        { id: "local", plugin: "openai-compatible", base_url: "http://127.0.0.1:1/v1", models: [{ id: "new/model" }] },
      ],
    })
    const { access_list: list } = await call("GET", `/v1/manage/access-list/${id}`)
    expect(list.chat).toEqual(["mock/echo", "new/model"])
  } finally {
    await local.stop()
  }
})
