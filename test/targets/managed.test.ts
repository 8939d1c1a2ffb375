import { describe, expect, test } from "bun:test"
import { atOnce } from "../../src/catalog/steps.ts"
import { inquiryOf } from "../../src/pipeline/plan/request-inquiry.ts"
import { familyOf, readLatest } from "../../src/pipeline/plan/targets/latest.ts"
import { managedNames } from "../../src/pipeline/plan/targets/managed.ts"
import { resolveTargets } from "../../src/pipeline/plan/targets/resolve-targets.ts"
import { exchangeOf, keysOf, offerOf, planOf, type Surroundings } from "../kit/planning.ts"

const claude = { canonical: "anthropic/claude-sonnet-4.5", created: 1_759_000_000 }
const offers = [
  offerOf("anthropic", { model: "anthropic/claude-sonnet-4.5", upstream: "claude-sonnet-4-5-20250929", ...claude }),
  offerOf(
    "bedrock",
    { model: "bedrock/eu.anthropic.claude-sonnet-4-5", upstream: "eu.anthropic.claude-sonnet-4-5", ...claude },
    { region: "eu" },
  ),
  offerOf("anthropic", {
    model: "anthropic/claude-3.7-sonnet",
    upstream: "claude-3-7-sonnet",
    canonical: "anthropic/claude-3.7-sonnet",
    created: 1_740_000_000,
  }),
  offerOf("openai", { model: "openai/gpt-5.1", upstream: "gpt-5.1", canonical: "openai/gpt-5.1" }),
  offerOf("openai", { model: "openai/gpt-5.2", upstream: "gpt-5.2", canonical: "openai/gpt-5.2" }),
  offerOf("openai", { model: "openai/gpt-5.2-mini", upstream: "gpt-5.2-mini", canonical: "openai/gpt-5.2-mini" }),
]

const keys = (name: string, config: Surroundings["config"] = {}) =>
  resolveTargets(inquiryOf(exchangeOf({ model: name }, { offers, config })), [name]).targets.flatMap((target) =>
    target.offers.map(({ key }) => key),
  )
const sonnet = ["anthropic/claude-sonnet-4-5-20250929", "bedrock/eu.anthropic.claude-sonnet-4-5"]

describe("managed names", () => {
  test("a bare name leads to every provider that has the model", () => {
    for (const name of ["claude-sonnet-4-5", "claude-sonnet-4.5", "claude-sonnet-4-5-20250929"])
      expect(keys(name).toSorted()).toEqual(sonnet)
  })

  test("with a region only what is there is tried", () => {
    expect(keysOf(planOf({ model: "claude-sonnet-4-5@eu" }, { offers }))).toEqual(["bedrock"])
    expect(() => planOf({ model: "claude-sonnet-4-5@us" }, { offers })).toThrow()
  })

  test("what is declared goes before it", () => {
    expect(keys("claude-sonnet-4-5", { aliases: { "claude-sonnet-4-5": "openai/gpt-5.1" } })).toEqual([
      "openai/gpt-5.1",
    ])
    expect(keys("coding/claude-4-sonnet", { aliases: { "coding/claude-4-sonnet": "openai/gpt-5.1" } })).toEqual([
      "openai/gpt-5.1",
    ])
  })

  test("dedicated names lead to their model, or to what came after it", () => {
    expect(keys("coding/claude-3-7-sonnet")).toEqual(["anthropic/claude-3-7-sonnet"])
    expect(keys("coding/claude-4-sonnet").toSorted()).toEqual(sonnet)
    const { notes } = resolveTargets(inquiryOf(exchangeOf({}, { offers })), ["coding/claude-4-sonnet"])
    expect(notes.join()).toContain("came after it")
    expect(keys("coding/claude-sonnet-4-5").toSorted()).toEqual(sonnet)
    expect(() => keys("coding/gemini-2.5-pro")).toThrow("No provider offers")
  })

  test("a fresh gateway with nothing but a key answers to them", () => {
    const open = [offerOf("anthropic", { model: "anthropic/x", upstream: "x" }, { open: true })]
    const found = resolveTargets(inquiryOf(exchangeOf({}, { offers: open })), ["coding/claude-4-sonnet"]).targets
    expect(found.flatMap((target) => target.offers.map(({ key }) => key))).toEqual(["anthropic/claude-sonnet-4-0"])
  })

  test("a model at one provider, in anybody's words", () => {
    expect(keys("bedrock/claude-sonnet-4-5")).toEqual(["bedrock/eu.anthropic.claude-sonnet-4-5"])
    expect(keys("bedrock/anthropic/claude-sonnet-4.5")).toEqual(["bedrock/eu.anthropic.claude-sonnet-4-5"])
    expect(keys("openai-responses/gpt-5.1")).toEqual(["openai/gpt-5.1"])
  })

  test("they can be switched off", () => {
    const { routing } = exchangeOf({}, { offers }).snapshot.config
    expect(() => keys("coding/claude-4-sonnet", { routing: { ...routing, managed: false } })).toThrow()
  })

  test("are listed once each, with their regions", () => {
    const { snapshot } = exchangeOf({}, { offers, config: { aliases: { "gpt-5.1": "openai/gpt-5.2" } } })
    const names = atOnce(managedNames(snapshot))
    expect(names.map(({ name }) => name).toSorted()).toEqual([
      "claude-3-7-sonnet",
      "claude-sonnet-4-5",
      "claude-sonnet-4-5@eu",
      "coding/claude-3-7-sonnet",
      "coding/claude-4-sonnet",
      "gpt-5.2",
      "gpt-5.2-mini",
    ])
    expect(names.find(({ name }) => name === "claude-sonnet-4-5@eu")).toMatchObject({ region: "eu" })
    for (const { name, offers: listed } of names) expect(keys(name).length).toBeGreaterThanOrEqual(listed.length)
  })
})

describe("~author/family-latest", () => {
  test("is the newest of its family", () => {
    expect(keys("~anthropic/claude-sonnet-latest").toSorted()).toEqual(sonnet)
    expect(keys("~openai/gpt-latest")).toEqual(["openai/gpt-5.2"])
    expect(keys("~openai/gpt-mini-latest")).toEqual(["openai/gpt-5.2-mini"])
    expect(keys("~anthropic/claude-sonnet-latest:nitro").toSorted()).toEqual(sonnet)
    expect(() => keys("~openai/gpt-nano-latest")).toThrow("No provider offers")
  })

  test("families have no versions", () => {
    expect(familyOf("claude-3.7-sonnet")).toBe("claude-sonnet")
    expect(familyOf("gemini-2.5-flash-lite")).toBe("gemini-flash-lite")
    expect(familyOf("deepseek-v3.2")).toBe("deepseek")
    expect(readLatest("~a/b")).toBeUndefined()
  })
})
