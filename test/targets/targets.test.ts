import { describe, expect, test } from "bun:test"
import type { Policy } from "../../src/config/config.ts"
import { inquiryOf } from "../../src/pipeline/plan/request-inquiry.ts"
import { dangling } from "../../src/pipeline/plan/targets/reachable.ts"
import { resolveTargets } from "../../src/pipeline/plan/targets/resolve-targets.ts"
import { exchangeOf, offerOf, planOf, type Surroundings } from "../kit/planning.ts"

const policy = (said: Partial<Policy> & Pick<Policy, "kind" | "steps">): Policy => ({
  stickyBy: "trace",
  others: true,
  explore: 0,
  ...said,
})
const step = (model: string, more: Partial<Policy["steps"][number]> = {}) => ({ model, retries: 0, weight: 1, ...more })

const offers = [
  offerOf("one", { model: "a/b", upstream: "b", context: 1000 }),
  offerOf("two", { model: "a/b", upstream: "b2", context: 8000, tags: ["flex"] }),
  offerOf("one", { model: "c/d", upstream: "d" }),
  offerOf("one", { model: "local/llama3:8b", upstream: "llama3:8b" }),
  offerOf("one", { model: "a/b:free", upstream: "b-free" }),
]

const around = (config: Surroundings["config"] = {}): Surroundings => ({ offers, config })
const targetsOf = (name: string, config: Surroundings["config"] = {}, body: object = {}) => {
  const exchange = exchangeOf({ model: name, ...body }, around(config))
  return { exchange, ...resolveTargets(inquiryOf(exchange), [name]) }
}
const models = (name: string, config: Surroundings["config"] = {}) =>
  targetsOf(name, config).targets.map(({ model }) => model)
const refusal = (work: () => unknown) => {
  try {
    work()
  } catch (thrown) {
    return thrown as { code: string; message: string }
  }
  throw new Error("it was not refused")
}

describe("what stands behind a name", () => {
  test("whole names go first", () => {
    expect(models("local/llama3:8b")).toEqual(["local/llama3:8b"])
    expect(models("a/b:free")).toEqual(["a/b:free"])
    expect(targetsOf("a/b:free").targets[0]!.preferences).toEqual([])
  })

  test("suffixes are preferences of the target", () => {
    const said = (name: string) => targetsOf(name).targets[0]!.preferences
    expect(said("a/b")).toEqual([])
    expect(said("a/b:nitro")).toEqual([{ sort: "throughput" }])
    expect(said("a/b:floor")).toEqual([{ sort: "price" }])
    expect(said("a/b:exacto")).toEqual([{ sort: "exacto" }])
    expect(said("c/d:free")).toEqual([{ max_price: { prompt: 0, completion: 0, request: 0 } }])
    expect(said("a/b@eu")).toEqual([{ region: "eu" }])
    expect(said("a/b:nitro@us-east-1")).toEqual([{ sort: "throughput" }, { region: "us-east-1" }])
    expect(said("a/b:online")).toEqual([])
  })

  test("a request that sorts goes before :exacto", () => {
    const exchange = exchangeOf({ model: "a/b:exacto", provider: { sort: "price" } }, around())
    expect(planOf({ model: "a/b:exacto", provider: { sort: "price" } }, around()).record.strategy).toContain("price")
    expect(resolveTargets(inquiryOf(exchange), ["a/b:exacto"]).targets[0]!.preferences).toEqual([{ sort: "exacto" }])
  })

  test(":extended is the offer with the largest context", () => {
    const { targets, notes } = targetsOf("a/b:extended")
    expect(targets[0]!.offers.map(({ provider }) => provider)).toEqual(["two"])
    expect(notes).toEqual([expect.stringMatching(/^":extended" leaves out one\//)])
  })

  test("what is asked of the request itself is kept by offer", () => {
    const wish = (name: string) => targetsOf(name).exchange.wishes?.get("one/b")
    expect(wish("a/b")).toBeUndefined()
    expect(wish("a/b:nitro")).toBeUndefined()
    expect(wish("a/b:thinking")).toEqual({ reasoning: { enabled: true } })
    expect(wish("a/b:high")).toEqual({ reasoning: { effort: "high" } })
    expect(wish("a/b:8192")).toEqual({ reasoning: { budget: 8192 } })
    expect(wish("a/b:flex:low")).toEqual({ serviceTier: "flex", reasoning: { effort: "low" } })
  })

  test(":floor asks for the cheap tier only where the operator said that there is one", () => {
    const { wishes } = targetsOf("a/b:floor").exchange
    expect(wishes?.get("one/b")).toBeUndefined()
    expect(wishes?.get("two/b2")).toEqual({ serviceTier: "flex" })
    expect(targetsOf("a/b:nitro").exchange.wishes?.size).toBe(0)
  })

  test("what nobody knows is refused with what could stand there", () => {
    const { code, message } = refusal(() => targetsOf("c/d:turbo"))
    expect(code).toBe("model_not_found")
    expect(message).toContain(":nitro")
    expect(message).toContain("@eu")
    expect(refusal(() => targetsOf("c/dd")).message).toContain('"c/d"')
    expect(refusal(() => targetsOf("c/d:batch"))).toMatchObject({ code: "invalid_request" })
    expect(refusal(() => targetsOf("constructor")).code).toBe("model_not_found")
  })
})

describe("open providers", () => {
  const open = offerOf("vendor", { model: "vendor/x", upstream: "x" }, { open: true })
  const config: Surroundings = { offers: [open] }
  const upstreams = (name: string) =>
    resolveTargets(inquiryOf(exchangeOf({ model: name }, config)), [name]).targets.flatMap((target) =>
      target.offers.map(({ upstream }) => upstream),
    )

  test("get names without what the gateway understands", () => {
    expect(upstreams("vendor/new-model:nitro")).toEqual(["new-model"])
    expect(upstreams("vendor/new-model:thinking@eu")).toEqual(["new-model"])
    expect(upstreams("vendor/llama3:8b")).toEqual(["llama3:8b"])
    expect(upstreams("vendor/ft:gpt-4o:acme::id")).toEqual(["ft:gpt-4o:acme::id"])
    expect(upstreams("vendor/name@20250929")).toEqual(["name@20250929"])
  })

  test("keep :free, which only they can know", () => {
    expect(upstreams("vendor/some-model:free")).toEqual(["some-model:free"])
  })
})

describe("aliases and policies", () => {
  const config: Surroundings["config"] = {
    aliases: { fast: "a/b:nitro", "also/fast": "fast", round: "about", about: "round" },
    policies: {
      "policy/chain": policy({
        kind: "fallback",
        steps: [step("c/d", { retries: 2 }), step("fast", { provider: { zdr: true } })],
        provider: { region: "eu" },
        hedgeMs: 700,
      }),
      "policy/outer": policy({
        kind: "fallback",
        steps: [step("policy/chain", { retries: 1 }), step("nobody/has-this")],
        streamRecovery: "continue",
      }),
      "policy/loop": policy({ kind: "fallback", steps: [step("policy/loop"), step("a/b")] }),
      "policy/empty": policy({ kind: "fallback", steps: [step("nobody/has-this")] }),
    },
  }

  test("aliases lead on, and are told", () => {
    const { targets, notes } = targetsOf("also/fast", config)
    expect(targets.map(({ model, preferences }) => [model, preferences])).toEqual([["a/b", [{ sort: "throughput" }]]])
    expect(notes).toEqual(['alias "also/fast" → "fast"', 'alias "fast" → "a/b:nitro"'])
  })

  test("suffixes hold for all that an alias or a policy leads to", () => {
    expect(targetsOf("fast@us", config).targets[0]!.preferences).toEqual([{ sort: "throughput" }, { region: "us" }])
    for (const { preferences } of targetsOf("policy/chain:floor", config).targets)
      expect(preferences.at(-1)).toEqual({ sort: "price" })
  })

  test("steps carry their retries, and preferences from the outside in", () => {
    const { targets, hedgeMs } = targetsOf("policy/chain", config)
    expect(hedgeMs).toBe(700)
    expect(targets.map(({ model, retries, preferences }) => ({ model, retries, preferences }))).toEqual([
      { model: "c/d", retries: 2, preferences: [{ region: "eu" }] },
      { model: "a/b", retries: 0, preferences: [{ region: "eu" }, { zdr: true }, { sort: "throughput" }] },
    ])
  })

  test("policies nest; what leads nowhere is left out and told", () => {
    const { targets, notes, hedgeMs, streamRecovery } = targetsOf("policy/outer", config)
    expect(targets.map(({ model, retries }) => [model, retries])).toEqual([
      ["c/d", 2],
      ["a/b", 1],
    ])
    expect({ hedgeMs, streamRecovery }).toEqual({ hedgeMs: 700, streamRecovery: "continue" })
    expect(notes).toContain('policy/outer: No provider offers the model "nobody/has-this"; this step is left out')
  })

  test("circles end", () => {
    expect(refusal(() => targetsOf("round", config)).message).toContain("in a circle")
    expect(models("policy/loop", config)).toEqual(["a/b"])
  })

  test("a policy without a way out says so", () => {
    expect(refusal(() => targetsOf("policy/empty", config)).message).toContain("No step of")
    expect(dangling(exchangeOf({}, around(config)).snapshot, "policy/empty")).toHaveLength(1)
    expect(dangling(exchangeOf({}, around(config)).snapshot, "policy/outer")).toHaveLength(1)
    expect(dangling(exchangeOf({}, around(config)).snapshot, "policy/chain")).toEqual([])
  })

  test("several names of a request follow one another", () => {
    const exchange = exchangeOf({ model: "c/d" }, around(config))
    expect(resolveTargets(inquiryOf(exchange), ["c/d", "policy/chain"]).targets.map(({ model }) => model)).toEqual([
      "c/d",
      "c/d",
      "a/b",
    ])
  })
})
