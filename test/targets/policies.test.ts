import { describe, expect, test } from "bun:test"
import type { OfferHealth } from "../../src/catalog/health/types.ts"
import type { Policy } from "../../src/config/config.ts"
import { inquiryOf } from "../../src/pipeline/plan/request-inquiry.ts"
import { resolveTargets } from "../../src/pipeline/plan/targets/resolve-targets.ts"
import { exchangeOf, keysOf, offerOf, planOf, type Surroundings } from "../kit/planning.ts"

const steps = (weights: Readonly<Record<string, number>>) =>
  Object.entries(weights).map(([model, weight]) => ({ model, retries: 0, weight }))

const policy = (
  kind: Policy["kind"],
  weights: Readonly<Record<string, number>>,
  more: Partial<Policy> = {},
): Policy => ({
  kind,
  steps: steps(weights),
  stickyBy: "trace",
  others: true,
  explore: 0,
  ...more,
})

const price = (input: number) => ({ input, output: input })
const offers = [
  offerOf("a", { model: "a/m", price: price(3), context: 200_000 }),
  offerOf("b", { model: "b/m", price: price(1), context: 4_000 }),
  offerOf("c", { model: "c/m", price: price(2), context: 200_000 }),
]

const drawn = (body: object, policies: Record<string, Policy>, more: Partial<Surroundings> = {}, name = "policy/p") => {
  const exchange = exchangeOf({ model: name, ...body }, { offers, config: { policies }, ...more })
  return resolveTargets(inquiryOf(exchange), [name])
}
const first = (...given: Parameters<typeof drawn>) => drawn(...given).targets[0]!.model

/** A generator of random numbers with a fixed start (mulberry32). */
const randomFrom = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
}

const shares = (count: number, draw: (index: number) => string) => {
  const counts: Record<string, number> = {}
  for (let index = 0; index < count; index++) {
    const model = draw(index)
    counts[model] = (counts[model] ?? 0) + 1
  }
  return (model: string) => (counts[model] ?? 0) / count
}

/** Three standard deviations of a share. */
const tolerance = (share: number, count: number) => 3 * Math.sqrt((share * (1 - share)) / count)

describe("balance", () => {
  const weighted = { "policy/p": policy("balance", { "a/m": 70, "b/m": 20, "c/m": 10 }) }

  test("10,000 traces are shared out by weight, on any scale", () => {
    for (const scale of [1, 0.01, 1000]) {
      const policies = {
        "policy/p": policy("balance", { "a/m": 70 * scale, "b/m": 20 * scale, "c/m": 10 * scale }),
      }
      const share = shares(10_000, (index) => first({ requesty: { trace_id: `trace-${index}` } }, policies))
      for (const [model, wanted] of [
        ["a/m", 0.7],
        ["b/m", 0.2],
        ["c/m", 0.1],
      ] as const)
        expect(Math.abs(share(model) - wanted)).toBeLessThan(tolerance(wanted, 10_000))
    }
  })

  test("the same trace draws the same step, whatever else differs", () => {
    for (let index = 0; index < 50; index++) {
      const trace = { requesty: { trace_id: `t${index}` } }
      const model = first(trace, weighted)
      expect(first({ ...trace, user: `u${index}`, session_id: "s" }, weighted)).toBe(model)
      expect(first({ trace: { trace_id: `t${index}` } }, weighted)).toBe(model)
    }
  })

  test("trace, then user, then session, then the request itself", () => {
    const note = (body: object, more: Partial<Policy> = {}) =>
      drawn(body, { "policy/p": policy("balance", { "a/m": 1, "b/m": 1 }, more) }).notes.join()
    expect(note({ requesty: { trace_id: "t" }, user: "u", session_id: "s" })).toContain("by trace")
    expect(note({ user: "u", session_id: "s" })).toContain("by user")
    expect(note({ requesty: { user_id: "u" } })).toContain("by user")
    expect(note({ session_id: "s" })).toContain("by session")
    expect(note({})).toContain("by request")
    expect(note({ requesty: { trace_id: "t" }, session_id: "s" }, { stickyBy: "session" })).toContain("by session")
    expect(note({ requesty: { trace_id: "t" } }, { stickyBy: "none" })).not.toContain(", by")
  })

  test("without stickiness chance is the injected one", () => {
    const policies = { "policy/p": policy("balance", { "a/m": 1, "b/m": 3 }, { stickyBy: "none" }) }
    const random = randomFrom(1)
    const share = shares(10_000, () => first({}, policies, { random }))
    expect(Math.abs(share("b/m") - 0.75)).toBeLessThan(tolerance(0.75, 10_000))
  })

  test("a heavier step only gains, and takes from the others", () => {
    const heavier = { "policy/p": policy("balance", { "a/m": 70, "b/m": 20, "c/m": 30 }) }
    for (let index = 0; index < 500; index++) {
      const trace = { requesty: { trace_id: `t${index}` } }
      const [before, after] = [first(trace, weighted), first(trace, heavier)]
      if (before !== after) expect(after).toBe("c/m")
    }
  })

  test("nested balancers draw independently of one another", () => {
    const policies = {
      "policy/p": policy("balance", { "policy/q": 1, "c/m": 1 }),
      "policy/q": policy("balance", { "a/m": 1, "b/m": 1 }),
    }
    const share = shares(10_000, (index) => first({ requesty: { trace_id: `${index}` } }, policies))
    expect(Math.abs(share("c/m") - 0.5)).toBeLessThan(tolerance(0.5, 10_000))
    expect(Math.abs(share("a/m") - 0.25)).toBeLessThan(tolerance(0.25, 10_000))
  })

  test("the other steps follow, unless that is switched off", () => {
    const alone = { "policy/p": policy("balance", { "a/m": 1, "b/m": 1 }, { others: false }) }
    expect(drawn({}, weighted).targets).toHaveLength(3)
    expect(drawn({}, alone).targets).toHaveLength(1)
    expect(
      drawn({}, weighted)
        .targets.map(({ weight }) => weight)
        .toSorted(),
    ).toEqual([10, 20, 70])
  })
})

describe("latency", () => {
  const health = (times: Readonly<Record<string, Partial<OfferHealth>>>) => ({ health: times })
  const fast: Partial<OfferHealth> = { recentLatencyMs: 50, recentThroughput: 100 }
  const slow: Partial<OfferHealth> = { recentLatencyMs: 500, recentThroughput: 100 }
  const policies = { "policy/p": policy("latency", { "a/m": 1, "b/m": 1 }) }

  test("the fastest goes first, the rest behind it", () => {
    const found = drawn({}, policies, health({ "a/model": slow, "b/model": fast }))
    expect(found.targets.map(({ model }) => model)).toEqual(["b/m", "a/m"])
    expect(found.targets[0]!.preferences).toEqual([{ sort: "latency" }])
    expect(found.notes.join()).toContain('"b/m" first')
  })

  test("a quick pen outweighs a slow start for long answers, not for short ones", () => {
    const times = health({
      "a/model": { recentLatencyMs: 50, recentThroughput: 20 },
      "b/model": { recentLatencyMs: 500, recentThroughput: 500 },
    })
    expect(first({}, policies, times)).toBe("b/m")
    expect(first({ max_tokens: 1 }, policies, times)).toBe("a/m")
  })

  test("what is unknown is tried before what is known to be slower", () => {
    expect(first({}, policies, health({ "a/model": fast }))).toBe("b/m")
    expect(first({}, policies)).toBe("a/m")
  })

  test("what fails is slow, and what is left alone comes last", () => {
    expect(first({}, policies, health({ "a/model": { ...fast, uptime5m: 0.05 }, "b/model": slow }))).toBe("b/m")
    expect(first({}, policies, health({ "a/model": { ...fast, breaker: "open" }, "b/model": slow }))).toBe("b/m")
    expect(first({}, policies, health({ "a/model": { ...fast, breaker: "open" } }))).toBe("b/m")
  })

  test("a share of requests tries another step first", () => {
    const curious = { "policy/p": policy("latency", { "a/m": 1, "b/m": 1, "c/m": 1 }, { explore: 0.1 }) }
    const times = health({ "a/model": fast, "b/model": slow, "c/model": slow })
    const random = randomFrom(2)
    const share = shares(10_000, () => first({}, curious, { ...times, random }))
    expect(Math.abs(share("a/m") - 0.9)).toBeLessThan(tolerance(0.9, 10_000))
    expect(Math.abs(share("b/m") - 0.05)).toBeLessThan(tolerance(0.05, 10_000))
  })
})

describe("cost", () => {
  const policies = {
    "policy/p": policy("cost", { "a/m": 1, "b/m": 1, "c/m": 1 }),
    "policy/chain": policy("fallback", { "policy/p": 1, "a/m": 1 }),
  }

  test("the cheapest first, over all steps together", () => {
    expect(drawn({}, policies).targets.map(({ model }) => model)).toEqual(["b/m", "c/m", "a/m"])
    expect(keysOf(planOf({ model: "policy/p" }, { offers, config: { policies } }))).toEqual(["b", "c", "a"])
  })

  test("the cheapest that can take the request", () => {
    const long = { messages: [{ role: "user", content: "x".repeat(40_000) }] }
    expect(keysOf(planOf({ model: "policy/p", ...long }, { offers, config: { policies } }))).toEqual(["c", "a"])
  })

  test("what nobody knows a price of comes last", () => {
    const unpriced = [offerOf("u", { model: "u/m" }), ...offers]
    const mixed = { "policy/p": policy("cost", { "u/m": 1, "a/m": 1, "b/m": 1 }) }
    expect(drawn({}, mixed, { offers: unpriced }).targets.map(({ model }) => model)).toEqual(["b/m", "a/m", "u/m"])
  })

  test("nested in a chain it keeps its order", () => {
    expect(drawn({}, policies, {}, "policy/chain").targets.map(({ model }) => model)).toEqual([
      "b/m",
      "c/m",
      "a/m",
      "a/m",
    ])
  })
})
