import { afterAll, describe, expect, test } from "bun:test"
import { OpenRouter } from "@openrouter/sdk"
import type { JsonObject } from "../../../src/contract/index.ts"
import { inferenceKey, startGateway } from "../../kit/gateway.ts"
import { startManyModels, writing } from "../../kit/many-models.ts"

const gateway = await startManyModels()
afterAll(() => gateway.stop())

const client = new OpenRouter({
  apiKey: inferenceKey,
  serverURL: `${gateway.url}/api/v1`,
  retryConfig: { strategy: "none" },
})
const get = async (path: string) => (await (await gateway.get(path)).json()) as JsonObject & { data: JsonObject[] }

describe("the SDK pages through every list to its end", () => {
  test.each([100, 500, 1000, undefined])("models, %p at a time", async (limit) => {
    const found: string[] = []
    for await (const { result } of await client.models.list(limit === undefined ? {} : { limit }))
      found.push(...result.data.map(({ id }) => id))
    expect(found).toHaveLength(writing)
    expect(new Set(found).size).toBe(writing)
  })

  test("a page that ends with the list is the last", async () => {
    const found: string[] = []
    for await (const { result } of await client.models.list({ limit: writing / 2 }))
      found.push(...result.data.map(({ id }) => id))
    expect(found).toHaveLength(writing)
  })

  test("models of a key", async () => {
    let found = 0
    for await (const { result } of await client.models.listForUser({ bearer: inferenceKey }, { limit: 700 })) {
      expect(result.totalCount).toBe(writing)
      found += result.data.length
    }
    expect(found).toBe(writing)
  })

  test("embeddings", async () => {
    const found: string[] = []
    for await (const { result } of await client.embeddings.listModels({}))
      found.push(...result.data.map(({ id }) => id))
    expect(found).toEqual(["x/embed"])
  })

  test("and what has no SDK of its own", async () => {
    expect((await get("/api/v1/rerank/models")).data.map(({ id }) => id)).toEqual(["x/rerank"])
    expect((await get("/api/v1/images/models")).data.map(({ id }) => id)).toEqual(["x/draw", "x/paint"])
  })
})

test("without a page everything is given; with one there is a way on, which keeps the question", async () => {
  const all = await get("/api/v1/models")
  expect(all).toMatchObject({ total_count: writing, links: { next: null } })
  expect(all.data).toHaveLength(writing)
  const page = await get("/api/v1/models?q=model-00&sort=pricing-high-to-low&limit=40&offset=20")
  expect(page.total_count).toBe(101)
  expect(page.links).toEqual({
    next: "/api/v1/models?q=model-00&sort=pricing-high-to-low&limit=40&offset=60",
  })
  const beyond = await get("/api/v1/models?offset=5000&limit=10")
  expect(beyond).toMatchObject({ data: [], total_count: writing, links: { next: null } })
})

test("a row has every field, in the SDK's types", async () => {
  const { data } = await client.models.get({ author: "anthropic", slug: "claude-test-1" })
  expect(data).toMatchObject({
    id: "anthropic/claude-test-1",
    canonicalSlug: "anthropic/claude-test-1",
    name: "Claude Test",
    contextLength: 200_000,
    architecture: {
      modality: "text+image+file->text",
      inputModalities: ["text", "image", "file"],
      outputModalities: ["text"],
      tokenizer: "Claude",
    },
    pricing: {
      prompt: "0.000003",
      completion: "0.000015",
      inputCacheRead: "0.0000003",
      inputCacheWrite: "0.00000375",
      webSearch: "0.01",
      overrides: [{ minPromptTokens: 200_000, prompt: "0.000006", completion: "0.0000225" }],
    },
    topProvider: { isModerated: false, contextLength: 200_000, maxCompletionTokens: 64_000 },
    perRequestLimits: null,
    supportedVoices: null,
    knowledgeCutoff: "2026-02-28",
    expirationDate: "2031-12-31",
    reasoning: { mandatory: false, supportedEfforts: ["high", "medium", "low"] },
    links: { details: "/api/v1/models/anthropic/claude-test-1/endpoints" },
  })
  expect(data.supportedParameters).toEqual(
    expect.arrayContaining(["tools", "temperature", "verbosity", "reasoning", "include_reasoning"]),
  )
  expect(data.supportedParameters).not.toContain("seed")
})

test("no price is written with an exponent", async () => {
  const tiny = await startGateway({
    providers: [
      {
        id: "p",
        plugin: "openai-compatible",
        base_url: "http://127.0.0.1:9/v1",
        models: [{ id: "a/b", price: { input: 0.000_01, output: 12_000 / 7, per_unit: { images: 0.000_000_4 } } }],
      },
    ],
  })
  try {
    const text = await (await tiny.get("/api/v1/models")).text()
    expect(text).toContain('"prompt":"0.00000000001"')
    expect(text).toContain('"image":"0.0000004"')
    expect(text).not.toMatch(/"-?[\d.]+e[+-]?\d+"/i)
  } finally {
    await tiny.stop()
  }
})

test("the newest of a family has a name of its own", async () => {
  const name = "~acme/model-latest"
  expect((await get("/api/v1/models?q=latest")).data).toMatchObject([
    { id: name, alias_target: { slug: "acme/model-1199" }, context_length: 1_200_000 },
  ])
  expect((await client.models.get({ author: "~acme", slug: "model-latest" })).data.id).toBe(name)
})

test("what costs nothing is a row of its own beside what costs something", async () => {
  const rows = (await get("/api/v1/models?q=llama")).data
  expect(rows.map(({ id, context_length, pricing }) => [id, context_length, (pricing as JsonObject).prompt])).toEqual([
    ["meta/llama-free", 16_000, "0.0000001"],
    ["meta/llama-free:free", 8000, "0"],
  ])
  const { data } = await client.models.get({ author: "meta", slug: "llama-free:free" })
  expect(data.id).toBe("meta/llama-free:free")
  const free = await client.endpoints.list({ author: "meta", slug: "llama-free:free" })
  expect(free.data.endpoints.map(({ tag }) => tag)).toEqual(["house"])
  expect((await gateway.get("/api/v1/model/acme/model-0005:free")).status).toBe(404)
})

describe("endpoints", () => {
  test("one for each provider of a model", async () => {
    const { data } = await client.endpoints.list({ author: "meta", slug: "llama-free" })
    expect(data).toMatchObject({ id: "meta/llama-free", architecture: { instructType: null } })
    expect(data.endpoints).toMatchObject([
      {
        name: "The House | meta/llama-free",
        providerName: "The House",
        tag: "house",
        contextLength: 8000,
        status: 0,
        quantization: null,
        uptimeLast5m: null,
        uptimeLast30m: null,
        uptimeLast1d: null,
        latencyLast30m: null,
        throughputLast30m: null,
        supportsToolChoice: { auto: true, none: true, required: true, function: true },
        pricing: { prompt: "0", completion: "0" },
      },
      { providerName: "house-us", tag: "house-us", contextLength: 16_000 },
    ])
  })

  test("what is known of a model there", async () => {
    const { data } = await client.endpoints.list({ author: "anthropic", slug: "claude-test-1" })
    expect(data.endpoints).toMatchObject([
      {
        quantization: "fp8",
        maxPromptTokens: 180_000,
        maxCompletionTokens: 64_000,
        // It charges for writing to its cache, so it has to be asked for.
        supportsImplicitCaching: false,
        supportedParameters: expect.arrayContaining(["verbosity"]) as never,
      },
    ])
  })

  test.each(["meta/nobody", "meta", "", "x/y/z", "%00", "..%2f..%2fadmin"])("there are none of %p", async (name) => {
    const answer = await gateway.get(`/api/v1/models/${name}/endpoints`)
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({ error: { code: 404, metadata: { error_type: "not_found" } } })
  })

  test("names lead where requests would be led: aliases, variants, a provider's own name", async () => {
    for (const [name, id] of [
      ["small", "small"],
      ["acme/model-0001:nitro", "acme/model-0001"],
      ["big/acme/model-0001", "acme/model-0001"],
      ["big%2Facme%2Fmodel-0001", "acme/model-0001"],
      ["policy/two", "policy/two"],
    ]) {
      const found = await get(`/api/v1/model/${name}`)
      expect([name, (found.data as unknown as JsonObject)?.id]).toEqual([name, id])
    }
    expect((await get("/api/v1/model/small")).data).toMatchObject({
      alias_target: { slug: "acme/model-0001", name: expect.any(String) as never },
    })
  })

  test("those that keep nothing", async () => {
    const { data } = await client.endpoints.listZdrEndpoints()
    expect(new Set(data.map(({ providerName }) => providerName))).toEqual(new Set<string>(["The House"]) as never)
    expect(data.map(({ modelId }) => modelId)).toContain("x/embed")
  })
})

test("providers, with what the operator says of them", async () => {
  const { data } = await client.providers.list()
  expect(data.map(({ slug }) => slug)).toEqual(["big", "house", "house-us"])
  expect(data[1]).toMatchObject({
    name: "The House",
    headquarters: "DE",
    datacenters: ["FI", "DE"],
    privacyPolicyUrl: "https://example.com/privacy",
    statusPageUrl: null,
  })
})

test("as a feed", async () => {
  const answer = await gateway.get("/api/v1/models?use_rss=true&q=claude")
  expect(answer.headers.get("content-type")).toBe("application/rss+xml")
  const text = await answer.text()
  expect(text).toContain("<description>Writes &lt;poems&gt; &amp; proofs.</description>")
  expect(text).toContain(`<link>${gateway.url}/api/v1/model/anthropic/claude-test-1</link>`)
  expect(text.match(/<item>/g)).toHaveLength(1)
  expect(text).toMatch(/<pubDate>\w{3}, \d\d \w{3} \d{4} 00:00:00 GMT<\/pubDate>/)
})

test("who has read the list need not read it again", async () => {
  const headers = { authorization: `Bearer ${inferenceKey}` }
  const first = await fetch(`${gateway.url}/api/v1/models`, { headers })
  const etag = first.headers.get("etag")!
  const again = await fetch(`${gateway.url}/api/v1/models`, { headers: { ...headers, "if-none-match": etag } })
  expect(again.status).toBe(304)
  expect(await again.text()).toBe("")
  const other = await fetch(`${gateway.url}/api/v1/models?q=claude`, { headers: { ...headers, "if-none-match": etag } })
  expect(other.status).toBe(200)
})
