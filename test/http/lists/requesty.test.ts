import { afterAll, describe, expect, test } from "bun:test"
import OpenAI from "openai"
import type { JsonObject } from "../../../src/contract/index.ts"
import { inferenceKey, startGateway } from "../../kit/gateway.ts"

const upstream = { plugin: "openai-compatible", base_url: "http://127.0.0.1:9/v1", api_key: "k" }
const gateway = await startGateway({
  providers: [
    {
      id: "azure-house",
      ...upstream,
      region: "swedencentral",
      zdr: true,
      data_collection: "deny",
      models: [
        {
          id: "anthropic/claude-sonnet-4.5",
          upstream: "sonnet",
          context: 200_000,
          max_output: 64_000,
          price: {
            input: 3,
            output: 15,
            cache_read: 0.3,
            cache_write: 3.75,
            cache_write_1h: 6,
            tiers: [{ above: 200_000, input: 6, output: 22.5 }],
          },
          vision: true,
          reasoning: true,
          tools: true,
          released: "2025-09-29",
          shutdown: "2031-01-31",
        },
        { id: "small/one", context: 4096, max_output: 1024, price: { input: 0.1, output: 40 } },
        { id: "blind/one", tools: false, structured_output: false, input: ["text"] },
      ],
    },
    {
      id: "american",
      ...upstream,
      region: "us-east-1",
      data_collection: "allow",
      models: [{ id: "anthropic/claude-sonnet-4.5", upstream: "sonnet", price: { input: 4, output: 20 } }],
    },
    {
      id: "kinds",
      ...upstream,
      models: ["embeddings", "rerank", "images", "speech", "transcription"].map((kind) => ({
        id: `x/${kind}`,
        kind,
        price: kind === "images" ? { per_unit: { images: 0.04 } } : { input: 0.123456789, output: 0 },
      })),
    },
  ],
  policies: {
    "policy/mixed": { fallback: [{ model: "small/one" }, { model: "policy/inner" }] },
    "policy/inner": {
      balance: [{ model: "anthropic/claude-sonnet-4.5", weight: 1 }],
      description: "What the house is used to.",
    },
    "policy/nowhere": { fallback: [{ model: "small/two" }] },
  },
  aliases: { house: "anthropic/claude-sonnet-4.5" },
  presets: {
    brief: { description: "Short answers.", parameters: { model: "small/one", max_tokens: 50 } },
    anywhere: { parameters: { temperature: 0 } },
  },
})
afterAll(() => gateway.stop())

const list = async (path: string) => ((await (await gateway.get(path)).json()) as { data: JsonObject[] }).data
const row = async (id: string, path = "/v1/models") => (await list(path)).find((one) => one.id === id)

const paths = ["", "/chat", "/embedding", "/rerank", "/image", "/speech", "/transcription", "/all", "/managed"].map(
  (end) => `/v1/models${end}`,
)

/** Types as a client in Go decodes them: a number with a fraction is no integer, a text is no number, and null is neither. */
const strictly: Readonly<Record<string, (value: unknown) => boolean>> = {
  id: (value) => typeof value === "string" && value !== "",
  object: (value) => value === "model",
  api: (value) => ["chat", "embedding", "rerank", "image", "speech", "transcription"].includes(value as string),
  owned_by: (value) => typeof value === "string" && value !== "",
  created: Number.isSafeInteger,
  updated: Number.isSafeInteger,
  context_window: Number.isSafeInteger,
  max_output_tokens: Number.isSafeInteger,
  input_price: (value) => typeof value === "number" && value >= 0 && value < 0.01,
  output_price: (value) => typeof value === "number" && value >= 0 && value < 0.01,
  cached_price: (value) => typeof value === "number" && value >= 0,
  caching_price: (value) => typeof value === "number" && value >= 0,
  geolocation: (value) => typeof value === "string",
  ...Object.fromEntries(
    [
      "caching",
      "vision",
      "computer_use",
      "reasoning",
      "tool_calling",
      "image_generation",
      "web_search",
      "role_developer",
      "output_json_object",
      "output_json_schema",
    ].map((name) => [`supports_${name}`, (value: unknown) => typeof value === "boolean"]),
  ),
}
const ifThere: Readonly<Record<string, (value: unknown) => boolean>> = {
  description: (value) => typeof value === "string",
  model_lab: (value) => typeof value === "string" && value !== "",
  model_canonical_name: (value) => typeof value === "string" && value !== "",
  data_retention: (value) => typeof value === "boolean",
  data_retention_days: Number.isSafeInteger,
  data_used_for_training: (value) => typeof value === "boolean",
  retires_at: (value) => typeof value === "string",
  caching_5m_price: (value) => typeof value === "number",
  caching_1h_price: (value) => typeof value === "number",
}

test.each(paths)("%s can be decoded strictly", async (path) => {
  const answer = (await (await gateway.get(path)).json()) as JsonObject
  expect(answer.object).toBe("list")
  const rows = answer.data as JsonObject[]
  expect(rows.length).toBeGreaterThan(0)
  for (const one of rows) {
    for (const [name, check] of Object.entries(strictly))
      expect([one.id, name, check(one[name])]).toEqual([one.id, name, true])
    for (const [name, check] of Object.entries(ifThere))
      if (name in one) expect([one.id, name, check(one[name])]).toEqual([one.id, name, true])
    expect(Object.values(one)).not.toContain(null)
    const bands = one.pricing as JsonObject[]
    expect(bands[0]).toMatchObject({
      prompt_tokens_threshold: 0,
      input_price: one.input_price!,
      output_price: one.output_price!,
    })
    for (const [index, band] of bands.entries()) {
      for (const value of Object.values(band)) expect(typeof value).toBe("number")
      if (index > 0)
        expect(band.prompt_tokens_threshold as number).toBeGreaterThan(
          bands[index - 1]!.prompt_tokens_threshold as number,
        )
    }
  }
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
})

test("everything that is known of a model", async () => {
  expect(await row("anthropic/claude-sonnet-4.5")).toMatchObject({
    api: "chat",
    owned_by: "azure-house",
    created: Date.parse("2025-09-29") / 1000,
    context_window: 200_000,
    max_output_tokens: 64_000,
    input_price: 0.000003,
    output_price: 0.000015,
    cached_price: 3e-7,
    caching_price: 0.00000375,
    caching_5m_price: 0.00000375,
    caching_1h_price: 0.000006,
    pricing: [
      { prompt_tokens_threshold: 0, input_price: 0.000003 },
      { prompt_tokens_threshold: 200_000, input_price: 0.000006, output_price: 0.0000225, cached_price: 3e-7 },
    ],
    supports_vision: true,
    supports_reasoning: true,
    supports_tool_calling: true,
    supports_computer_use: true,
    // Two providers on two continents, one of which keeps what it gets.
    geolocation: "global",
    data_used_for_training: true,
    model_lab: "anthropic",
    model_canonical_name: "claude-sonnet-4.5",
  })
  expect(await row("small/one")).toMatchObject({
    geolocation: "eu",
    data_retention: false,
    data_retention_days: 0,
    data_used_for_training: false,
    supports_computer_use: false,
  })
  expect(await row("blind/one")).toMatchObject({
    supports_tool_calling: false,
    supports_output_json_schema: false,
    supports_vision: false,
    context_window: 128_000,
    max_output_tokens: 0,
  })
})

test("a model retires when the last of its providers takes it away", async () => {
  // The American one has not said when.
  expect(await row("anthropic/claude-sonnet-4.5")).not.toHaveProperty("retires_at")
  const eu = await row("claude-sonnet-4-5@eu", "/v1/models/managed")
  expect(eu).toMatchObject({ retires_at: "2031-01-31", geolocation: "eu", data_retention: false })
})

test("policies have the least context and the highest price of what they lead to", async () => {
  expect(await row("policy/mixed")).toMatchObject({
    owned_by: "signalbox",
    context_window: 4096,
    max_output_tokens: 1024,
    // Each side's own maximum.
    input_price: 0.000004,
    output_price: 0.00004,
    cached_price: 0.000004,
    pricing: [{ prompt_tokens_threshold: 0 }, { prompt_tokens_threshold: 200_000, input_price: 0.000006 }],
    description: "A policy: models that are tried one after the other.",
  })
  expect(await row("policy/inner")).toMatchObject({ input_price: 0.000004, description: "What the house is used to." })
  expect(await row("policy/mixed")).not.toHaveProperty("model_lab")
  // It leads to nothing that could be called.
  expect(await row("policy/nowhere")).toBeUndefined()
})

test("presets that name a model", async () => {
  expect(await row("@preset/brief")).toMatchObject({ context_window: 4096, description: "Short answers." })
  expect(await row("@preset/anywhere")).toBeUndefined()
  const { data } = (await (await gateway.get("/api/v1/models?q=preset")).json()) as { data: JsonObject[] }
  expect(data.map(({ id }) => id)).toEqual(["@preset/brief"])
})

test("aliases and managed names", async () => {
  expect(await row("house")).toMatchObject({ model_canonical_name: "claude-sonnet-4.5", context_window: 200_000 })
  const managed = (await list("/v1/models/managed")).map(({ id }) => id as string)
  expect(managed).toEqual(expect.arrayContaining(["claude-sonnet-4-5", "claude-sonnet-4-5@eu", "claude-sonnet-4-5@us"]))
  expect(await row("claude-sonnet-4-5")).toBeUndefined()
  const coding = (await list("/v1/models")).filter(({ id }) => (id as string).startsWith("coding/"))
  expect(coding.map(({ id }) => id)).toContain("coding/claude-4-sonnet")
})

test("each kind has its list", async () => {
  for (const [path, kind] of [
    ["embedding", "embeddings"],
    ["rerank", "rerank"],
    ["image", "images"],
    ["speech", "speech"],
    ["transcription", "transcription"],
  ])
    expect((await list(`/v1/models/${path}`)).map(({ id }) => id)).toEqual([`x/${kind}`])
  expect((await list("/v1/models?supported_parameters=nothing")).length).toBe((await list("/v1/models/chat")).length)
})

describe("one model", () => {
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: inferenceKey, maxRetries: 0 })
  test.each(["small/one", "policy/mixed", "house", "azure-house/small/one"])(
    "%s, as the OpenAI SDK asks",
    async (name) => {
      expect((await client.models.retrieve(name)).object).toBe("model")
    },
  )
  test("none of that name", async () => {
    const answer = client.models.retrieve("small/two").then((found) => found)
    await expect(answer).rejects.toMatchObject({ status: 404 })
  })
  test("in Anthropic's form", async () => {
    const answer = await fetch(`${gateway.url}/v1/models/house`, {
      headers: { "x-api-key": inferenceKey, "anthropic-version": "2023-06-01" },
    })
    expect(await answer.json()).toMatchObject({ type: "model", id: "house" })
  })
})

test("the list is not sent again to who has it", async () => {
  const headers = { authorization: `Bearer ${inferenceKey}` }
  const first = await fetch(`${gateway.url}/v1/models`, { headers })
  const known = { ...headers, "if-none-match": `"other", ${first.headers.get("etag")}` }
  expect((await fetch(`${gateway.url}/v1/models`, { headers: known })).status).toBe(304)
  // Another form is another list.
  const anthropic = { ...known, "anthropic-version": "2023-06-01" }
  expect((await fetch(`${gateway.url}/v1/models`, { headers: anthropic })).status).toBe(200)
})

test("prices per million, where the operator wants them so", async () => {
  const million = await startGateway({
    providers: [{ id: "p", ...upstream, models: [{ id: "a/b", price: { input: 1.5, output: 2 } }] }],
    compat: { requesty: { price_unit: "million" } },
  })
  try {
    const { data } = (await (await million.get("/v1/models")).json()) as { data: JsonObject[] }
    expect(data.find(({ id }) => id === "a/b")).toMatchObject({ input_price: 1.5, output_price: 2 })
  } finally {
    await million.stop()
  }
})
