import { describe, expect, test } from "bun:test"
import type { Guardrail } from "../../../src/accounts/directory/types.ts"
import { GatewayError } from "../../../src/contract/index.ts"
import type { HeldGuardrail } from "../../../src/pipeline/services.ts"
import { type GivenProvider, keysOf, offerOf, planOf, type Surroundings } from "../../kit/planning.ts"

const price = { input: 1, output: 1 }
const free = { input: 0, output: 0 }
const at = (id: string, model: string, given: GivenProvider = {}, cost: object = price) =>
  offerOf(id, { model: "test/model", canonical: model, upstream: model, price: cost as typeof price }, given)

const offers = [
  at("anthropic", "anthropic/claude", { dataCollection: "deny" }),
  at("openai", "openai/gpt", { zdr: true }),
  at("google-vertex", "anthropic/claude-v", {}),
  at("google", "google/gemini", {}),
  at("groq", "meta-llama/llama", {}, free),
]
const everywhere = ["anthropic", "openai", "google-vertex", "google", "groq"]

const held = (name: string, body: Partial<Guardrail>, scope: HeldGuardrail["scope"] = "api_key"): HeldGuardrail => ({
  name,
  id: name,
  scope,
  ...body,
})
const under = (guardrails: readonly HeldGuardrail[], more: Partial<Surroundings> = {}): Surroundings => ({
  offers,
  ...more,
  standing: { guardrails },
})
const planned = (guardrails: readonly HeldGuardrail[], body: object = {}, more: Partial<Surroundings> = {}) =>
  keysOf(planOf({ ...body }, under(guardrails, more))).toSorted()

const refusal = (guardrails: readonly HeldGuardrail[], body: object = {}, more: Partial<Surroundings> = {}) => {
  try {
    planOf({ ...body }, under(guardrails, more))
  } catch (thrown) {
    if (GatewayError.is(thrown)) return thrown
    throw thrown
  }
  throw new Error("it was planned")
}

const one = (body: Partial<Guardrail>) => [held("one", body)]
const without = (...gone: readonly string[]) => everywhere.filter((id) => !gone.includes(id)).toSorted()
const only = (...left: readonly string[]) => left.toSorted()

test.each<[what: string, guardrails: readonly HeldGuardrail[], left: readonly string[]]>([
  ["nothing said", one({}), without()],
  ["allowed providers", one({ allowedProviders: ["openai", "groq"] }), only("openai", "groq")],
  ["ignored providers", one({ ignoredProviders: ["openai"] }), without("openai")],
  ["allowed models", one({ allowedModels: ["anthropic/*"] }), only("anthropic", "google-vertex")],
  ["ignored models", one({ ignoredModels: ["anthropic/claude"] }), without("anthropic")],
  [
    "allowed by two: the intersection",
    [
      held("a", { allowedProviders: ["openai", "groq"] }),
      held("b", { allowedProviders: ["groq", "google"] }, "member"),
    ],
    only("groq"),
  ],
  [
    "ignored by two: the union",
    [held("a", { ignoredProviders: ["openai"] }), held("b", { ignoredProviders: ["groq"] }, "workspace")],
    without("openai", "groq"),
  ],
  [
    "models of one, providers of the other",
    [held("a", { allowedModels: ["anthropic/*"] }), held("b", { ignoredProviders: ["anthropic"] })],
    only("google-vertex"),
  ],
  ["zdr of a vendor takes its own endpoints only", one({ zdr: { anthropic: true } }), without("anthropic")],
  ["zdr of Google spares what others make", one({ zdr: { google: true } }), without("google")],
  ["zdr of all others", one({ zdr: { other: true } }), without("google-vertex", "groq")],
  ["zdr that is kept", one({ zdr: { openai: true } }), without()],
  [
    "zdr of two: either",
    [held("a", { zdr: { anthropic: true, google: false } }), held("b", { zdr: { google: true } })],
    without("anthropic", "google"),
  ],
  ["no training where it is free", one({ enableFreeModelTraining: false }), without("groq")],
  ["no publication where it is free", one({ enableFreeModelPublication: false }), without("groq")],
  ["no training where it is paid for", one({ enablePaidModelTraining: false }), only("anthropic", "openai", "groq")],
  [
    "what another allows is not allowed for that",
    [held("a", { enablePaidModelTraining: false }), held("b", { enablePaidModelTraining: true })],
    only("anthropic", "openai", "groq"),
  ],
])("%s", (_, guardrails, left) => {
  expect(planned(guardrails)).toEqual([...left])
})

test("what a request asks for cannot go beyond it, and can take away more", () => {
  const guardrails = one({ allowedProviders: ["openai", "groq"], zdr: { other: true } })
  expect(planned(guardrails, { provider: { zdr: false, order: ["anthropic"], data_collection: "allow" } })).toEqual(
    only("openai"),
  )
  expect(refusal(guardrails, { provider: { only: ["anthropic"] } }).code).toBe("no_endpoints")
})

describe("a refusal", () => {
  test.each<[body: Partial<Guardrail>, code: string, by: string]>([
    [{ allowedProviders: ["nobody"] }, "constraint_filtered", "allowed_providers"],
    [{ allowedModels: ["x/y"] }, "constraint_filtered", "allowed_providers"],
    [{ ignoredModels: ["*"] }, "constraint_filtered", "allowed_providers"],
  ])("%j names what excluded whom", (body, code, by) => {
    const error = refusal([held("strict", body)])
    expect(error.code).toBe("no_endpoints")
    expect(error.message).toStartWith("No endpoints available matching your guardrail restrictions and data policy")
    expect(error.message).toContain('"strict"')
    expect(error.availability).toMatchObject({ code, excluded_by: [by], retryable: false })
  })

  test("for privacy says so", () => {
    const all = { anthropic: true, openai: true, google: true, xai: true, other: true }
    const error = refusal([held("private", { zdr: all, ignoredProviders: ["openai"] })])
    expect(error.availability).toMatchObject({ code: "privacy_restricted" })
    expect(error.availability?.excluded_by?.toSorted()).toEqual(["allowed_providers", "data_policy:zdr"])
  })

  test("is in the record, with whose word it was", () => {
    const plan = planOf({}, under([held("g", { ignoredProviders: ["openai"] })]))
    expect(plan.record.excluded).toEqual([
      {
        offer: "openai/openai/gpt",
        constraint: "guardrail_providers",
        detail: 'is among the ignored providers by the guardrail "g"',
        guardrail: "g",
      },
    ])
  })
})

describe("regions by which requests come", () => {
  const eu = { door: { region: "eu", strict: false } }
  const inEurope = [...offers, offerOf("eu-one", { model: "test/model", upstream: "e", price }, { region: "eu" })]
  test.each<[allowed: readonly string[] | undefined, door: object, passes: boolean]>([
    [undefined, {}, true],
    [["global"], {}, true],
    [["europe"], {}, false],
    [["europe"], eu, true],
    [["global"], eu, false],
    [["us"], eu, false],
    [["us", "europe"], eu, true],
  ])("%j at %j: %p", (allowedDataRegions, door, passes) => {
    const guardrails = one(allowedDataRegions ? { allowedDataRegions } : {})
    const around = { offers: inEurope, ...door }
    if (passes) expect(planned(guardrails, {}, around).length).toBeGreaterThan(0)
    else
      expect(refusal(guardrails, {}, around)).toMatchObject({
        code: "region_restricted",
        availability: { code: "region_restricted" },
      })
  })

  test("of two guardrails: the intersection", () => {
    const two = [
      held("a", { allowedDataRegions: ["global", "europe"] }),
      held("b", { allowedDataRegions: ["europe", "us"] }),
    ]
    expect(refusal(two, {}, { offers: inEurope }).code).toBe("region_restricted")
    expect(planned(two, {}, { offers: inEurope, ...eu })).toEqual(["eu-one"])
  })
})
