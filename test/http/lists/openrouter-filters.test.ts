import { afterAll, describe, expect, test } from "bun:test"
import { OpenRouter } from "@openrouter/sdk"
import type { JsonObject } from "../../../src/contract/index.ts"
import { inferenceKey } from "../../kit/gateway.ts"
import { startManyModels, writing } from "../../kit/many-models.ts"

const gateway = await startManyModels()
afterAll(() => gateway.stop())

const client = new OpenRouter({
  apiKey: inferenceKey,
  serverURL: `${gateway.url}/api/v1`,
  retryConfig: { strategy: "none" },
})
const get = async (path: string) => (await (await gateway.get(path)).json()) as JsonObject & { data: JsonObject[] }
const ids = async (query: string): Promise<readonly string[]> =>
  (await get(`/api/v1/models?${query}`)).data.map(({ id }) => id as string)

describe("filters", () => {
  test.each<[query: string, expected: readonly string[]]>([
    ["q=claude", ["anthropic/claude-test-1"]],
    ["q=TEST poems", ["anthropic/claude-test-1"]],
    ["supported_parameters=verbosity", ["anthropic/claude-test-1"]],
    ["supported_parameters=verbosity,tools", ["anthropic/claude-test-1"]],
    ["supported_parameters=verbosity,min_p", []],
    ["output_modalities=embeddings", ["x/embed"]],
    ["output_modalities=rerank", ["x/rerank"]],
    ["output_modalities=image", ["x/draw", "x/paint"]],
    ["output_modalities=embeddings,image", ["x/embed", "x/draw", "x/paint"]],
    ["input_modalities=image", ["anthropic/claude-test-1", "x/paint"]],
    ["input_modalities=image,file", ["anthropic/claude-test-1"]],
    ["context=1199500", ["acme/model-1199"]],
    ["min_price=11.99", ["acme/model-1198", "acme/model-1199"]],
    ["min_output_price=24", ["acme/model-1199"]],
    ["max_price=0.02&q=acme", ["acme/model-0000", "acme/model-0001"]],
    ["max_output_price=0&q=acme", []],
    ["min_price=3&max_price=3&model_authors=anthropic", ["anthropic/claude-test-1"]],
    ["arch=Claude", ["anthropic/claude-test-1"]],
    ["arch=claude,llama3", ["anthropic/claude-test-1"]],
    ["model_authors=meta,anthropic", ["anthropic/claude-test-1", "meta/llama-free", "meta/llama-free:free"]],
    ["providers=house-us", ["meta/llama-free"]],
    ["providers=The House&q=claude", ["anthropic/claude-test-1"]],
    ["distillable=true", ["meta/llama-free:free"]],
    ["zdr=true", ["anthropic/claude-test-1", "meta/llama-free:free", "x/paint"]],
    ["region=eu", ["anthropic/claude-test-1", "meta/llama-free:free", "x/paint"]],
    ["region=us", ["meta/llama-free"]],
    ["max_age_days=10&q=test", ["anthropic/claude-test-1"]],
    ["min_age_days=10&q=test", []],
  ])("%s", async (query, expected) => {
    const found = await ids(query)
    expect(found.filter((id) => id.includes("/") && !/^~|^policy|^openrouter/.test(id))).toEqual([...expected])
  })

  test("all kinds are there where everything is asked for", async () => {
    // The main list, embeddings, rerank and the images.
    expect(await ids("output_modalities=all")).toHaveLength(writing + 3)
    const count = await get("/api/v1/models/count?output_modalities=all")
    expect(count.data as unknown).toEqual({ count: writing + 3 })
    expect((await client.models.count({})).data.count).toBe(writing)
  })

  test("what nobody here knows of a model chooses none", async () => {
    expect(await ids("category=programming&min_intelligence_index=50&max_tool_success_rate=0.1")).toHaveLength(writing)
    expect(await ids("min_price=null&context=")).toHaveLength(writing)
  })

  test.each([
    "offset=-1",
    "limit=1001",
    "limit=x",
    "sort=cheapest",
    "category=cooking",
    "context=many",
    "min_price=free",
    "zdr=maybe",
    "distillable=perhaps",
    "max_age_days=old",
    "min_coding_index=high",
  ])("%s is a mistake", async (query) => {
    const answer = await gateway.get(`/api/v1/models?${query}`)
    expect(answer.status).toBe(400)
    const { error } = (await answer.json()) as { error: { message: string } }
    expect(error.message).toContain(`"${query.split("=")[0]}" must be`)
  })
})

describe("sorts", () => {
  const first = async (sort: string) =>
    (await ids(`sort=${sort}&q=acme`)).filter((id) => id.startsWith("acme/")).slice(0, 2)
  test("by price, context and age", async () => {
    expect(await first("pricing-low-to-high")).toEqual(["acme/model-0000", "acme/model-0001"])
    expect(await first("pricing-high-to-low")).toEqual(["acme/model-1199", "acme/model-1198"])
    expect(await first("context-high-to-low")).toEqual(["acme/model-1199", "acme/model-1198"])
    expect((await ids("sort=newest"))[0]).not.toStartWith("acme/")
  })

  test.each([
    "most-popular",
    "top-weekly",
    "throughput-high-to-low",
    "latency-low-to-high",
    "intelligence-high-to-low",
    "coding-high-to-low",
    "agentic-high-to-low",
    "design-arena-elo-high-to-low",
  ])("%s leaves models that nothing is known of in their order", async (sort) => {
    expect(await ids(`sort=${sort}`)).toEqual(await ids(""))
  })
})
