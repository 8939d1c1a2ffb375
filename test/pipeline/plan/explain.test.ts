import { describe, expect, test } from "bun:test"
import { Catalog } from "../../../src/catalog/catalog.ts"
import { nothingKnown } from "../../../src/catalog/known.ts"
import { GatewayError, type KnownModels, type OfferSeed } from "../../../src/contract/index.ts"
import { openrouterFace } from "../../../src/dialects/faces/index.ts"
import { plan } from "../../../src/pipeline/plan/plan.ts"
import { configOf } from "../../kit/config.ts"
import { exchangeOf, type GivenProvider, offerOf, type Surroundings, snapshotOf } from "../../kit/planning.ts"

const defaults = await configOf(undefined)

type Given = readonly [id: string, seed?: Partial<OfferSeed>, provider?: GivenProvider]

function refusal(
  given: readonly Given[],
  body: Readonly<Record<string, unknown>>,
  around: Partial<Surroundings> = {},
): GatewayError {
  const offers = given.map(([id, seed, provider]) => offerOf(id, seed, provider))
  const exchange = exchangeOf(body, { offers, ...around })
  try {
    void plan(exchange)
  } catch (thrown) {
    if (GatewayError.is(thrown)) {
      // What was excluded is on record all the same.
      const { model } = exchange
      expect(exchange.plan!.excluded.map(({ offer }) => offer).toSorted()).toEqual(
        offers
          .filter((offer) => model.replace(/:free$/, "") === offer.model)
          .map(({ key }) => key)
          .toSorted(),
      )
      return thrown
    }
    throw thrown
  }
  throw new Error("something was left")
}

const two: Given[] = [
  ["a", { price: { input: 5, output: 5 } }],
  ["b", { price: { input: 9, output: 9 } }, { zdr: true }],
]

describe("nothing is left", () => {
  test("the rule that took most is named, with the providers it took and what to change", () => {
    const error = refusal([...two, ["c"]], { provider: { zdr: true, only: ["a", "b"], max_price: { prompt: 6 } } })
    expect(error).toMatchObject({ code: "no_endpoints", param: "provider.zdr" })
    expect(error.message).toBe(
      'No endpoints found for "test/model". provider.zdr excludes a (is not known to keep nothing), c (is not known to keep nothing); ' +
        "provider.max_price excludes b (costs 9 per million input tokens). " +
        "Leave zdr out, or mark the providers that keep nothing with `zdr: true`.",
    )
    expect(error.availability).toEqual({
      code: "privacy_restricted",
      retryable: false,
      requested_models: ["test/model"],
      docs_url: "/docs/errors#privacy_restricted",
      affected_providers: ["a", "b", "c"],
      excluded_by: ["data_policy:zdr", "max_price"],
      constraint: { field: "provider.zdr", detail: error.message },
    })
  })

  for (const [provider, excludedBy, code, param] of [
    [{ only: ["x"] }, "allowed_providers", "constraint_filtered", "provider.only"],
    [{ ignore: ["a", "b"] }, "allowed_providers", "constraint_filtered", "provider.ignore"],
    [{ max_price: { prompt: 1 } }, "max_price", "constraint_filtered", "provider.max_price"],
    [{ quantizations: ["fp8"] }, "quantization", "constraint_filtered", "provider.quantizations"],
    [{ region: "eu" }, "data_region", "constraint_filtered", "provider.region"],
  ] as const) {
    test(param, () => {
      const error = refusal(two, { provider })
      expect(error).toMatchObject({ code: "no_endpoints", param })
      expect(error.availability).toMatchObject({ code, excluded_by: [excludedBy], constraint: { field: param } })
      expect(openrouterFace.status(error)).toBe(404)
    })
  }

  test("data collection", () => {
    const error = refusal([two[0]!], { provider: { data_collection: "deny" } })
    expect(error.availability).toMatchObject({ code: "privacy_restricted", excluded_by: ["data_policy:training"] })
  })

  test("parameters that nobody takes", () => {
    const error = refusal([["a", { parameters: ["tools"] }]], { seed: 1, provider: { require_parameters: true } })
    expect(error.message).toContain("does not take seed")
    expect(error.availability).toMatchObject({ excluded_by: ["require_parameters"] })
  })

  test("pictures that nobody looks at", () => {
    const messages = [{ role: "user", content: [{ type: "image_url", image_url: { url: "https://x.test/a.png" } }] }]
    const error = refusal([["a", { input: ["text"] }]], { messages })
    expect(error).toMatchObject({ code: "no_endpoints", param: "model" })
    expect(error.message).toContain("takes no images")
  })

  test("too long an input: the words and the code by which agents shorten it", () => {
    const messages = [{ role: "user", content: "word ".repeat(3000) }]
    const error = refusal(
      [
        ["a", { context: 500 }],
        ["b", { context: 1000 }],
      ],
      { messages },
    )
    expect(error.code).toBe("context_length_exceeded")
    expect(error.message).toMatch(/about \d+ tokens, limit 1000\./)
    expect(error.rule.status).toBe(400)
    expect(error.availability).toMatchObject({ code: "constraint_filtered", excluded_by: ["context_length"] })
  })

  test("a model that was shut down: the day, and what comes after it", () => {
    const gone = { model: "x/old", family: "old", shutdown: "2026-02-03", created: 1 }
    const newer = { model: "x/new", upstream: "new", family: "old", created: 2 }
    const error = refusal(
      [
        ["a", gone],
        ["b", newer],
      ],
      { model: "x/old" },
    )
    expect(error.message).toBe(
      'No endpoints found for "x/old". It was shut down on 2026-02-03. Its successor here is "x/new".',
    )
    expect(error.availability).toMatchObject({ code: "model_deprecated" })
    expect(refusal([["a", gone]], { model: "x/old" }).message).toContain("Ask for another model.")
  })

  test("a door: strict, it says so; otherwise the models are just not there", () => {
    const strict = refusal(two, {}, { door: { region: "eu", strict: true } })
    expect(strict).toMatchObject({ code: "region_restricted" })
    expect(strict.rule.status).toBe(403)
    expect(strict.message).toContain('stays in "eu"')
    const loose = refusal(two, {}, { door: { region: "eu", strict: false } })
    expect(loose).toMatchObject({ code: "no_endpoints" })
    expect(loose.availability).toMatchObject({ code: "region_restricted", excluded_by: ["data_region"] })
  })

  test("a successor is found among what open providers have as well", () => {
    const gone = { model: "x/old", family: "old", shutdown: "2026-02-03", created: 1 }
    const listed: KnownModels = {
      ...nothingKnown,
      names: () => [{ upstream: "new", canonical: "x/new" }],
      of: (_kind, upstream) =>
        upstream === "new" ? { upstream, canonical: "x/new", family: "old", created: 2 } : undefined,
    }
    const offers = [offerOf("a", gone)]
    const snapshot = snapshotOf({ offers })
    const open = { ...offerOf("open").live, open: true }
    const catalog = new Catalog({
      providers: [offers[0]!.live, open],
      offers,
      aliases: {},
      policies: {},
      known: listed,
    })
    const error = refusal([["a", gone]], { model: "x/old" }, { snapshot: { ...snapshot, catalog } })
    expect(error.message).toContain('Its successor here is "x/new".')
  })

  test("a name with :free where nothing is free", () => {
    const error = refusal(two, { model: "test/model:free" })
    expect(error).toMatchObject({ code: "no_endpoints", param: "model" })
    expect(error.availability).toMatchObject({
      code: "free_variant_ended",
      docs_url: "/docs/errors#free_variant_ended",
    })
    expect(error.message).toEndWith("Leave out what stands behind the name, or ask for another model.")
  })

  test.each<[who: string, around: Partial<Surroundings>, advice: string]>([
    ["the key", { key: { provider: { zdr: true } } }, "or use another key."],
    [
      "the configuration",
      { config: { routing: { ...defaults.routing, provider: { zdr: true } } } },
      "change routing.provider.",
    ],
  ])("%s wants what the request cannot leave out", (who, around, advice) => {
    const error = refusal([two[0]!], {}, around)
    expect(error).toMatchObject({ param: "model", availability: { constraint: { field: "provider.zdr" } } })
    expect(error.message).toContain(`provider.zdr of ${who} excludes a`)
    expect(error.message).toEndWith(advice)
  })

  test("lists of models: Requesty's words, OpenRouter's status", () => {
    const error = refusal(two, {}, { key: { models: ["y/*"] } })
    expect(error).toMatchObject({ code: "model_not_allowed" })
    expect(error.message).toStartWith("Provider blocked by policy")
    expect([error.rule.status, openrouterFace.status(error)]).toEqual([403, 404])
    expect(error.availability).toMatchObject({ code: "constraint_filtered", excluded_by: ["allowed_providers"] })
  })
})
