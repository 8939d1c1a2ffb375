import { afterAll, expect, test } from "bun:test"
import { OpenRouter } from "@openrouter/sdk"
import { inferenceKey, startGateway } from "../../kit/gateway.ts"

const provider = (id: string, models: readonly object[], more: object = {}) => ({
  id,
  plugin: "openai-compatible",
  base_url: "http://127.0.0.1:9/v1",
  api_key: "k",
  models,
  ...more,
})
const gateway = await startGateway({
  providers: [
    provider("one", [
      { id: "a/paid", price: { input: 1, output: 2 }, context: 1000 },
      { id: "a/gift", price: { input: 0, output: 0 }, context: 500 },
      { id: "a/draw", kind: "images", price: { input: 5, output: 40, per_unit: { images: 0.04 } } },
    ]),
    provider("three", [
      { id: "a/old", released: "2024-01-01", price: { input: 1, output: 1 }, context: 1000 },
      { id: "a/new", released: "2025-01-01", price: { input: 1, output: 1 }, context: 1000 },
    ]),
    provider("two", [{ id: "a/draw", kind: "images" }], { region: "eu" }),
  ],
  keys: [{ name: "paid", key: "sk-only-paid-models-0000000", models: ["a/paid"] }],
})
afterAll(() => gateway.stop())

const client = (apiKey: string) =>
  new OpenRouter({ apiKey, serverURL: `${gateway.url}/api/v1`, retryConfig: { strategy: "none" } })
const { models, endpoints, images } = client(inferenceKey)

test("routers are rows: the largest room and the highest price of what they choose from", async () => {
  const { data: auto } = await models.get({ author: "openrouter", slug: "auto" })
  expect(auto).toMatchObject({
    contextLength: 1000,
    pricing: { prompt: "0.000001" },
    architecture: { tokenizer: "Router" },
  })
  const { data: free } = await models.get({ author: "openrouter", slug: "free" })
  expect(free).toMatchObject({ contextLength: 500, pricing: { prompt: "0", completion: "0" } })
  expect((await endpoints.list({ author: "openrouter", slug: "auto" })).data.endpoints).toEqual([])
})

test("newest first, and last what nobody knows the day of", async () => {
  const ids = async (query: string) =>
    ((await (await gateway.get(`/api/v1/models?${query}`)).json()) as { data: { id: string }[] }).data.map(
      ({ id }) => id,
    )
  expect((await ids("sort=newest&model_authors=a")).slice(0, 2)).toEqual(["a/new", "a/old"])
  expect(await ids("max_age_days=36500&model_authors=a")).toEqual(["a/old", "a/new"])
  expect(await ids("min_age_days=0&model_authors=a")).toEqual(["a/old", "a/new"])
})

test("only where there is something to choose from", async () => {
  const ids: string[] = []
  const pages = await client("sk-only-paid-models-0000000").models.listForUser({
    bearer: "sk-only-paid-models-0000000",
  })
  for await (const { result } of pages) ids.push(...result.data.map(({ id }) => id))
  expect(ids).toEqual(["a/paid", "openrouter/auto"])
})

test("the endpoints of an image model, with what they charge for", async () => {
  const found = await images.listModelEndpoints({ author: "a", slug: "draw" })
  expect(found).toEqual({
    id: "a/draw",
    endpoints: [
      expect.objectContaining({
        providerSlug: "one",
        pricing: [
          { billable: "output_image", unit: "image", costUsd: 0.04 },
          { billable: "output_image", unit: "token", costUsd: 0.00004 },
          { billable: "input_image", unit: "token", costUsd: 0.000005 },
          { billable: "input_text", unit: "token", costUsd: 0.000005 },
        ],
      }),
      expect.objectContaining({ providerSlug: "two", pricing: [] }),
    ],
  })
  const { data } = await images.listModels()
  expect(data.map(({ endpoints }) => endpoints)).toEqual(["/api/v1/images/models/a/draw/endpoints"])
  expect(images.listModelEndpoints({ author: "a", slug: "paid" })).rejects.toThrow('There is no model "a/paid"')
})
