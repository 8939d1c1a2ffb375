import { expect, test } from "bun:test"
import { buildCatalog } from "../../src/catalog/build.ts"
import type {
  KnownModels,
  ModelFacts,
  OfferSeed,
  Provider,
  ProviderDefinition,
  WireChat,
} from "../../src/contract/index.ts"
import { configOf } from "./kit.ts"

const facts: ModelFacts = {
  upstream: "up",
  canonical: "acme/one",
  name: "Public",
  description: "as everybody knows",
  context: 1000,
  maxOutput: 100,
  price: { input: 1, output: 2 },
  priceSource: "overlay",
  priceAsOf: 5,
  traits: { tools: true, vision: true, pdf: true },
  input: ["text", "image", "file"],
  region: "eu-central-1",
  sources: { name: "overlay", description: "genai-prices", context: "models.dev", price: "overlay" },
}
const known: KnownModels = {
  of: (vendor, upstream) => (vendor === "acme" && upstream === "up" ? facts : undefined),
  list: () => [],
  names: () => [],
  canonical: () => undefined,
}
const wire = { profile: () => ({ pdf: false }), endpoint: () => ({ url: "", headers: {} }) } as unknown as WireChat

const offerOf = (model: Readonly<Record<string, unknown>>, provider: Provider = { wire }, entry: object = {}) => {
  const definition: ProviderDefinition = { id: "acme", name: "Acme", create: () => provider }
  const config = configOf({
    providers: [{ id: "acme", models: [{ id: "x/one", upstream: "up", ...model }], ...entry }],
  })
  const { catalog, problems } = buildCatalog(config, new Map([["acme", { definition, standalone: false }]]), {}, known)
  expect(problems).toEqual([])
  return catalog.offers[0]!
}

test("the file's word goes before the plugin's, and that before what is publicly known: field by field", () => {
  const seed: OfferSeed = { model: "plugin/name", upstream: "up", name: "Plugin's", maxOutput: 50, family: "p" }
  const offer = offerOf({ context: 500 }, { wire, models: [seed] })
  expect(offer).toMatchObject({
    model: "x/one",
    canonical: "acme/one",
    context: 500,
    maxOutput: 50,
    name: "Plugin's",
    family: "p",
    description: "as everybody knows",
    price: { input: 1, output: 2 },
    priceSource: "overlay",
    priceAsOf: 5,
    sources: {
      context: "config",
      maxOutput: "plugin",
      name: "plugin",
      family: "plugin",
      description: "genai-prices",
      price: "overlay",
    },
  })
})

test("a price of the file is the file's as a whole", () => {
  const offer = offerOf({ price: { input: 7 } })
  expect(offer).toMatchObject({
    price: { input: 7, output: 0 },
    priceSource: "config",
    configPrice: { input: 7, output: 0 },
  })
  expect(offer.priceAsOf).toBeUndefined()
  expect(offerOf({}).configPrice).toBeUndefined()
})

test("what the file says of reading holds for both ways to say it", () => {
  expect(offerOf({ vision: false })).toMatchObject({ traits: { vision: false, tools: true }, input: ["text", "file"] })
  expect(offerOf({ input: ["text", "audio"] })).toMatchObject({
    input: ["text", "audio"],
    traits: { vision: false, pdf: false, audio: true, tools: true },
  })
  // One trait of the file leaves the other ones known.
  expect(offerOf({ tools: false }).traits).toEqual({ tools: false, vision: true, pdf: true })
})

test("how a vendor takes PDF is changed by the file's word only", () => {
  expect(offerOf({}).wires[0]?.profile.pdf).toBe(false)
  expect(offerOf({ pdf: true }).wires[0]?.profile.pdf).toBe(true)
})

test("where it runs: its own name, what is known of it, the entry", () => {
  expect(offerOf({}, { wire }, { region: "us" }).region).toBe("eu-central-1")
  expect(offerOf({}, { wire, regionOf: () => "global" }, { region: "us" }).region).toBe("global")
  expect(offerOf({ upstream: "other" }, { wire }, { region: "us" }).region).toBe("us")
})

test("what an entry says of its weights holds unless the model says otherwise", () => {
  expect(offerOf({}, { wire }, { quantization: "fp8" }).quantization).toBe("fp8")
  expect(offerOf({ quantization: "int4" }, { wire }, { quantization: "fp8" }).quantization).toBe("int4")
})

test("a deployment is known by the model that its provider says is behind it", () => {
  expect(offerOf({ upstream: "team-7" }, { wire, listName: () => "up" })).toMatchObject({
    upstream: "team-7",
    name: "Public",
    listName: "up",
  })
  expect(offerOf({ upstream: "team-7" }).name).toBeUndefined()
})
