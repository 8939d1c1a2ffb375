import { describe, expect, test } from "bun:test"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { overlay, overlayDay } from "../../src/facts/overlay/overlay.ts"
import { Table } from "../../src/facts/overlay/table.ts"
import { checkFacts } from "../../src/facts/refresh/check-facts.ts"
import { setUpBuiltIns } from "../kit/built-ins.ts"

const folder = join(import.meta.dir, "../../src/facts/overlay/tables")
const files = readdirSync(folder)
const built = overlay()

test("every file is in, and every vendor is a kind of provider", async () => {
  const kinds = new Set(
    (await setUpBuiltIns()).flatMap(({ capabilities }) => (capabilities.providers ?? []).map(({ id }) => id)),
  )
  const vendors = files.flatMap((file) => new Table(readFileSync(join(folder, file), "utf8")).vendors)
  expect([...built.vendors].sort()).toEqual(vendors.toSorted())
  expect(vendors.filter((vendor) => !kinds.has(vendor))).toEqual([])
})

describe.each(files)("%s", (file) => {
  const [head, ...lines] = readFileSync(join(folder, file), "utf8").trimEnd().split("\n")
  const rows = [...new Table([head, ...lines].join("\n")).rows.values()]

  test("says where it is from, and has each name once, in order", () => {
    const { source } = JSON.parse(head!) as { source: string }
    const ownSource = lines.every((line) => (JSON.parse(line) as { source?: string }).source)
    expect(source.includes("models.dev") || ownSource).toBe(true)
    const names = rows.map(({ upstream }) => upstream)
    expect(names).toEqual([...new Set(names)])
    expect(names).toHaveLength(lines.length)
    expect(names).toEqual(names.toSorted())
  })

  test("has only facts that can be true", () => {
    for (const row of rows) {
      expect(checkFacts(row)).toEqual(row)
      const { price, context, maxInput, maxOutput, created = 0 } = row
      expect([row.upstream, created * 1000 <= Date.parse(overlayDay)]).toEqual([row.upstream, true])
      if (context !== undefined && maxInput !== undefined) expect(maxInput).toBeLessThanOrEqual(context)
      if (context !== undefined && maxOutput !== undefined && row.kind === undefined)
        expect(maxOutput).toBeLessThanOrEqual(context)
      // A cache that costs nothing would be a gift; where a source has a zero it knows no price.
      if (price && price.input > 0) expect([row.upstream, price.cacheRead !== 0]).toEqual([row.upstream, true])
      for (const tier of price?.tiers ?? []) expect(tier.above).toBeGreaterThan(0)
    }
  })
})

test("the first-party vendors' models are there, with limits, prices, abilities", () => {
  const expected: readonly (readonly [vendor: string, upstream: string, facts: object])[] = [
    [
      "openai",
      "gpt-5.4",
      { context: 1_050_000, maxOutput: 128_000, price: { input: 2.5, output: 15, cacheRead: 0.25 } },
    ],
    ["openai", "whisper-1", { kind: "transcription", price: { perUnit: { seconds: 0.0001 } } }],
    [
      "anthropic",
      "claude-sonnet-4-5",
      { context: expect.any(Number), price: { input: 3, output: 15, cacheWrite: 3.75, cacheWrite1h: 6 } },
    ],
    [
      "google",
      "gemini-2.5-pro",
      { price: { tiers: [{ above: 200_000 }] }, traits: { vision: true, pdf: true, audio: true } },
    ],
    ["xai", "grok-4.3", { traits: { tools: true } }],
    ["deepseek", "deepseek-v4-pro", { traits: { reasoning: true } }],
    ["mistral", "mistral-large-2512", { openWeights: true }],
    ["cohere", "rerank-v3.5", { kind: "rerank", price: { perUnit: { searches: 0.002 } } }],
    ["moonshotai", "kimi-k2.6", {}],
    ["zai", "glm-5.2", {}],
    ["alibaba", "qwen3-max", {}],
    ["minimax", "MiniMax-M3", {}],
    ["perplexity", "sonar-pro", {}],
    ["ai21", "jamba-large-1.7", { context: 256_000 }],
    ["amazon-bedrock", "amazon.nova-pro-v1:0", { price: { input: 0.8, output: 3.2 } }],
    ["voyage", "voyage-3.5", { kind: "embeddings", price: { input: 0.06, output: 0 } }],
    ["jina", "jina-embeddings-v4", { kind: "embeddings" }],
  ]
  for (const [vendor, upstream, facts] of expected) {
    expect([vendor, upstream, built.of(vendor, upstream)]).toMatchObject([vendor, upstream, facts])
  }
})

test("what a model takes depends on what it can do", () => {
  const takes = (upstream: string) => built.of("openai", upstream)?.parameters ?? []
  expect(takes("gpt-4.1")).toContain("temperature")
  expect(takes("gpt-5.4")).not.toContain("temperature")
  expect(takes("gpt-5.4")).toContain("reasoning_effort")
  expect(takes("gpt-4.1")).not.toContain("reasoning_effort")
  expect(built.of("openai", "text-embedding-3-small")?.parameters).toBeUndefined()
})

test("what was shut down is known, and not offered", () => {
  expect(built.of("openai", "gpt-4-32k")?.shutdown).toBe("2025-06-06")
  expect(built.isGone("openai", "gpt-4-32k", "2025-06-07")).toBe(true)
  // The last day is one.
  expect(built.isGone("openai", "gpt-4-32k", "2025-06-06")).toBe(false)
  expect(built.isGone("openai", "gpt-5.4", "2030-01-01")).toBe(false)
})
