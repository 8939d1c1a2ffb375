import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import type { ModelFacts } from "../../src/contract/offer.ts"
import { readModelsDev } from "../../src/facts/refresh/models-dev.ts"
import { modelsDevDocument, provider, row } from "../kit/models-dev.ts"

const read = (vendors: Parameters<typeof modelsDevDocument>[0]) => readModelsDev(modelsDevDocument(vendors))

/** The facts of one row of OpenAI's, and how many rows were left out beside it. */
const one = (more: Readonly<Record<string, unknown>>): { facts: ModelFacts | undefined; leftOut: number } => {
  const { lists, leftOut } = read({ openai: { other: row(), it: row(more) } })
  return { facts: lists.get("openai")?.find(({ upstream }) => upstream === "it"), leftOut }
}

describe("a row becomes facts", () => {
  test("every field has its place", () => {
    const { facts } = one({ limit: { context: 400_000, input: 272_000, output: 128_000 } })
    expect(facts).toEqual({
      upstream: "it",
      name: "A Model",
      family: "a",
      context: 400_000,
      maxInput: 272_000,
      maxOutput: 128_000,
      price: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
      traits: {
        tools: true,
        vision: true,
        reasoning: true,
        pdf: true,
        audio: false,
        structuredOutput: true,
        promptCache: true,
        imageOutput: false,
      },
      input: ["text", "image", "file"],
      output: ["text"],
      openWeights: false,
      knowledge: "2025-08",
      created: Date.parse("2025-09-29") / 1000,
    })
  })

  test.each([
    [[{ type: "effort", values: ["none", "low", "high"] }], { mandatory: false, efforts: ["none", "low", "high"] }],
    [[{ type: "effort", values: ["max", "low"] }], { efforts: ["low", "max"] }],
    [[{ type: "toggle" }, { type: "budget_tokens", min: 1024 }], { mandatory: false, budget: true }],
    [[], undefined],
    [[{ type: "telepathy" }], undefined],
  ])("ways to reason: %j", (reasoning_options, reasoning) => {
    expect(one({ reasoning_options }).facts?.reasoning).toEqual(reasoning)
  })

  test.each([
    [
      { input: 2, output: 12, tiers: [{ tier: { type: "context", size: 200_000 }, input: 4, output: 18 }] },
      [{ above: 200_000, input: 4, output: 18 }],
    ],
    [
      {
        input: 1,
        output: 2,
        tiers: [
          { tier: { size: 128_000 }, input: 4, output: 8 },
          { tier: { size: 32_000 }, input: 2, output: 4 },
        ],
      },
      [
        { above: 32_000, input: 2, output: 4 },
        { above: 128_000, input: 4, output: 8 },
      ],
    ],
    [
      { input: 2, output: 12, context_over_200k: { input: 4, output: 18, cache_read: 0.4 } },
      [{ above: 200_000, input: 4, output: 18, cacheRead: 0.4 }],
    ],
    [{ input: 2, output: 12, tiers: [{ tier: { type: "moon", size: 3 }, input: 4, output: 18 }] }, undefined],
  ])("tiers: %j", (cost, tiers) => {
    expect(one({ cost }).facts?.price?.tiers).toEqual(tiers)
  })

  test.each([
    [{ modalities: { input: ["text"], output: ["audio"] } }, "speech"],
    [{ modalities: { input: ["text"], output: ["image"] } }, "images"],
    [{ family: "text-embedding" }, "embeddings"],
    [{}, undefined],
  ] as const)("kind of %j", (more, kind) => {
    expect(one(more).facts?.kind).toBe(kind)
  })

  test("what is no use here is passed over, and not counted as wrong", () => {
    expect(one({ modalities: { input: ["text"], output: ["video"] } })).toEqual({ facts: undefined, leftOut: 0 })
  })

  test("a price of nothing is one only where that is meant", () => {
    const nothing = { cost: { input: 0, output: 0 } }
    expect(one(nothing).facts).not.toHaveProperty("price")
    const { lists } = read({ nvidia: { it: row(nothing) }, openrouter: { "a/b:free": row(nothing) } })
    expect(lists.get("nvidia")?.[0]?.price).toMatchObject({ input: 0, output: 0 })
    expect(lists.get("openrouter")?.[0]?.price).toMatchObject({ input: 0, output: 0 })
  })

  test("what the document writes for unknown is unknown", () => {
    const { facts } = one({ limit: { context: 0, output: 0 }, knowledge: "", release_date: "1970-01-01", name: "A\t" })
    expect(facts).not.toHaveProperty("context")
    expect(facts).not.toHaveProperty("maxOutput")
    expect(facts).not.toHaveProperty("created")
    expect(facts?.name).toBe("A")
  })

  test("deprecated", () => {
    expect(one({ status: "deprecated" }).facts?.deprecated).toBe(true)
    expect(one({ status: "beta" }).facts).not.toHaveProperty("deprecated")
  })
})

describe("a row that cannot be true is left out and counted", () => {
  test.each([
    [{ name: "x".repeat(201) }],
    [{ name: "two\nlines" }],
    [{ name: 7 }],
    [{ limit: { context: -1 } }],
    [{ limit: { context: 1e9 } }],
    [{ limit: { context: "200000" } }],
    [{ limit: [] }],
    [{ cost: { input: -1, output: 1 } }],
    [{ cost: { input: 1, output: 10_001 } }],
    [{ cost: { input: "1", output: 1 } }],
    [{ cost: { output: 1 } }],
    [{ cost: 3 }],
    [{ cost: { input: 1, output: 1, tiers: "none" } }],
    [{ cost: { input: 1, output: 1, tiers: [{ tier: { size: -5 }, input: 1, output: 1 }] } }],
    [{ cost: { input: 1, output: 1, tiers: [{ input: 1, output: 1 }] } }],
    [{ release_date: "2025-25-11" }],
    [{ release_date: "2025-02-30" }],
    [{ knowledge: "yesterday" }],
    [{ modalities: { input: "text", output: ["text"] } }],
    [{ modalities: { input: Array.from({ length: 21 }, () => "text"), output: ["text"] } }],
    [{ tool_call: "yes" }],
    [{ reasoning_options: {} }],
    [{ reasoning_options: [{ type: "effort", values: "low" }] }],
  ])("%j", (more) => {
    expect(one(more)).toEqual({ facts: undefined, leftOut: 1 })
  })

  test("a row that is no object, a name that is none, a provider without models", () => {
    const { models, leftOut } = readModelsDev({
      openai: { models: { a: row(), b: null, c: [], "": row(), ["x".repeat(201)]: row() } },
      anthropic: { models: [] },
      google: "down",
    })
    expect({ models, leftOut }).toEqual({ models: 1, leftOut: 6 })
  })
})

describe("vendors by our names", () => {
  test.each([
    ["togetherai", "together"],
    ["fireworks-ai", "fireworks"],
    ["novita-ai", "novita"],
    ["vercel", "vercel-ai-gateway"],
    ["zhipuai", "zai-cn"],
    ["google-vertex-anthropic", "google-vertex"],
    ["amazon-bedrock", "amazon-bedrock"],
    ["cloudflare-workers-ai", "cloudflare-workers-ai"],
    ["somebody-new", "somebody-new"],
  ])("%s is %s", (theirs, ours) => {
    expect([...read({ [theirs]: { a: row() } }).lists.keys()]).toEqual([ours])
  })

  test("two entries of one kind are one list", () => {
    const { lists } = read({ "google-vertex": { a: row() }, "google-vertex-anthropic": { b: row() } })
    expect(lists.get("google-vertex")?.map(({ upstream }) => upstream)).toEqual(["a", "b"])
  })

  test("Claude on Azure is reached another way", () => {
    const { lists } = read({ azure: { gpt: row(), claude: row({ provider: { npm: "@ai-sdk/anthropic" } }) } })
    expect(lists.get("azure")?.map(({ upstream }) => upstream)).toEqual(["gpt"])
    expect(lists.get("azure-foundry-anthropic")?.map(({ upstream }) => upstream)).toEqual(["claude"])
  })

  test("what a server of one's own could have is no offer of it", () => {
    expect(() => read({ lmstudio: { a: row() } })).toThrow("no models")
  })
})

describe("documents that are none", () => {
  test.each([[null], [[]], ["text"], [{}], [{ error: "down" }], [{ openai: { models: {} } }]])("%j", (document) => {
    expect(() => readModelsDev(document)).toThrow()
  })

  test("names that objects have anyway are names like others", () => {
    const text = `{"__proto__":{"models":{"a":${JSON.stringify(row())}}},"openai":${JSON.stringify(
      provider("openai", {}),
    ).replace(
      '"models":{}',
      `"models":{"__proto__":${JSON.stringify(row())},"constructor":${JSON.stringify(row())}}`,
    )}}`
    const { lists, models } = readModelsDev(JSON.parse(text))
    expect([...lists.keys()]).toEqual(["openai"])
    expect(lists.get("openai")?.map(({ upstream }) => upstream)).toEqual(["__proto__", "constructor"])
    expect(models).toBe(2)
    expect(({} as Record<string, unknown>).models).toBeUndefined()
  })

  test("whatever JSON it is, it is read or refused with an Error, and never throws anything else", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (fields, value) => {
        const documents = [fields, value, { openai: { models: { a: fields, b: value } } }, { openai: value }]
        for (const document of documents) {
          try {
            const { lists } = readModelsDev(document)
            for (const facts of [...lists.values()].flat()) expect(facts.upstream.length).toBeLessThanOrEqual(200)
          } catch (thrown) {
            expect((thrown as Error).constructor).toBe(Error)
          }
        }
      }),
      { seed: 7, numRuns: 300 },
    )
  })
})
