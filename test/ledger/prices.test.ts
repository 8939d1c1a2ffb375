import { expect, test } from "bun:test"
import * as catalog from "@pydantic/genai-prices"
import type { Offer } from "../../src/contract/offer.ts"
import { emptyUsage, type Usage } from "../../src/contract/usage.ts"
import { costNano } from "../../src/ledger/money.ts"
import { bill, createPrices, listPricesAsOf } from "../../src/ledger/prices.ts"

const NOON = Date.UTC(2026, 2, 4, 12)
const offer = (change: Partial<Offer> = {}): Offer => ({
  model: "openai/gpt-4o-mini",
  provider: "openai",
  upstream: "gpt-4o-mini",
  ...change,
})
const setUp = () => {
  const clock = { time: NOON, now: () => clock.time }
  let loads = 0
  const load = async () => {
    loads += 1
    return catalog
  }
  return { clock, loads: () => loads, prices: createPrices({ clock, load }) }
}
const used: Usage = {
  input: { ...emptyUsage.input, fresh: 1_000 },
  output: { ...emptyUsage.output, text: 100 },
}

test("a configured price wins and needs no catalogue", () => {
  const { prices, loads } = setUp()
  const price = { input: 1, output: 2 }
  const known = prices.of(offer({ price }))
  expect(known).toEqual({ source: "config", price })
  expect(loads()).toBe(0)
  expect(bill({ ...used, reportedCostUsd: 9 }, known as never)).toEqual({
    costNano: 1_200_000,
    source: "config",
    price,
  })
})

test("list prices are loaded when first needed, once, and then known without waiting", async () => {
  const { prices, loads } = setUp()
  expect(prices.peek(offer())).toBeUndefined()
  const waiting = prices.of(offer())
  expect(waiting).toBeInstanceOf(Promise)
  const [first] = await Promise.all([waiting, prices.of(offer({ upstream: "gpt-4o" }))])
  expect(first).toMatchObject({ source: "genai-prices", price: { input: 0.15, output: 0.6, cacheRead: 0.075 } })
  expect(loads()).toBe(1)
  expect(prices.of(offer())).toBe(first)
  expect(prices.peek(offer())).toBe(first)
})

test("what the upstream reports goes before list prices", async () => {
  const { prices } = setUp()
  const known = await prices.of(offer())
  expect(bill({ ...used, reportedCostUsd: 0.0123 }, known)).toEqual({ costNano: 12_300_000, source: "upstream" })
  expect(bill({ ...used, reportedCostUsd: 0 }, known)).toEqual({ costNano: 0, source: "upstream" })
  for (const reportedCostUsd of [Number.NaN, -1, Number.POSITIVE_INFINITY])
    expect(bill({ ...used, reportedCostUsd }, known).source).toBe("genai-prices")
  expect(bill(used, known)).toMatchObject({ costNano: 150_000 + 60_000, source: "genai-prices" })
})

test("an unknown model or vendor is unpriced, never guessed", async () => {
  const { prices } = setUp()
  for (const unknown of [
    offer({ upstream: "no-such-model" }),
    offer({ provider: "local" }),
    // A server of one's own that happens to be named after a vendor.
    offer({ provider: "my-openai-proxy" }),
    offer({ provider: "openai-compatible" }),
  ]) {
    const known = await prices.of(unknown)
    expect(known).toEqual({ source: "none" })
    expect(bill(used, known)).toEqual({ costNano: 0, source: "none" })
  }
})

test("a provider with a name of the operator's is priced by its kind", async () => {
  const { prices } = setUp()
  expect(await prices.of(offer({ provider: "team-a" }), "openai")).toMatchObject({ source: "genai-prices" })
})

test("no catalogue means no list prices, and says so once", async () => {
  const failures: unknown[] = []
  const prices = createPrices({
    clock: { now: () => NOON },
    load: () => Promise.reject(new Error("no catalogue")),
    onLoadFailure: (error) => failures.push(error),
  })
  expect(await prices.of(offer())).toEqual({ source: "none" })
  expect(await prices.of(offer())).toEqual({ source: "none" })
  expect(failures).toHaveLength(1)
})

/** genai-prices itself is the judge of what we read out of it. */
test.each([
  ["openai", "gpt-4o-mini", 150_000],
  ["anthropic", "claude-sonnet-4-5", 200_000],
  ["anthropic", "claude-sonnet-4-5", 200_001],
  ["anthropic", "claude-sonnet-4-5", 450_000],
  ["google", "gemini-2.5-pro", 200_000],
  ["google", "gemini-2.5-pro", 200_001],
  ["deepseek", "deepseek-chat", 5_000],
  ["mistral", "mistral-large-latest", 5_000],
  ["groq", "llama-3.3-70b-versatile", 5_000],
  ["perplexity", "sonar", 5_000],
])("%s %s with %d input tokens costs what genai-prices says", async (provider, upstream, total) => {
  const { prices } = setUp()
  const known = await prices.of(offer({ provider, upstream }))
  const cacheRead = Math.floor(total / 3)
  const usage: Usage = {
    input: { ...emptyUsage.input, fresh: total - cacheRead, cacheRead },
    output: { ...emptyUsage.output, text: 777 },
  }
  const theirs = catalog.calcPrice(
    { input_tokens: total, cache_read_tokens: cacheRead, output_tokens: 777 },
    upstream,
    { providerId: provider, timestamp: new Date(NOON) },
  )
  expect(costNano(usage, known.price!)).toBe(Math.round(theirs!.total_price * 1e9))
})

test("prices that depend on the hour are looked at again", async () => {
  const { prices, clock } = setUp()
  const timed = offer({ provider: "deepseek", upstream: "deepseek-chat" })
  const before = await prices.of(timed)
  expect(prices.of(timed)).toBe(before)
  clock.time += 900_000
  expect(prices.of(timed)).not.toBe(before)
})

test("of two lists the one with the newer evidence counts, and is completed by the other where they agree", async () => {
  const { prices } = setUp()
  const listed = (price: object, priceAsOf: number, priceSource = "models.dev") =>
    prices.of(offer({ price, priceSource, priceAsOf } as Partial<Offer>))
  const newer = listPricesAsOf + 1
  const older = listPricesAsOf - 1
  expect(await listed({ input: 9, output: 9 }, newer)).toEqual({ source: "models.dev", price: { input: 9, output: 9 } })
  expect(await listed({ input: 9, output: 9 }, older)).toMatchObject({ source: "genai-prices", price: { input: 0.15 } })
  expect(await listed({ input: 0.15, output: 0.6 }, newer)).toMatchObject({
    source: "models.dev",
    price: { input: 0.15, output: 0.6, cacheRead: 0.075 },
  })
  expect(await listed({ input: 0.15, output: 0.6, cacheWrite1h: 7 }, older)).toMatchObject({
    source: "genai-prices",
    price: { cacheRead: 0.075, cacheWrite1h: 7 },
  })
  // What a provider says of itself is not out of date.
  expect(await listed({ input: 9, output: 9 }, 1, "provider-list")).toMatchObject({ source: "provider-list" })
  // What genai-prices does not know costs what the other one says.
  const unknown = await prices.of(
    offer({ upstream: "no-such", price: { input: 1, output: 2 }, priceSource: "overlay", priceAsOf: 1 }),
  )
  expect(unknown).toEqual({ source: "overlay", price: { input: 1, output: 2 } })
})

test("a list price is no configured price: what the upstream reports goes before it", async () => {
  const { prices } = setUp()
  const price = { input: 1, output: 2 }
  const known = await prices.of(offer({ upstream: "no-such", price, priceSource: "overlay", priceAsOf: 1 }))
  expect(bill({ ...used, reportedCostUsd: 0.5 }, known)).toEqual({ costNano: 500_000_000, source: "upstream" })
  expect(bill(used, known)).toEqual({ costNano: 1_200_000, source: "overlay", price })
})

test("the day of the evidence is that of the version that is installed", async () => {
  const { dependencies } = await Bun.file(new URL("../../package.json", import.meta.url)).json()
  expect([dependencies["@pydantic/genai-prices"], new Date(listPricesAsOf).toISOString()]).toEqual([
    "0.1.8",
    "2026-09-23T00:00:00.000Z",
  ])
})

test("the list knows names, windows and purposes of models", async () => {
  const list = await setUp().prices.list()
  expect(list?.models("openai").find(({ id }) => id === "gpt-4o-mini")).toMatchObject({ context: 128_000 })
  expect(list?.models("openai").find(({ id }) => id === "text-embedding-3-small")?.kind).toBe("embeddings")
  expect(list?.models("nobody")).toEqual([])
})
