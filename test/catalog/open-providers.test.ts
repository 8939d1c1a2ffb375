import { describe, expect, test } from "bun:test"
import { buildCatalog } from "../../src/catalog/build.ts"
import { nearestNames } from "../../src/catalog/names.ts"
import type { Provider } from "../../src/contract/index.ts"
import { CountedFacts, configOf, definitionsOf } from "./kit.ts"

const sonnet = "anthropic/claude-sonnet-4.5"
const facts = () =>
  new CountedFacts(
    {
      anthropic: [
        { upstream: "claude-sonnet-4-5-20250929", canonical: sonnet },
        { upstream: "claude-sonnet-4-5", canonical: sonnet, context: 200_000 },
        { upstream: "claude-moving" },
      ],
      bedrock: [
        { upstream: "us.anthropic.claude-sonnet-4-5-v1:0", canonical: sonnet },
        { upstream: "eu.anthropic.claude-sonnet-4-5-v1:0", canonical: sonnet },
        { upstream: "global.anthropic.claude-sonnet-4-5-v1:0", canonical: sonnet },
      ],
      router: [
        { upstream: "anthropic/claude-sonnet-4.5", canonical: sonnet },
        { upstream: "deepseek/deepseek-chat", canonical: "deepseek/deepseek-v3" },
      ],
    },
    { "anthropic/claude-4.5-sonnet": sonnet },
  )
const regionOf = (name: string) => /^(us|eu|global)\./.exec(name)?.[1]
const kinds: Readonly<Record<string, Provider>> = {
  anthropic: {},
  bedrock: { region: "us-east-1", regionOf },
  router: {},
  house: {},
}

const catalogOf = (providers: readonly object[], known = facts()) => {
  const { catalog, problems } = buildCatalog(configOf({ providers }), definitionsOf(kinds), {}, known)
  expect(problems).toEqual([])
  return catalog
}
const three = [{ id: "anthropic" }, { id: "bedrock" }, { id: "router" }]
const keys = (offers: readonly { readonly key: string }[]) => offers.map(({ key }) => key)

test("a canonical name, in any spelling, leads to every vendor that has the model, in configured order", () => {
  const catalog = catalogOf(three)
  const all = [
    "anthropic/claude-sonnet-4-5",
    "bedrock/us.anthropic.claude-sonnet-4-5-v1:0",
    "bedrock/global.anthropic.claude-sonnet-4-5-v1:0",
    "router/anthropic/claude-sonnet-4.5",
  ]
  for (const name of [
    sonnet,
    "anthropic/claude-sonnet-4-5",
    "Anthropic/Claude-Sonnet-4.5",
    "anthropic/claude-4.5-sonnet",
  ])
    expect([name, keys(catalog.find(name))]).toEqual([name, all])
  for (const offer of catalog.find(sonnet)) expect(offer).toMatchObject({ model: sonnet, canonical: sonnet })
  expect(keys(catalogOf([...three].reverse()).find(sonnet))).toEqual([all[3]!, all[1]!, all[2]!, all[0]!])
})

test("provider/upstream keeps working, whatever it is called elsewhere", () => {
  const catalog = catalogOf(three)
  expect(keys(catalog.find("bedrock/eu.anthropic.claude-sonnet-4-5-v1:0"))).toEqual([
    "bedrock/eu.anthropic.claude-sonnet-4-5-v1:0",
  ])
  // One that is known by another spelling, asked for by the name that its vendor pins.
  expect(catalog.find("anthropic/claude-sonnet-4-5-20250929")[0]).toMatchObject({
    provider: "anthropic",
    upstream: "claude-sonnet-4-5-20250929",
    model: "anthropic/claude-sonnet-4-5-20250929",
    canonical: sonnet,
  })
  // One that nobody knows.
  expect(catalog.find("anthropic/brand-new")).toMatchObject([{ model: "anthropic/brand-new", upstream: "brand-new" }])
  expect(catalog.find("anthropic/brand-new")[0]?.sources).toBeUndefined()
  expect(catalog.find("router/deepseek/deepseek-chat")).toMatchObject([{ upstream: "deepseek/deepseek-chat" }])
  // By the upstream's own name alone.
  expect(keys(catalog.find("deepseek/deepseek-chat"))).toEqual(["router/deepseek/deepseek-chat"])
  expect(catalog.find("nobody/anything")).toEqual([])
})

test("what has no canonical name is listed as provider/upstream", () => {
  const groups = new Map(catalogOf(three).groups())
  expect([...groups.keys()].sort()).toEqual(["anthropic/claude-moving", sonnet, "deepseek/deepseek-v3"].sort())
  expect(keys(groups.get("anthropic/claude-moving")!)).toEqual(["anthropic/claude-moving"])
})

describe("beside models of the file", () => {
  const house = (model: object) => [{ id: "house", models: [model] }, { id: "anthropic" }]

  test("the file's spelling is the public name, and both are behind it", () => {
    const catalog = catalogOf(house({ id: "anthropic/claude-sonnet-4-5", upstream: "s" }))
    expect(keys(catalog.find(sonnet))).toEqual(["house/s", "anthropic/claude-sonnet-4-5"])
    expect([...catalog.groups()].map(([name]) => name)).toEqual([
      "anthropic/claude-sonnet-4-5",
      "anthropic/claude-moving",
    ])
  })

  test("a name of the operator's own is that offer alone; the canonical name that it says leads there too", () => {
    const catalog = catalogOf(house({ id: "team/fast", upstream: "s", canonical: sonnet }))
    expect(keys(catalog.find("team/fast"))).toEqual(["house/s"])
    expect(keys(catalog.find(sonnet))).toEqual(["house/s", "anthropic/claude-sonnet-4-5"])
    const alone = catalogOf([{ id: "house", models: [{ id: "team/fast", upstream: "s", canonical: sonnet }] }])
    expect(keys(alone.find("anthropic/claude-sonnet-4-5"))).toEqual(["house/s"])
    expect([...alone.groups()].map(([name]) => name)).toEqual(["team/fast"])
  })

  test("two names of the file that are spelled alike stay two names", () => {
    const models = [
      { id: "team/one-1", upstream: "a" },
      { id: "team/one.1", upstream: "b" },
    ]
    const catalog = catalogOf([{ id: "house", models }])
    expect(keys(catalog.find("team/one-1"))).toEqual(["house/a"])
    expect(keys(catalog.find("team/one.1"))).toEqual(["house/b"])
    expect([...catalog.groups()].map(([name]) => name)).toEqual(["team/one-1", "team/one.1"])
  })

  test("a provider with models of its own offers no others", () => {
    const catalog = catalogOf([{ id: "anthropic", models: [{ id: "anthropic/claude-moving" }] }])
    expect(catalog.find(sonnet)).toEqual([])
  })
})

test("a bare name leads to its author's provider by that very name", () => {
  const find = (name: string) => keys(catalogOf(three).find(name))
  expect(find("claude-sonnet-4-5")).toEqual(["anthropic/claude-sonnet-4-5"])
  expect(find("claude-sonnet-4-5-20250929")).toEqual(["anthropic/claude-sonnet-4-5-20250929"])
})

test("names that nobody offers are told with what looks like them", () => {
  expect(nearestNames("anthropic2/claude-sonet-4.5", catalogOf(three).names())).toContain(sonnet)
})

describe("nothing is made before somebody asks for it", () => {
  const rows = Array.from({ length: 5000 }, (_, index) => ({ upstream: `m-${index}`, canonical: `acme/m-${index}` }))

  test("a configuration asks for no facts, a name for those of its own offers, once", () => {
    const known = new CountedFacts({ anthropic: rows, router: rows })
    const catalog = catalogOf([{ id: "anthropic" }, { id: "router" }], known)
    expect(known.asked).toBe(0)
    expect(keys(catalog.find("acme/m-77"))).toEqual(["anthropic/m-77", "router/m-77"])
    expect(known.asked).toBe(2)
    expect(catalog.find("acme/m-77")).toBe(catalog.find("acme/m-77"))
    expect(known.asked).toBe(2)
  })

  test("clients that make up names make nothing grow", () => {
    const known = new CountedFacts({ anthropic: rows.slice(0, 3) })
    const catalog = catalogOf([{ id: "anthropic" }], known)
    const first = catalog.find("acme/m-1")
    for (let index = 0; index < 11_000; index++) catalog.find(`anthropic/made-up-${index}`)
    // Forgotten with all others, and found again.
    expect(catalog.find("acme/m-1")).not.toBe(first)
    expect(keys(catalog.find("acme/m-1"))).toEqual(keys(first))
  })
})
