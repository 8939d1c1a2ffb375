import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type FakeOpenAi, startFakeOpenAi } from "../kit/fake-openai.ts"
import { adminKey, startGateway, type TestGateway } from "../kit/gateway.ts"
import { modelsDevDocument, row } from "../kit/models-dev.ts"
import { generationOf } from "../kit/upstreams.ts"

/** Where public facts are, and what they say next. */
let facts: ReturnType<typeof Bun.serve>
let document: unknown
let asked = 0
let fake: FakeOpenAi
let gateway: TestGateway | undefined

beforeEach(async () => {
  asked = 0
  document = modelsDevDocument({ openai: { "gpt-4o": row({ cost: { input: 3, output: 15 } }) } })
  facts = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      asked++
      const etag = `"${Bun.hash(JSON.stringify(document))}"`
      if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304 })
      return Response.json(document, { headers: { etag } })
    },
  })
  fake = await startFakeOpenAi({ strict: false })
})
afterEach(async () => {
  await gateway?.stop()
  gateway = undefined
  await fake.stop()
  await facts.stop(true)
})

const config = (more: Readonly<Record<string, unknown>> = {}, catalog: Readonly<Record<string, unknown>> = {}) => ({
  providers: [{ id: "openai", base_url: fake.url, api_key: "k" }],
  catalog: { url: `http://127.0.0.1:${facts.port}/api.json`, upstream_lists: false, ...catalog },
  ...more,
})

const manage = async (method: string, path: string, body?: unknown) => {
  const response = await fetch(`${gateway!.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, never> }
}
const refresh = (body: unknown = {}) => manage("POST", "/admin/catalog/refresh", body)

const chat = async () => {
  const response = await gateway!.chat({ model: "openai/gpt-4o", messages: [{ role: "user", content: "hello" }] })
  expect(response.status).toBe(200)
  await response.text()
  return generationOf(gateway!, response)
}

test("a changed document is the price of the next request; the one before keeps what it was billed with", async () => {
  gateway = await startGateway(config())
  expect((await refresh()).body).toMatchObject({ data: [{ document: "models.dev", outcome: "fetched", models: 1 }] })
  const first = await chat()
  document = modelsDevDocument({ openai: { "gpt-4o": row({ cost: { input: 30, output: 150 } }) } })
  expect((await refresh()).body).toMatchObject({ data: [{ outcome: "fetched" }] })
  const second = await chat()
  expect(first.total_cost).toBeGreaterThan(0)
  expect(second.total_cost / first.total_cost).toBeCloseTo(10, 6)
})

test("what is not new is not fetched again, and GET /admin/catalog says how old it is", async () => {
  gateway = await startGateway(config())
  await refresh()
  expect((await refresh()).body).toMatchObject({ data: [{ outcome: "unchanged", models: 1 }] })
  const { body } = await manage("GET", "/admin/catalog")
  expect(body).toMatchObject({
    air_gapped: false,
    refresh_hours: 24,
    data: [
      { document: "models.dev", url: `http://127.0.0.1:${facts.port}/api.json`, models: 1, failures: 0, error: null },
    ],
  })
  const [row] = body.data as unknown as readonly Record<string, unknown>[]
  expect(row!.age_seconds).toBeGreaterThanOrEqual(0)
  const state = await manage("GET", "/admin/state")
  expect(state.body).toMatchObject({ catalog: [{ document: "models.dev", models: 1 }] })
  const metrics = await (await gateway.get("/metrics", adminKey)).text()
  expect(metrics).toContain('signalbox_catalog_models{document="models.dev"} 1')
  expect(metrics).toContain('signalbox_catalog_failures{document="models.dev"} 0')
  expect(metrics).toMatch(/signalbox_catalog_age_seconds\{document="models\.dev"\} [\d.e-]+/)
})

test("a broken document is told, and changes nothing", async () => {
  gateway = await startGateway(config())
  await refresh()
  const first = await chat()
  document = { error: "down" }
  expect((await refresh()).body).toMatchObject({ data: [{ outcome: "failed", models: 1, error: "it has no models" }] })
  expect((await chat()).total_cost).toBe(first.total_cost)
  expect((await manage("GET", "/admin/catalog")).body).toMatchObject({
    data: [{ failures: 1, error: "it has no models" }],
  })
})

test("after a restart the copy is there, and nobody is asked", async () => {
  const dir = mkdtempSync(join(tmpdir(), "signalbox-kept-"))
  try {
    gateway = await startGateway(config({ data_dir: dir }))
    await refresh()
    const before = await chat()
    await gateway.stop()
    gateway = await startGateway(config({ data_dir: dir }, { air_gapped: true }))
    expect((await chat()).total_cost).toBe(before.total_cost)
    expect((await manage("GET", "/admin/catalog")).body).toMatchObject({
      air_gapped: true,
      data: [{ models: 1, next_at: null }],
    })
    expect(asked).toBe(1)
  } finally {
    await gateway?.stop()
    gateway = undefined
    rmSync(dir, { recursive: true, force: true })
  }
})

test("air-gapped, nothing is fetched; a reload allows it, and takes it back", async () => {
  gateway = await startGateway(config({}, { air_gapped: true }))
  const refused = await refresh()
  expect(refused.status).toBe(409)
  expect(JSON.stringify(refused.body)).toContain("catalog.air_gapped")
  await chat()
  expect(asked).toBe(0)
  await gateway.configure(config())
  expect((await refresh()).status).toBe(200)
  expect(asked).toBe(1)
  await gateway.configure(config({}, { air_gapped: true }))
  expect((await refresh()).status).toBe(409)
  expect(asked).toBe(1)
})

describe("requests to the management API", () => {
  test("need a management key", async () => {
    gateway = await startGateway(config())
    for (const key of ["", "test-inference-key-0123456789"]) {
      const headers = key === "" ? {} : { authorization: `Bearer ${key}` }
      for (const [method, path] of [
        ["GET", "/admin/catalog"],
        ["POST", "/admin/catalog/refresh"],
      ] as const)
        expect((await fetch(`${gateway.url}${path}`, { method, headers })).status).toBeGreaterThanOrEqual(401)
    }
    expect(asked).toBe(0)
  })

  test.each([
    [{ forse: true }, "forse"],
    [{ force: "yes" }, "force"],
    [{ provider: "nobody" }, "provider"],
  ])("%j is refused", async (body, param) => {
    gateway = await startGateway(config())
    const { status, body: answer } = await refresh(body)
    expect([400, 404]).toContain(status)
    expect(answer).toMatchObject({ error: { param } })
    expect(asked).toBe(0)
  })
})

describe("an upstream's own list", () => {
  let list: unknown
  let server: ReturnType<typeof Bun.serve>
  beforeEach(() => {
    server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (request) =>
        new URL(request.url).pathname === "/v1/models" && request.headers.get("authorization") === "Bearer k"
          ? Response.json(list)
          : Response.json({ error: { message: "no" } }, { status: 401 }),
    })
  })
  afterEach(() => server.stop(true))

  const allNames = async () => {
    const { data } = (await (await gateway!.get("/v1/models")).json()) as { data: readonly { id: string }[] }
    return data.map(({ id }) => id)
  }
  const listed = async () => (await allNames()).filter((id) => id.startsWith("own/"))
  const own = (more: Readonly<Record<string, unknown>> = {}) =>
    config(
      {
        providers: [
          { id: "own", plugin: "vllm", base_url: `http://127.0.0.1:${server.port}/v1`, api_key: "k", ...more },
        ],
        routing: { managed: false },
      },
      { upstream_lists: true },
    )

  test("is what an open provider offers; what is gone from it is gone from the lists", async () => {
    gateway = await startGateway(own())
    list = { object: "list", data: [{ id: "my-a", max_model_len: 4096 }, { id: "my-b" }] }
    expect((await refresh()).body).toMatchObject({
      data: [{ document: "provider-list/own", outcome: "fetched", models: 2 }],
    })
    expect((await listed()).sort()).toEqual(["own/my-a", "own/my-b"])
    list = { object: "list", data: [{ id: "my-b" }, { id: "my-c" }] }
    await refresh({ provider: "own" })
    expect((await listed()).sort()).toEqual(["own/my-b", "own/my-c"])
  })

  test("draws no requests to itself that are meant for a model of the file, or for a policy", async () => {
    const { providers } = own()
    const named = { id: "up", plugin: "openai-compatible", base_url: fake.url, api_key: "k" }
    gateway = await startGateway({
      ...own(),
      providers: [...providers, { ...named, models: [{ id: "house/bot", price: { input: 1, output: 2 } }] }],
      policies: { "policy/fast": { fallback: [{ model: "house/bot" }] } },
    })
    const pricing = { prompt: "0", completion: "0" }
    list = { data: ["house/bot", "policy/fast", "policy/slow"].map((id) => ({ id, pricing })) }
    expect((await refresh()).body).toMatchObject({ data: [{ models: 3 }, {}] })
    for (const model of ["house/bot", "policy/fast"]) {
      const response = await gateway.chat({ model, messages: [{ role: "user", content: "hello" }] })
      expect([model, response.headers.get("x-requesty-provider")]).toEqual([model, "up"])
    }
    const names = (await allNames()).filter((id) => id.startsWith("policy/"))
    expect(names).toEqual(["policy/fast"])
    expect((await listed()).sort()).toEqual(["own/house/bot", "own/policy/fast", "own/policy/slow"])
  })

  test("does not widen what the file lists", async () => {
    gateway = await startGateway(own({ models: [{ id: "own/only", upstream: "my-a" }] }))
    list = { data: [{ id: "my-a", max_model_len: 4096 }, { id: "my-b" }] }
    await refresh()
    expect(await listed()).toEqual(["own/only"])
  })

  test("of another server under the same name is forgotten", async () => {
    gateway = await startGateway(own())
    list = { data: [{ id: "my-a" }] }
    await refresh()
    expect(await listed()).toEqual(["own/my-a"])
    await gateway.configure(own({ base_url: `http://127.0.0.1:${server.port}/other/v1` }))
    expect(await listed()).toEqual([])
  })

  test("that fails does not stop the others", async () => {
    gateway = await startGateway(own({ api_key: "wrong" }))
    const { status, body } = await refresh()
    expect(status).toBe(200)
    expect(body).toMatchObject({ data: [{ outcome: "failed" }] })
    expect(JSON.stringify(body)).toContain("credential is missing, or refused")
    expect(gateway.logged()).not.toContain("Bearer wrong")
  })
})
