import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import type { Config } from "../../src/config/config.ts"
import { inquiryOf } from "../../src/pipeline/plan/request-inquiry.ts"
import { choosable } from "../../src/pipeline/plan/targets/auto/choosable.ts"
import { featuresOf } from "../../src/pipeline/plan/targets/auto/features.ts"
import { compare, Judge } from "../../src/pipeline/plan/targets/auto/judge.ts"
import { routeAuto } from "../../src/pipeline/plan/targets/auto/route-auto.ts"
import { difficultyOf, type Tier, tierOfPrice, tiers } from "../../src/pipeline/plan/targets/auto/score.ts"
import { Screen } from "../../src/pipeline/plan/targets/auto/screen.ts"
import { resolveTargets } from "../../src/pipeline/plan/targets/resolve-targets.ts"
import { exchangeOf, keysOf, offerOf, planOf, type Surroundings } from "../kit/planning.ts"

const price = (input: number) => ({ input, output: input })
const traits = { tools: true, structuredOutput: true }
const offers = [
  offerOf("p", { model: "a/tiny", upstream: "tiny", price: price(0.1), context: 8_000, traits }),
  offerOf("p", { model: "a/middle", upstream: "middle", price: price(2), context: 100_000, traits }),
  offerOf("p", {
    model: "b/strong",
    upstream: "strong",
    price: price(6),
    context: 200_000,
    traits: { ...traits, vision: true, reasoning: true },
  }),
  offerOf("p", { model: "b/giant", upstream: "giant", price: price(30), context: 200_000, traits }),
  offerOf("p", { model: "c/free", upstream: "free", price: price(0), context: 8_000, traits: { tools: false } }),
  offerOf("p", { model: "c/embed", upstream: "embed", price: price(0), kind: "embeddings" }),
]

const say = (content: unknown, more: object = {}) => ({
  model: "openrouter/auto",
  messages: [{ role: "user", content }],
  ...more,
})
const routed = (body: object, around: Partial<Surroundings> = {}) =>
  resolveTargets(inquiryOf(exchangeOf({ model: "openrouter/auto", ...body }, { offers, ...around })), [
    (body as { model?: string }).model ?? "openrouter/auto",
  ])
const chosen = (...given: Parameters<typeof routed>) => routed(...given).targets[0]!.model

const withAuto = (auto: Config["routing"]["auto"]): Partial<Surroundings> => {
  const { routing } = exchangeOf({}, { offers }).snapshot.config
  return { config: { routing: { ...routing, auto } } }
}

describe("openrouter/auto", () => {
  test("easy things go to small models, hard ones to strong ones", () => {
    expect(["a/tiny", "c/free"]).toContain(chosen(say("hello")))
    expect(chosen(say("Refactor this:\n```ts\nfunction a() {}\n```"))).toBe("a/middle")
    expect(chosen(say("Prove step by step that \\sqrt{2} is irrational, and analyse the proof."))).toBe("b/strong")
  })

  test("the choice and its reasons are told", () => {
    const [note] = routed(say("Prove the theorem about eigenvalues.")).notes
    expect(note).toMatch(/openrouter\/auto: ".+" \(\w+\) of \d+; wanted \w+ for \d+ points: maths/)
  })

  test("models stand in for the chosen one", () => {
    const { targets } = routed(say("hello"))
    expect(targets.length).toBe(3)
    expect(new Set(targets.map(({ model }) => model)).size).toBe(3)
  })

  test("nothing is chosen that the plan would leave out", () => {
    const quiet = offerOf(
      "q",
      { model: "d/quiet", upstream: "quiet", price: price(9), context: 9_000 },
      { zdr: true, region: "eu" },
    )
    const all = [...offers, quiet]
    const { routing } = exchangeOf({}, { offers }).snapshot.config
    const zdr = { provider: { zdr: true } }
    expect(chosen(say("hello", zdr), { offers: all })).toBe("d/quiet")
    expect(chosen(say("hello"), { offers: all, key: zdr })).toBe("d/quiet")
    expect(chosen(say("hello"), { offers: all, config: { routing: { ...routing, ...zdr } } })).toBe("d/quiet")
    expect(chosen(say("hello"), { offers: all, door: { region: "eu", strict: true } })).toBe("d/quiet")
    expect(chosen(say("hello", { provider: { only: ["q"] } }), { offers: all })).toBe("d/quiet")
    expect(chosen({ ...say("hello"), model: "openrouter/auto@eu" }, { offers: all })).toBe("d/quiet")
    expect(chosen(say("hello", { provider: { max_price: { prompt: 0 } } }), { offers: all })).toBe("c/free")
    expect(chosen(say("hello", { model: "openrouter/free" }), { offers: all })).toBe("c/free")
  })

  test("where that is everything, the rule is named", () => {
    expect(() => routed(say("hello", { provider: { zdr: true } }))).toThrow("provider.zdr excludes p")
    expect(() => routed(say("hello", { model: "openrouter/free", provider: { only: ["nobody"] } }))).toThrow(
      "provider.only",
    )
  })

  test("hard needs come first", () => {
    const picture = [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }]
    expect(routed(say(picture)).targets.map(({ model }) => model)).toEqual(["b/strong"])
    const tools = { tools: [{ type: "function", function: { name: "f", parameters: {} } }] }
    expect(routed(say("hello", tools)).targets.map(({ model }) => model)).not.toContain("c/free")
    expect(["a/tiny", "c/free"]).not.toContain(chosen(say("x ".repeat(30_000))))
    expect(routed(say("hi")).targets.map(({ model }) => model)).not.toContain("c/embed")
  })

  test("every turn of a conversation goes where its first went", () => {
    const opening = { role: "user", content: "Prove the lemma about this integral." }
    const model = chosen({ messages: [opening] })
    const later = [opening, { role: "assistant", content: "Done." }, { role: "user", content: "thanks" }]
    expect(chosen({ messages: later })).toBe(model)
    expect(chosen({ messages: [{ role: "system", content: "You translate." }, ...later] })).toBe(model)
  })

  test("the file and the request say what may be chosen", () => {
    expect(chosen(say("hello"), withAuto({ models: ["b/*"], exclude: [] }))).toBe("b/strong")
    expect(chosen(say("hello"), withAuto({ models: ["b/*"], exclude: ["b/strong"] }))).toBe("b/giant")
    const plugin = (more: object) => ({ plugins: [{ id: "auto-router", ...more }] })
    expect(chosen(say("hello", plugin({ allowed_models: ["a/middle"] })))).toBe("a/middle")
    expect(chosen(say("hello", plugin({ excluded_models: ["a/*", "c/*"] })))).toBe("b/strong")
    expect(chosen(say("Prove the theorem step by step", plugin({ cost_tier: "medium" })))).toBe("a/middle")
    expect(chosen(say("hello", plugin({ allowed_models: ["b/giant"], enabled: false })))).not.toBe("b/giant")
  })

  test("a key's own list counts", () => {
    expect(chosen(say("hello"), { key: { models: ["b/giant"] } })).toBe("b/giant")
  })

  test("nothing to choose from is refused in OpenRouter's words", () => {
    expect(() => routed(say("hi", { plugins: [{ id: "auto-router", allowed_models: ["x/*"] }] }))).toThrow(
      "No models match your request and model restrictions",
    )
    const wrong = (plugin: object) => () => routed(say("hi", { plugins: [{ id: "auto-router", ...plugin }] }))
    expect(wrong({ allowed_models: "a/*" })).toThrow("plugins[0].allowed_models")
    expect(wrong({ cost_tier: "cheap" })).toThrow("plugins[0].cost_tier")
  })

  test("what fails is not chosen", () => {
    const health = { "p/tiny": { breaker: "open" as const }, "p/free": { breaker: "open" as const } }
    expect(chosen(say("hello"), { health })).toBe("a/middle")
  })

  test("a model that the file calls so is that model", () => {
    const own = offerOf("p", { model: "openrouter/auto", upstream: "theirs" })
    expect(chosen(say("hi"), { offers: [...offers, own] })).toBe("openrouter/auto")
  })
})

describe("openrouter/free", () => {
  test("only what costs nothing", () => {
    const free = offerOf("q", { model: "d/free", upstream: "free2", price: price(0), context: 8_000 })
    const around = { offers: [...offers, free] }
    const body = { model: "openrouter/free", messages: [{ role: "user", content: "hi" }] }
    expect(keysOf(planOf(body, around)).toSorted()).toEqual(["p", "q"])
    const models = new Set(
      Array.from({ length: 50 }, (_, index) =>
        chosen({ ...body, messages: [{ role: "user", content: `hi ${index}` }] }, around),
      ),
    )
    expect([...models].toSorted()).toEqual(["c/free", "d/free"])
  })
})

test("judged by what is known of them first, models are chosen as if each had been looked into", () => {
  const day = 86_400
  const now = 1_800_000_000_000
  const names = Array.from({ length: 12 }, (_, index) => `m/${index % 4 === 0 ? "codex" : "model"}-${index}`)
  const rows = fc.array(
    fc.record({
      model: fc.constantFrom(...names),
      input: fc.option(fc.constantFrom(0, 0.5, 0.6, 2, 5, 15, 30), { nil: undefined }),
      days: fc.option(fc.constantFrom(0, 30, 300, 500, 900), { nil: undefined }),
      traits: fc.record({ tools: fc.boolean(), reasoning: fc.boolean(), structuredOutput: fc.constant(true) }),
      zdr: fc.boolean(),
      isOpen: fc.integer({ min: 0, max: 3 }).map((number) => number === 0),
    }),
    { minLength: 4, maxLength: 40 },
  )
  const asks = fc.constantFrom("hello", "Refactor this typescript", "Prove the theorem step by step")
  fc.assert(
    fc.property(rows, asks, fc.constantFrom<Tier>("low", "medium", "max"), (given, ask, ceiling) => {
      const all = given.map(({ model, input, days, traits, zdr }, index) =>
        offerOf(
          `p${index}`,
          {
            model,
            upstream: "x",
            traits,
            ...(input === undefined ? {} : { price: price(input) }),
            ...(days === undefined ? {} : { created: now / 1000 - days * day }),
          },
          { zdr },
        ),
      )
      const health = Object.fromEntries(
        all.flatMap(({ key }, index) => (given[index]!.isOpen ? [[key, { breaker: "open" as const }]] : [])),
      )
      const body = {
        ...say(ask),
        provider: { zdr: true },
        plugins: [{ id: "auto-router", cost_tier: ceiling }],
      }
      const inquiry = inquiryOf(exchangeOf(body, { offers: all, health, now }))
      const { opening } = inquiry
      const asked = { tools: false, media: false, structured: false, reasoning: false }
      const wanted = difficultyOf(opening, asked).tier
      const places = { wanted: tiers.indexOf(wanted), ceiling: tiers.indexOf(ceiling) }
      const tier = tiers[Math.min(places.wanted, places.ceiling)]!
      const judge = new Judge(inquiry, { opening, asked, tier, ceiling: places.ceiling })
      const screen = new Screen(inquiry, [])
      const best = [...choosable(inquiry.snapshot)]
        .flatMap((candidate) => {
          const usable = screen.usable(candidate)
          return usable.length === 0 ? [] : (judge.rank(candidate[0], usable) ?? [])
        })
        .sort(compare)
        .slice(0, 3)
      if (best.length === 0) expect(() => routeAuto(inquiry, "openrouter/auto", [])).toThrow()
      else expect(routeAuto(inquiry, "openrouter/auto", []).models).toEqual(best.map(({ model }) => model))
    }),
    { numRuns: 1500, seed: 5 },
  )
})

describe("the score", () => {
  const asked = { tools: false, media: false, structured: false, reasoning: false }

  test("tiers by price", () => {
    expect(tierOfPrice(price(0))).toBe("low")
    expect(tierOfPrice({ input: 0.15, output: 0.6 })).toBe("low")
    expect(tierOfPrice({ input: 3, output: 15 })).toBe("high")
    expect(tierOfPrice({ input: 15, output: 75 })).toBe("max")
  })

  test("points by what the opening looks like", () => {
    const points = (text: string) => difficultyOf(featuresOf(text), asked).points
    expect(points("hello")).toBeLessThan(points("What is the capital of France, and why?"))
    expect(points("Translate to German: good day")).toBeLessThan(
      points("const a = () => 1; // refactor this typescript"),
    )
    expect(difficultyOf(featuresOf(""), asked)).toEqual({ points: 15, tier: "low", reasons: [] })
    expect(featuresOf("请证明这个定理，并解释每一步的理由。").foreign).toBe(true)
    expect(featuresOf("größer als der Ärger").foreign).toBe(false)
  })
})
