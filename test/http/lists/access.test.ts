import { afterAll, describe, expect, test } from "bun:test"
import { OpenRouter } from "@openrouter/sdk"
import type { JsonObject } from "../../../src/contract/index.ts"
import { inferenceKey, startGateway } from "../../kit/gateway.ts"
import { startMediaServer } from "../../kit/media.ts"
import { errorOf } from "../../kit/upstreams.ts"

const reply = (content: string) => ({
  id: "x",
  object: "chat.completion",
  created: 1,
  choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
  data: [{ index: 0, embedding: [1] }],
  results: [{ index: 0, relevance_score: 1 }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
})
const upstream = startMediaServer(({ json }) => Response.json(reply(String((json as JsonObject).model))))
const keys = {
  acme: "key-that-may-use-acme-0123456789",
  one: "key-that-may-use-one-0123456789",
  eu: "key-that-stays-in-the-union-0123",
  policy: "key-that-may-use-a-policy-012345",
  none: "key-that-may-use-nothing-0123456",
}
const provider = (id: string, models: readonly object[], more: object = {}) => ({
  id,
  plugin: "openai-compatible",
  base_url: `${upstream.url}/v1`,
  api_key: "k",
  models,
  ...more,
})
const kinds = (author: string) => [
  { id: `${author}/chat`, price: { input: 1, output: 2 } },
  { id: `${author}/embed`, kind: "embeddings" },
  { id: `${author}/rank`, kind: "rerank" },
  { id: `${author}/draw`, kind: "images" },
]
const gateway = await startGateway({
  keys: [
    { name: "all", key: inferenceKey },
    { name: "acme", key: keys.acme, models: ["acme/*"] },
    { name: "one", key: keys.one, models: ["BETA/Chat", "acme/chat"] },
    { name: "eu", key: keys.eu, provider: { region: "eu", max_price: { prompt: 5 } } },
    { name: "policy", key: keys.policy, models: ["policy/mixed"] },
    { name: "none", key: keys.none, models: [] },
  ],
  models: { public: true },
  providers: [
    provider("a", kinds("acme")),
    provider("b", kinds("beta"), { region: "de" }),
    provider("dear", [{ id: "dear/chat", price: { input: 50, output: 60 } }], { region: "fr" }),
    provider("second", [{ id: "acme/chat", upstream: "again", price: { input: 9, output: 9 } }], { region: "eu" }),
  ],
  policies: {
    "policy/mixed": { fallback: [{ model: "beta/chat" }, { model: "acme/chat" }] },
    "policy/beta": { fallback: [{ model: "beta/chat" }] },
  },
  aliases: { short: "beta/chat" },
  strategy: "configured",
  retries: { same_upstream: 0 },
})
afterAll(async () => {
  await gateway.stop()
  await upstream[Symbol.asyncDispose]()
})

const listPaths = [
  "/v1/models/all",
  "/v1/models",
  "/v1/models/chat",
  "/v1/models/embedding",
  "/v1/models/rerank",
  "/v1/models/image",
  "/v1/models/managed",
  "/api/v1/models?output_modalities=all",
  "/api/v1/models?output_modalities=all&limit=1000",
  "/api/v1/models/user?output_modalities=all",
  "/api/v1/embeddings/models",
  "/api/v1/rerank/models",
  "/api/v1/images/models",
]
const ids = async (path: string, key: string): Promise<readonly string[]> => {
  const answer = await gateway.get(path, key)
  expect(answer.status).toBe(200)
  return ((await answer.json()) as { data: { id: string }[] }).data.map(({ id }) => id)
}

describe.each(listPaths)("%s", (path) => {
  test("holds what the key may use, and nothing else", async () => {
    const all = await ids(path, inferenceKey)
    expect(all.length).toBeGreaterThan(path.endsWith("managed") ? -1 : 0)
    expect(await ids(path, keys.acme)).toEqual(
      all.filter((id) => /^acme\/|^policy\/mixed$|^openrouter\/auto$/.test(id)),
    )
    const one = new Set(["acme/chat", "beta/chat", "short", "policy/mixed", "policy/beta", "openrouter/auto"])
    expect(await ids(path, keys.one)).toEqual(all.filter((id) => one.has(id)))
    // In the union, and at a price that is known and not over the limit.
    const union = new Set(["beta/chat", "short", "policy/mixed", "policy/beta", "openrouter/auto"])
    expect(await ids(path, keys.eu)).toEqual(all.filter((id) => union.has(id)))
    expect(await ids(path, keys.none)).toEqual([])
  })
})

test("without a key a public list has what everybody may use", async () => {
  const answer = await fetch(`${gateway.url}/v1/models/all`)
  expect(((await answer.json()) as { data: JsonObject[] }).data).toHaveLength(
    (await ids("/v1/models/all", inferenceKey)).length,
  )
  // A key that is none sees what everybody sees, and one that is needed is asked for.
  expect((await gateway.get("/v1/models", "nobody's key, nobody's key")).status).toBe(200)
  expect((await fetch(`${gateway.url}/api/v1/models/user`)).status).toBe(401)
})

test("a row tells of the providers that the key may use", async () => {
  const row = async (key: string) => {
    const { data } = (await (await gateway.get("/v1/models", key)).json()) as { data: JsonObject[] }
    return data.find(({ id }) => id === "acme/chat")
  }
  expect(await row(inferenceKey)).toMatchObject({ owned_by: "a", geolocation: "global", input_price: 0.000001 })
  const client = new OpenRouter({ apiKey: keys.acme, serverURL: `${gateway.url}/api/v1` })
  const { data } = await client.endpoints.list({ author: "acme", slug: "chat" })
  expect(data.endpoints.map(({ tag }) => tag)).toEqual(["a", "second"])
  expect((await gateway.get("/api/v1/models/beta/chat/endpoints", keys.acme)).status).toBe(404)
  expect((await gateway.get("/v1/models/short", keys.acme)).status).toBe(404)
})

describe("requests", () => {
  const chat = (model: string, key: string, path = "/v1/chat/completions", more: object = {}) =>
    fetch(gateway.url + path, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({
        model,
        messages: [{ role: "user", content: "x" }],
        input: "x",
        query: "x",
        documents: ["x"],
        max_tokens: 16,
        ...more,
      }),
    })

  test.each([
    ["/v1/chat/completions", 403],
    ["/v1/messages", 403],
    ["/v1/responses", 403],
    ["/v1/messages/count_tokens", 403],
    ["/api/v1/chat/completions", 404],
    ["/api/v1/responses", 404],
  ])("%s refuses a model that the key may not use with %s, before anybody is asked", async (path, status) => {
    const before = upstream.requests.length
    const answer = await chat("beta/chat", keys.acme, path)
    expect(answer.status).toBe(status)
    const text = await answer.text()
    expect(text).toContain("Provider blocked by policy")
    expect(text).toContain("the key's models (acme/*)")
    expect(upstream.requests.length).toBe(before)
  })

  test.each([
    ["/v1/embeddings", "beta/embed"],
    ["/v1/rerank", "beta/rank"],
  ])("%s as well", async (path, model) => {
    expect(await errorOf(await chat(model, keys.acme, path))).toMatchObject({
      code: "model_not_allowed",
      param: "model",
    })
    expect((await chat(model.replace("beta", "acme"), keys.acme, path)).status).toBe(200)
  })

  test("what is on the list is served, however it is spelled", async () => {
    expect((await chat("beta/chat", keys.one)).status).toBe(200)
    expect((await chat("short", keys.one)).status).toBe(200)
    expect((await chat("acme/chat", keys.acme)).status).toBe(200)
    expect((await chat("acme/chat", keys.none)).status).toBe(403)
  })

  test("chains leave out what the key may not use, without a word", async () => {
    const answer = await chat("policy/mixed", keys.acme)
    expect(answer.status).toBe(200)
    expect(((await answer.json()) as JsonObject).model).toBe("acme/chat")
    expect((await chat("policy/beta", keys.acme)).status).toBe(403)
    const listed = await chat("beta/chat", keys.acme, "/api/v1/chat/completions", { models: ["acme/chat"] })
    expect(((await listed.json()) as JsonObject).model).toBe("acme/chat")
  })

  test("a policy on a key's list stands for the models that it leads to", async () => {
    expect((await chat("policy/mixed", keys.policy)).status).toBe(200)
    expect((await chat("beta/chat", keys.policy)).status).toBe(200)
    expect((await chat("dear/chat", keys.policy)).status).toBe(403)
  })
})
