import { expect, test } from "bun:test"
import type { ModelFacts } from "../../src/contract/offer.ts"
import { Facts, providerList } from "../../src/facts/facts.ts"
import type { FactSource } from "../../src/facts/source.ts"

/** A source that knows the same of every provider of `acme`, or of one of them. */
const source = (name: string, asOf: number, rows: readonly ModelFacts[], only?: string): FactSource => {
  const isMeant = (vendor: string, provider?: string) => vendor === "acme" && (only === undefined || provider === only)
  return {
    name,
    asOf,
    of: (vendor, upstream, provider) =>
      isMeant(vendor, provider) ? rows.find((row) => row.upstream === upstream) : undefined,
    list: (vendor, provider) => (isMeant(vendor, provider) ? rows : []),
  }
}
const now = () => Date.UTC(2026, 6, 2)
const withSources = async (...sources: readonly FactSource[]) => {
  const facts = new Facts({ load: async () => sources, now })
  await facts.load()
  return facts
}

test("each field is that of the newest source that has it, and says whose it is", async () => {
  const facts = await withSources(
    source("overlay", 100, [
      { upstream: "one", name: "Old", context: 1000, family: "f", traits: { tools: true, vision: false } },
    ]),
    source("models.dev", 200, [{ upstream: "one", name: "New", context: 2000, traits: { vision: true } }]),
  )
  expect(facts.of("acme", "one")).toEqual({
    upstream: "one",
    name: "New",
    context: 2000,
    family: "f",
    traits: { tools: true, vision: true },
    sources: { name: "models.dev", context: "models.dev", traits: "models.dev", family: "overlay" },
  })
  expect(facts.of("acme", "two")).toBeUndefined()
  expect(facts.of("other", "one")).toBeUndefined()
})

test("a provider's own list goes before newer ones, for that provider", async () => {
  const facts = await withSources(
    source("models.dev", 200, [{ upstream: "one", context: 2000, name: "One" }]),
    source(providerList, 50, [{ upstream: "one", context: 500 }], "mine"),
  )
  expect(facts.of("acme", "one", "mine")).toMatchObject({
    context: 500,
    name: "One",
    sources: { context: providerList },
  })
  expect(facts.of("acme", "one", "theirs")).toMatchObject({ context: 2000 })
})

test("a price is one source's, completed where another says the same, with its source and day", async () => {
  const old = { input: 3, output: 15, cacheWrite1h: 6 }
  const agreed = await withSources(
    source("overlay", 100, [{ upstream: "one", price: old }]),
    source("models.dev", 200, [{ upstream: "one", price: { input: 3, output: 15, cacheRead: 0.3 } }]),
  )
  expect(agreed.of("acme", "one")).toMatchObject({
    price: { input: 3, output: 15, cacheRead: 0.3, cacheWrite1h: 6 },
    priceSource: "models.dev",
    priceAsOf: 200,
  })
  const changed = await withSources(
    source("overlay", 100, [{ upstream: "one", price: old }]),
    source("models.dev", 200, [{ upstream: "one", price: { input: 2, output: 10 } }]),
  )
  expect(changed.of("acme", "one")?.price).toEqual({ input: 2, output: 10 })
})

test("what the name tells gives way to what somebody says, except for whose weights they are", async () => {
  const facts = await withSources(
    source("overlay", 1, [
      { upstream: "meta-llama/Llama-3.3-70B-Instruct-FP8", canonical: "acme/whatever", name: "L" },
      { upstream: "text-embedding-x", kind: "chat" },
    ]),
  )
  expect(facts.of("acme", "meta-llama/Llama-3.3-70B-Instruct-FP8")).toMatchObject({
    canonical: "meta-llama/llama-3.3-70b-instruct",
    quantization: "fp8",
    sources: { canonical: "name", quantization: "name", name: "overlay" },
  })
  expect(facts.of("acme", "text-embedding-x")).toMatchObject({ kind: "chat", sources: { kind: "overlay" } })
})

test("whose weights a name means, a provider's own list says of known authors only, or where another source knows the model", async () => {
  const claims = ["house/model", "policy/fast", "openai/gpt-4o", "rare/known"].map((upstream) => ({ upstream }))
  const facts = await withSources(
    source(providerList, 5, claims, "p"),
    source("models.dev", 1, [{ upstream: "rare/known" }]),
  )
  const names = [
    { upstream: "house/model" },
    { upstream: "policy/fast" },
    { upstream: "openai/gpt-4o", canonical: "openai/gpt-4o" },
    { upstream: "rare/known", canonical: "rare/known" },
  ]
  expect(facts.names("acme", "p")).toEqual(names)
  expect(names.map(({ upstream }) => facts.of("acme", upstream, "p")?.canonical)).toEqual(
    names.map(({ canonical }) => canonical),
  )
})

test("names and list agree, without what is gone, and within what the provider itself lists", async () => {
  const rows: readonly ModelFacts[] = [{ upstream: "one" }, { upstream: "gone" }]
  const own: FactSource = {
    ...source(providerList, 5, [{ upstream: "mine" }], "p"),
    whole: (_vendor, provider) => (provider === "p" ? new Set(["mine", "gone"]) : undefined),
  }
  const facts = await withSources(
    {
      ...source("overlay", 1, rows),
      isGone: (_vendor, upstream, today) => upstream === "gone" && today === "2026-07-02",
    },
    own,
  )
  const names = (provider?: string) => facts.names("acme", provider).map(({ upstream }) => upstream)
  expect(names()).toEqual(["one"])
  // What it lists itself is there, whatever was written down once; and nothing else is.
  expect(names("p")).toEqual(["mine", "gone"])
  for (const provider of [undefined, "p"])
    expect(facts.list("acme", provider).map(({ upstream }) => upstream)).toEqual([...names(provider)])
})

test("what is replaced takes the place of the built-in source of its name, and listeners hear of it", async () => {
  const facts = await withSources(source("models.dev", 100, [{ upstream: "one", context: 1 }]))
  let told = 0
  const end = facts.onChange(() => told++)
  facts.replace(source("models.dev", 200, [{ upstream: "one", context: 2 }]))
  expect([facts.of("acme", "one")?.context, told, facts.sources.length]).toEqual([2, 1, 1])
  end()
  facts.replace(source("models.dev", 300, []))
  expect([facts.of("acme", "one"), told]).toEqual([undefined, 1])
})

test("what is built in is loaded once, when somebody asks; before, nothing is known", async () => {
  let loads = 0
  const facts = new Facts({
    now,
    load: async () => {
      loads++
      return [source("overlay", 1, [{ upstream: "one" }])]
    },
  })
  let known: unknown
  facts.onChange(() => {
    known = facts.of("acme", "one")
  })
  expect([facts.loaded, facts.names("acme")]).toEqual([false, []])
  await Promise.all([facts.load(), facts.load()])
  // Listeners are told before those who wait go on.
  expect([facts.loaded, loads, known]).toMatchObject([true, 1, { upstream: "one" }])
})

test("a failure to load is told once, and means that nothing is known", async () => {
  const failures: unknown[] = []
  const facts = new Facts({
    now,
    load: () => Promise.reject(new Error("broken")),
    onLoadFailure: (error) => failures.push(error),
  })
  await facts.load()
  await facts.load()
  expect([facts.loaded, facts.list("acme"), failures.length]).toEqual([true, [], 1])
})
