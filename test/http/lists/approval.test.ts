import { afterAll, beforeEach, describe, expect, test } from "bun:test"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Json, JsonObject } from "../../../src/contract/index.ts"
import { adminKey, inferenceKey, startGateway, type TestGateway } from "../../kit/gateway.ts"
import { errorOf } from "../../kit/upstreams.ts"

const upstream = { plugin: "openai-compatible", base_url: "http://127.0.0.1:9/v1", api_key: "k" }
const bulk = Array.from({ length: 300 }, (_, index) => ({ id: `bulk/model-${index}` }))
const config = {
  models: { public: false },
  providers: [
    {
      id: "eu-house",
      ...upstream,
      region: "de",
      zdr: true,
      models: [
        { id: "openai/gpt-5", upstream: "gpt-5-eu", price: { input: 2, output: 8 } },
        { id: "mistral/small", price: { input: 0.1, output: 0.3 }, tags: ["cheap"] },
      ],
    },
    { id: "eu-cloud", ...upstream, region: "europe-west1", models: [{ id: "google/gemini" }] },
    {
      id: "openai",
      ...upstream,
      region: "us",
      data_collection: "allow",
      models: [
        { id: "openai/gpt-5", upstream: "gpt-5", price: { input: 1, output: 4 } },
        { id: "openai/embed", kind: "embeddings" },
      ],
    },
    { id: "bulk", ...upstream, models: bulk },
  ],
  retries: { same_upstream: 0 },
}
let gateway: TestGateway = await startGateway(config)
afterAll(() => gateway.stop())

const ask = (method: string, path: string, body?: object, key = adminKey) =>
  fetch(gateway.url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
const done = async (method: string, path: string, body?: object): Promise<JsonObject> => {
  const answer = await ask(method, path, body)
  const read = (await answer.json()) as JsonObject
  expect([answer.status, read.error]).toEqual([200, undefined as unknown as Json])
  return read
}
const approve = (body: object) => done("POST", "/admin/models/approve", body)
const remove = (body: object) => done("POST", "/admin/models/remove", body)
const reset = () => done("PUT", "/admin/models/approval", { mode: "all", rules: [], approved: [], removed: [] })

const listed = async (path = "/v1/models/all"): Promise<readonly string[]> =>
  ((await (await gateway.get(path)).json()) as { data: { id: string }[] }).data.map(({ id }) => id)
/** Without the three hundred. */
const few = async () => (await listed()).filter((id) => !id.startsWith("bulk/") && !id.startsWith("coding/"))
const tags = async (model: string): Promise<readonly string[]> => {
  const answer = await gateway.get(`/api/v1/models/${model}/endpoints`)
  const { data } = (await answer.json()) as { data?: { endpoints: { tag: string }[] } }
  return data?.endpoints.map(({ tag }) => tag) ?? []
}
const everything = ["openai/gpt-5", "mistral/small", "google/gemini", "openai/embed"]

beforeEach(async () => {
  await reset()
})

test("everything is approved until somebody says otherwise", async () => {
  expect(await few()).toEqual(everything)
  expect((await done("GET", "/admin/models/approval")).data).toMatchObject({ mode: "all", source: "store", file: null })
})

test("removals and approvals follow at once, in lists and for requests", async () => {
  await remove({ models: ["openai/*"] })
  expect(await few()).toEqual(["mistral/small", "google/gemini"])
  const refused = await gateway.chat({ model: "openai/gpt-5", messages: [{ role: "user", content: "x" }] })
  expect(refused.status).toBe(403)
  expect(await errorOf(refused)).toMatchObject({
    code: "model_not_allowed",
    message: expect.stringContaining("Provider blocked by policy") as never,
  })
  // What is said later counts.
  await approve({ models: ["openai/gpt-5"] })
  expect(await few()).toEqual(["openai/gpt-5", "mistral/small", "google/gemini"])
  await remove({ models: ["*"] })
  expect(await listed()).toEqual([])
})

test("a provider's offer can be approved alone", async () => {
  await done("PUT", "/admin/models/approval", { mode: "listed" })
  expect(await few()).toEqual([])
  await approve({ models: ["eu-house:gpt-5-eu", "google/gemini"] })
  expect(await few()).toEqual(["openai/gpt-5", "google/gemini"])
  expect(await tags("openai/gpt-5")).toEqual(["eu-house"])
})

test("in bulk, by filter", async () => {
  await done("PUT", "/admin/models/approval", { mode: "listed" })
  const answer = await approve({ filter: { regions: ["eu"] } })
  expect((answer.data as JsonObject).changed).toEqual([
    "eu-house:gpt-5-eu",
    "eu-house:mistral/small",
    "eu-cloud:google/gemini",
  ])
  expect(await few()).toEqual(["openai/gpt-5", "mistral/small", "google/gemini"])
  // The American provider of the same model is none of them.
  expect(await tags("openai/gpt-5")).toEqual(["eu-house"])
  await remove({ filter: { max_price: { input: 1 } } })
  expect(await few()).toEqual(["openai/gpt-5", "google/gemini"])
  await approve({ models: bulk.map(({ id }) => id) })
  expect(await listed()).toHaveLength(302)
  await remove({ models: ["bulk/*"] })
  expect(await few()).toEqual([...(await listed())])
})

test("by preset: what is in the union and keeps nothing", async () => {
  await done("PUT", "/admin/models/approval", { preset: "eu-zdr" })
  expect(await few()).toEqual(["openai/gpt-5", "mistral/small"])
  expect(await tags("openai/gpt-5")).toEqual(["eu-house"])
  expect((await done("GET", "/admin/models/approval")).data).toMatchObject({
    mode: "rules",
    rules: [{ regions: ["eu"], zdr: true }],
  })
  await remove({ preset: "zdr" })
  expect(await few()).toEqual([])
  await approve({ preset: "eu", filter: { authors: ["google"] } })
  expect(await few()).toEqual(["google/gemini"])
})

test("rules approve what comes later", async () => {
  await done("PUT", "/admin/models/approval", {
    mode: "rules",
    rules: [{ tags: ["cheap"] }, { kinds: ["embeddings"] }],
  })
  expect(await few()).toEqual(["mistral/small", "openai/embed"])
  const later = { id: "later", ...upstream, models: [{ id: "late/embed", kind: "embeddings" }, { id: "late/chat" }] }
  await gateway.configure({ ...config, providers: [...config.providers, later] })
  expect(await few()).toEqual(["mistral/small", "openai/embed", "late/embed"])
  const { data } = (await done("GET", "/admin/models?new=true")) as { data: JsonObject[] }
  expect(data.map(({ id, approved }) => [id, approved])).toEqual([
    ["late/embed", true],
    ["late/chat", false],
  ])
  await gateway.configure(config)
})

test("the list says of every model by what rule, at which provider, where and for how much", async () => {
  await done("PUT", "/admin/models/approval", {
    mode: "rules",
    rules: [{ providers: ["nobody"] }, { regions: ["eu"] }],
  })
  await approve({ models: ["openai/embed"] })
  const all = await done("GET", "/admin/models")
  expect(all).toMatchObject({ total_count: 304, mode: "rules" })
  const found = (id: string) => (all.data as JsonObject[]).find((one) => one.id === id)
  expect(found("openai/gpt-5")).toMatchObject({
    approved: true,
    author: "openai",
    kind: "chat",
    new: false,
    providers: [
      {
        id: "eu-house",
        offer: "eu-house:gpt-5-eu",
        approved: true,
        by: "rule",
        rule: 1,
        source: "store",
        region: "de",
        geolocation: "eu",
        zdr: true,
        price: { input: 2, output: 8 },
      },
      { id: "openai", approved: false, by: "unlisted", geolocation: "us", zdr: null, data_collection: "allow" },
    ],
  })
  expect(found("openai/embed")).toMatchObject({ approved: true, providers: [{ by: "listed", price: null }] })
  const narrowed = async (query: string) =>
    ((await done("GET", `/admin/models?${query}`)) as { data: JsonObject[] }).data.map(({ id }) => id)
  expect(await narrowed("approved=true")).toEqual(everything)
  expect(await narrowed("region=eu&zdr=true")).toEqual(["openai/gpt-5", "mistral/small"])
  expect(await narrowed("provider=openai")).toEqual(["openai/gpt-5", "openai/embed"])
  expect(await narrowed("author=mistral")).toEqual(["mistral/small"])
  expect(await narrowed("kind=embeddings")).toEqual(["openai/embed"])
  expect(await narrowed("q=GEMINI")).toEqual(["google/gemini"])
  expect(await narrowed("q=bulk&limit=2&offset=298")).toEqual(["bulk/model-298", "bulk/model-299"])
})

test("changes at the same time are all kept", async () => {
  await done("PUT", "/admin/models/approval", { mode: "listed" })
  await Promise.all(bulk.slice(0, 20).map(({ id }) => approve({ models: [id] })))
  expect(await listed()).toHaveLength(20)
})

test("what was decided, and what was new, is there after a restart", async () => {
  const dir = mkdtempSync(join(tmpdir(), "signalbox-approval-"))
  const before = gateway
  const start = async (more: readonly object[] = []) => {
    gateway = await startGateway({ ...config, data_dir: dir, providers: [...config.providers, ...more] })
  }
  const fresh = async () =>
    ((await done("GET", "/admin/models?new=true")) as { data: JsonObject[] }).data.map(({ id }) => id)
  const later = { id: "later", ...upstream, models: [{ id: "late/chat" }] }
  try {
    await start()
    await remove({ models: ["openai/*"] })
    expect(await fresh()).toEqual([])
    await gateway.stop()
    await start([later])
    expect(await few()).toEqual(["mistral/small", "google/gemini", "late/chat"])
    expect(await fresh()).toEqual(["late/chat"])
    await gateway.stop()
    await start([later])
    expect(await fresh()).toEqual(["late/chat"])
    expect((await done("GET", "/admin/models/approval")).data).toMatchObject({ removed: ["openai/*"], approved: [] })
  } finally {
    await gateway.stop()
    gateway = before
    rmSync(dir, { recursive: true, force: true })
  }
})

describe("what the file says belongs to it", () => {
  const approved = { mode: "rules", models: ["openai/gpt-5"], rules: [{ providers: ["eu-cloud"] }] }
  test("it cannot be taken back, and its mode stays", async () => {
    await gateway.configure({ ...config, approved_models: approved })
    expect(await few()).toEqual(["openai/gpt-5", "google/gemini"])
    for (const models of [["openai/*"], ["google/gemini"], ["*"]]) {
      const refused = await ask("POST", "/admin/models/remove", { models })
      expect(refused.status).toBe(409)
      expect(await errorOf(refused)).toMatchObject({
        code: "conflict",
        message: expect.stringContaining("configuration file") as never,
      })
    }
    expect((await ask("PUT", "/admin/models/approval", { mode: "all" })).status).toBe(409)
    // What it does not mention is the API's.
    await approve({ models: ["mistral/small"] })
    expect(await few()).toEqual(["openai/gpt-5", "mistral/small", "google/gemini"])
    await remove({ models: ["mistral/small"] })
    expect(await few()).toEqual(["openai/gpt-5", "google/gemini"])
    expect((await done("GET", "/admin/models/approval")).data).toMatchObject({
      mode: "rules",
      source: "file",
      file: approved,
    })
    await gateway.configure(config)
  })
})

describe("refused", () => {
  test.each<[string, string, object, string]>([
    ["POST", "/admin/models/approve", {}, "models"],
    ["POST", "/admin/models/approve", { models: "openai/gpt-5" }, "models"],
    ["POST", "/admin/models/approve", { models: ["openai/gpt-6"] }, "models[0]"],
    ["POST", "/admin/models/approve", { preset: "moon" }, "preset"],
    ["POST", "/admin/models/approve", { modles: ["x"] }, "modles"],
    ["POST", "/admin/models/remove", { filter: {} }, "filter"],
    ["POST", "/admin/models/remove", { filter: { zdr: "yes" } }, "filter.zdr"],
    ["POST", "/admin/models/remove", { filter: { region: ["eu"] } }, "filter.region"],
    ["POST", "/admin/models/remove", { filter: { regions: ["europa"] } }, "filter.regions"],
    ["POST", "/admin/models/remove", { filter: { kinds: ["talk"] } }, "filter.kinds[0]"],
    ["POST", "/admin/models/remove", { filter: { max_price: { input: -1 } } }, "filter.max_price.input"],
    ["PUT", "/admin/models/approval", { mode: "some" }, "mode"],
    ["PUT", "/admin/models/approval", { rules: [{ zdr: true }, {}] }, "rules[1]"],
  ])("%s %s %j", async (method, path, body, param) => {
    const answer = await ask(method, path, body)
    expect(answer.status).toBe(400)
    expect(await errorOf(answer)).toMatchObject({ code: "invalid_request", param })
    expect(await few()).toEqual(everything)
  })

  test("whoever does not manage", async () => {
    for (const [method, path] of [
      ["GET", "/admin/models"],
      ["POST", "/admin/models/approve"],
      ["PUT", "/admin/models/approval"],
    ])
      expect((await ask(method!, path!, method === "GET" ? undefined : {}, inferenceKey)).status).toBe(403)
  })
})
