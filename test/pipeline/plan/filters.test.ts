import { describe, expect, test } from "bun:test"
import { GatewayError, type OfferSeed } from "../../../src/contract/index.ts"
import { type GivenProvider, keysOf, offerOf, planOf, type Surroundings } from "../../kit/planning.ts"

const configured = { strategy: "configured" }
type Given = readonly [id: string, seed?: Partial<OfferSeed>, provider?: GivenProvider]
const plan = (
  given: readonly Given[],
  body: Readonly<Record<string, unknown>> = {},
  around: Partial<Surroundings> = {},
) =>
  planOf(body, {
    offers: given.map(([id, seed, provider]) => offerOf(id, seed, provider)),
    config: configured,
    ...around,
  })
const kept = (...args: Parameters<typeof plan>) => keysOf(plan(...args))
const constraintsOf = (...args: Parameters<typeof plan>) =>
  Object.fromEntries(plan(...args).excluded.map(({ offer, constraint }) => [offer, constraint]))

const image = [{ role: "user", content: [{ type: "image_url", image_url: { url: "https://x.test/a.png" } }] }]
const tools = [{ type: "function", function: { name: "f" } }]

describe("what a model cannot do", () => {
  test("what is known to take no images is not given any; what nobody knows is", () => {
    const given: Given[] = [["blind", { input: ["text"] }], ["sees", { input: ["text", "image"] }], ["unknown"]]
    expect(kept(given, { messages: image })).toEqual(["sees", "unknown"])
    expect(kept(given)).toEqual(["blind", "sees", "unknown"])
    expect(constraintsOf(given, { messages: image })).toEqual({ "blind/model": "capability" })
  })

  test("the configuration's word goes before public lists", () => {
    expect(kept([["a", { input: ["text"], traits: { vision: true } }]], { messages: image })).toEqual(["a"])
  })

  test("a model of another kind", () => {
    expect(kept([["voice", { kind: "speech" }], ["chat"]])).toEqual(["chat"])
  })

  test("a context that is surely too small; what may just fit is tried last of all", () => {
    const long = { messages: [{ role: "user", content: "word ".repeat(1400) }] }
    const given: Given[] = [
      ["tiny", { context: 1000 }],
      ["close", { context: 1900 }],
      ["large", { context: 9000 }],
    ]
    expect(constraintsOf(given, long)).toEqual({ "tiny/model": "context_length", "close/model": "preference" })
    expect(kept([["close", { context: 1900 }]], long)).toEqual(["close"])
  })

  test("what was shut down: on the operator's word for certain, on that of public lists where there are others", () => {
    const ended = { shutdown: "2026-05-31" }
    const listed = { ...ended, sources: { shutdown: "models.dev" } }
    expect(() => plan([["gone", ended]])).toThrow("shut down on 2026-05-31")
    expect(kept([["gone", ended], ["here"]])).toEqual(["here"])
    expect(kept([["last-day", { shutdown: "2026-06-01" }]])).toEqual(["last-day"])
    expect(kept([["listed", listed]])).toEqual(["listed"])
    expect(kept([["listed", listed], ["other"]])).toEqual(["other"])
  })
})

describe("parameters", () => {
  const given: Given[] = [
    ["knows", { parameters: ["tools", "temperature"] }],
    ["not", { parameters: ["temperature"] }],
    ["trait", { traits: { tools: false } }],
    ["unknown"],
  ]

  test("only those that support tools, where some are known not to", () => {
    expect(kept(given, { tools })).toEqual(["knows", "unknown"])
    expect(constraintsOf(given, { tools })).toEqual({ "not/model": "preference", "trait/model": "preference" })
  })

  test("where none does, all are tried and the parameter is lost", () => {
    expect(kept([given[1]!, given[2]!], { tools })).toEqual(["not", "trait"])
  })

  test("require_parameters: every one of them", () => {
    const provider = { require_parameters: true }
    expect(kept(given, { tools, provider })).toEqual(["knows", "unknown"])
    expect(kept(given, { seed: 1, provider })).toEqual(["trait", "unknown"])
    expect(() => plan([given[1]!], { tools, provider })).toThrow("does not take tools")
  })

  test("what the gateway itself would have to drop is not supported", () => {
    const drops: Given = ["drops", {}, { profile: { dropFields: ["seed"] } }]
    expect(kept([drops, ["takes"]], { seed: 1, provider: { require_parameters: true } })).toEqual(["takes"])
  })

  test("an output limit that only some can write", () => {
    const sizes: Given[] = [
      ["short", { maxOutput: 100 }],
      ["long", { maxOutput: 1000 }],
    ]
    expect(kept(sizes, { max_tokens: 500 })).toEqual(["long"])
    expect(kept(sizes, { max_tokens: 5000 })).toEqual(["short", "long"])
  })
})

describe("privacy and places", () => {
  const given: Given[] = [
    ["eu", {}, { region: "eu-central-1" }],
    ["de", {}, { region: "de" }],
    ["us", {}, { region: "us" }],
    ["nowhere"],
  ]

  test("a region holds those that are known to be there", () => {
    expect(kept(given, { provider: { region: "eu" } })).toEqual(["eu", "de"])
    expect(kept(given, { provider: { region: "eu-central-1" } })).toEqual(["eu"])
    expect(kept(given, { provider: { region: ["us", "de"] } })).toEqual(["de", "us"])
  })

  test("the door that a request came by, strict or not", () => {
    for (const strict of [true, false])
      expect(kept(given, {}, { door: { region: "eu", strict } })).toEqual(["eu", "de"])
  })

  test("nobody is taken to keep nothing", () => {
    const policies: Given[] = [["keeps", {}, { zdr: false }], ["not", {}, { zdr: true }], ["unknown"]]
    expect(kept(policies, { provider: { zdr: true } })).toEqual(["not"])
    expect(kept(policies, { provider: { data_collection: "deny" } })).toEqual(["not"])
  })

  test("distillation must be allowed", () => {
    const models: Given[] = [["yes", { distillable: true }], ["no", { distillable: false }], ["unknown"]]
    expect(kept(models, { provider: { enforce_distillable_text: true } })).toEqual(["yes"])
  })
})

describe("quantization", () => {
  const given: Given[] = ["fp8", "mxfp8", "mxfp4", "nvfp4", "bf16"].map((quantization) => [
    quantization,
    { quantization },
  ])

  test("smaller formats count as what they are a kind of", () => {
    const provider = (quantizations: string[]) => ({ provider: { quantizations } })
    expect(kept([...given, ["none"]], provider(["fp8"]))).toEqual(["fp8", "mxfp8"])
    expect(kept([...given, ["none"]], provider(["fp4"]))).toEqual(["mxfp4", "nvfp4"])
    expect(kept([...given, ["none"]], provider(["BF16", "unknown"]))).toEqual(["bf16", "none"])
    expect(kept(given, provider([]))).toHaveLength(5)
  })
})

describe("prices", () => {
  const given: Given[] = [
    ["free", { price: { input: 0, output: 0 } }],
    ["cheap", { price: { input: 1, output: 2, request: 0.01 } }],
    ["dear", { price: { input: 5, output: 20 } }],
    ["unknown"],
  ]

  test("none above the limit is tried, and none whose price nobody knows", () => {
    expect(kept(given, { provider: { max_price: { prompt: 1 } } })).toEqual(["free", "cheap"])
    expect(kept(given, { provider: { max_price: { prompt: "1", completion: 1.99 } } })).toEqual(["free"])
    expect(kept(given, { provider: { max_price: { request: 0 } } })).toEqual(["free", "dear"])
    expect(kept(given, { provider: { max_price: { prompt: 0, completion: 0 } } })).toEqual(["free"])
  })
})

describe("slugs", () => {
  const given: Given[] = [
    ["vertex-us", { quantization: "fp8" }, { definition: "google-vertex", name: "Vertex (US)", region: "us-east5" }],
    ["vertex-eu", {}, { definition: "google-vertex", name: "Vertex (EU)", region: "europe-west1" }],
    ["other", { upstream: "turbo" }],
  ]
  for (const [slug, expected] of [
    ["google-vertex", ["vertex-us", "vertex-eu"]],
    ["Google-Vertex/US-East5", ["vertex-us"]],
    ["google-vertex/fp8", ["vertex-us"]],
    ["vertex-eu", ["vertex-eu"]],
    ["vertex (us)", ["vertex-us"]],
    ["other/turbo", ["other"]],
  ] as const) {
    test(slug, () => {
      expect(kept(given, { provider: { only: [slug] } })).toEqual([...expected])
      expect(kept(given, { provider: { order: [slug] } }).slice(0, expected.length)).toEqual([...expected])
      const rest = given.map(([id]) => id).filter((id) => !(expected as readonly string[]).includes(id))
      expect(kept(given, { provider: { ignore: [slug] } })).toEqual(rest)
    })
  }

  test("one that means nobody", () => {
    expect(() => plan(given, { provider: { only: ["google-vertex/asia"] } })).toThrow()
    expect(kept(given, { provider: { ignore: ["nobody"], order: ["nobody"] } })).toHaveLength(3)
  })
})

describe("lists of models", () => {
  test("a key's own list", () => {
    const given: Given[] = [
      ["a", { model: "x/one" }],
      ["b", { model: "x/two" }],
    ]
    const body = { models: ["x/two"], model: "x/one" }
    expect(kept(given, body, { key: { models: ["x/two"] } })).toEqual(["b"])
    expect(() => plan(given, body, { key: { models: ["y/*"] } })).toThrow("Provider blocked by policy")
  })
})

test("an error is the gateway's own", () => {
  try {
    plan([["a"]], { provider: { only: ["b"] } })
    expect.unreachable()
  } catch (thrown) {
    expect(GatewayError.is(thrown)).toBe(true)
  }
})
