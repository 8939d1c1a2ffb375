import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { isWithin } from "../../../src/catalog/regions.ts"
import { GatewayError, type JsonObject } from "../../../src/contract/index.ts"
import { plan } from "../../../src/pipeline/plan/plan.ts"
import type { Plan } from "../../../src/pipeline/plan/types.ts"
import type { LiveOffer } from "../../../src/pipeline/services.ts"
import { configOf } from "../../kit/config.ts"
import { exchangeOf, offerOf, type Surroundings } from "../../kit/planning.ts"

const { routing } = await configOf(undefined)
const runs = { seed: 20_260_601, numRuns: 500 }

const ids = ["a", "b", "c", "d", "e", "f"]
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
/** Leaves out what is undefined, as an object of a configuration would. */
const said = <T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never

const anyOffer = (id: string, model: string) =>
  fc
    .record({
      region: maybe(fc.constantFrom("eu", "de", "us", "us-east-1", "global")),
      zdr: maybe(fc.boolean()),
      dataCollection: maybe(fc.constantFrom("allow" as const, "deny" as const)),
      quantization: maybe(fc.constantFrom("fp8", "mxfp8", "fp4", "nvfp4", "bf16")),
      price: maybe(fc.record({ input: fc.integer({ min: 0, max: 4 }), output: fc.integer({ min: 0, max: 4 }) })),
      parameters: maybe(fc.subarray(["tools", "temperature", "seed"])),
      input: maybe(fc.constantFrom(["text" as const], ["text" as const, "image" as const])),
      context: maybe(fc.constantFrom(10, 100_000)),
      distillable: maybe(fc.boolean()),
      shutdown: maybe(fc.constantFrom("2020-01-01", "2030-01-01")),
      kind: maybe(fc.constantFrom("chat" as const, "embeddings" as const)),
    })
    .map(({ region, zdr, dataCollection, ...seed }) =>
      offerOf(id, { ...said(seed), model, upstream: `${model}-${id}` }, said({ region, zdr, dataCollection })),
    )

const slug = fc.constantFrom(...ids, "nobody", "a/fp8", "b/eu")
const slugs = fc.array(slug, { maxLength: 4 })
const anyPreferences: fc.Arbitrary<JsonObject> = fc
  .record({
    order: maybe(slugs),
    only: maybe(slugs),
    ignore: maybe(slugs),
    allow_fallbacks: maybe(fc.boolean()),
    require_parameters: maybe(fc.boolean()),
    data_collection: maybe(fc.constantFrom("allow", "deny")),
    zdr: maybe(fc.boolean()),
    enforce_distillable_text: maybe(fc.boolean()),
    quantizations: maybe(fc.subarray(["fp8", "fp4", "bf16", "unknown"])),
    sort: maybe(
      fc.oneof(
        fc.constantFrom("price", "throughput", "latency", "exacto", null),
        fc.record({ by: fc.constantFrom("price", "latency"), partition: fc.constantFrom("model", "none") }),
      ),
    ),
    max_price: maybe(fc.record({ prompt: fc.integer({ min: 0, max: 4 }), completion: fc.integer({ min: 0, max: 4 }) })),
    preferred_max_latency: maybe(fc.constantFrom(0.1, 1)),
    region: maybe(fc.constantFrom("eu", "us")),
  })
  .map((members) => said(members) as JsonObject)

const anyBody = fc
  .record({
    provider: maybe(anyPreferences),
    tools: maybe(fc.constant([{ type: "function", function: { name: "f" } }])),
    seed: maybe(fc.integer()),
    max_tokens: maybe(fc.integer({ min: 1, max: 100 })),
    messages: fc.constantFrom(
      [{ role: "user", content: "hi" }],
      [{ role: "user", content: [{ type: "image_url", image_url: { url: "https://x.test/a.png" } }] }],
    ),
    models: maybe(fc.constant(["x/two"])),
  })
  .map((body) => said({ model: "x/one", ...body }))

const anySituation = fc.record({
  one: fc.tuple(...ids.map((id) => anyOffer(id, "x/one"))),
  two: fc.tuple(...ids.slice(0, 3).map((id) => anyOffer(id, "x/two"))),
  body: anyBody,
  ofConfig: maybe(anyPreferences),
  ofKey: maybe(anyPreferences),
  models: maybe(fc.subarray(["x/one", "x/two"], { minLength: 1 })),
  door: maybe(fc.record({ region: fc.constantFrom("eu", "us"), strict: fc.boolean() })),
  open: fc.subarray(ids),
  draw: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
})
type Situation = typeof anySituation extends fc.Arbitrary<infer T> ? T : never

const offersOf = ({ one, two, body }: Situation): readonly LiveOffer[] =>
  "models" in body && body.models ? [...one, ...two] : one

function planned(
  situation: Situation,
  change: (body: Record<string, unknown>) => Record<string, unknown> = (body) => body,
): Plan {
  const { one, two, body, ofConfig, ofKey, models, door, open, draw } = situation
  const around: Surroundings = {
    offers: [...one, ...two],
    config: ofConfig ? { routing: { ...routing, provider: ofConfig } } : {},
    key: said({ models, provider: ofKey }),
    health: Object.fromEntries(open.map((id) => [`${id}/x/one-${id}`, { breaker: "open" as const }])),
    random: () => draw,
    ...(door ? { door } : {}),
  }
  const exchange = exchangeOf(change(body), around)
  try {
    void plan(exchange)
  } catch (thrown) {
    if (!GatewayError.is(thrown)) throw thrown
    // Nothing is left: never a fault of the gateway or of an upstream, and always with a reason.
    // A model that is there for something else is a mistake of the request.
    expect([
      "no_endpoints",
      "invalid_request",
      "model_not_allowed",
      "region_restricted",
      "context_length_exceeded",
    ]).toContain(thrown.code)
    expect(thrown.rule.status).toBeLessThan(500)
    expect(thrown.availability).toMatchObject({ retryable: false })
  }
  return exchange.plan!
}

const layersOf = ({ body, ofConfig, ofKey }: Situation): readonly JsonObject[] =>
  [ofConfig, ofKey, "provider" in body ? (body.provider as JsonObject | undefined) : undefined].filter(
    (one) => one !== undefined,
  )

const keysOf = ({ attempts }: Plan) => attempts.map(({ offer }) => offer.key)

describe("whatever is preferred", () => {
  test("every candidate is planned or excluded with a reason, exactly once", () => {
    fc.assert(
      fc.property(anySituation, (situation) => {
        const made = planned(situation)
        const told = [...keysOf(made), ...made.excluded.map(({ offer }) => offer)]
        expect(told.toSorted()).toEqual(
          offersOf(situation)
            .map(({ key }) => key)
            .toSorted(),
        )
        for (const { constraint, detail } of made.excluded) expect(`${constraint}${detail}`.length).toBeGreaterThan(8)
      }),
      runs,
    )
  })

  test("no hard filter is ever violated", () => {
    fc.assert(
      fc.property(anySituation, (situation) => {
        const layers = layersOf(situation)
        for (const { offer } of planned(situation).attempts) {
          expect(offer.kind).not.toBe("embeddings")
          expect(offer.shutdown).not.toBe("2020-01-01")
          if (situation.door) expect(isWithin(offer.region, situation.door.region)).toBe(true)
          if (situation.models) expect(situation.models).toContain(offer.model)
          for (const layer of layers) {
            if (layer.zdr === true) expect(offer.zdr).toBe(true)
            if (layer.data_collection === "deny")
              expect(offer.dataCollection === "deny" || offer.zdr === true).toBe(true)
            if (layer.enforce_distillable_text === true) expect(offer.distillable).toBe(true)
            if (typeof layer.region === "string") expect(isWithin(offer.region, layer.region)).toBe(true)
            const { max_price } = layer as { max_price?: { prompt: number; completion: number } }
            if (max_price) {
              expect(offer.price!.input).toBeLessThanOrEqual(max_price.prompt)
              expect(offer.price!.output).toBeLessThanOrEqual(max_price.completion)
            }
            if (Array.isArray(layer.only)) expect(layer.only.map((name) => String(name)[0])).toContain(offer.provider)
            if (Array.isArray(layer.ignore)) expect(layer.ignore).not.toContain(offer.provider)
          }
          if (JSON.stringify(situation.body.messages).includes("image_url"))
            expect(offer.input ?? ["image"]).toContain("image")
        }
      }),
      runs,
    )
  })

  test("only never widens anything: what it leaves was there without it", () => {
    fc.assert(
      fc.property(anySituation, slugs, (situation, only) => {
        const without = planned(situation)
        const within = planned(situation, (body) => {
          const provider = (body.provider ?? {}) as JsonObject
          const before = Array.isArray(provider.only) ? provider.only : undefined
          return {
            ...body,
            provider: { ...provider, only: before ? before.filter((name) => only.includes(String(name))) : only },
          }
        })
        const allowed = new Set([...keysOf(without), ...without.excluded.filter(isSoft).map(({ offer }) => offer)])
        for (const key of keysOf(within)) expect(allowed.has(key)).toBe(true)
      }),
      runs,
    )
  })

  test("what is left alone after failures comes after all others", () => {
    fc.assert(
      fc.property(anySituation, (situation) => {
        const isOpen = planned(situation).attempts.map(
          ({ offer }) => offer.model === "x/one" && situation.open.includes(offer.provider),
        )
        expect(isOpen).toEqual(isOpen.toSorted((left, right) => Number(left) - Number(right)))
      }),
      runs,
    )
  })
})

/** Left out for being second choice: where the first choice goes, they take its place. */
const isSoft = ({ constraint }: { readonly constraint: string }) =>
  constraint === "preference" || constraint === "allow_fallbacks"
