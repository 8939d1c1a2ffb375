import { describe, expect, test } from "bun:test"
import type { Config } from "../../../src/config/config.ts"
import type { JsonObject } from "../../../src/contract/index.ts"
import { configOf } from "../../kit/config.ts"
import { keysOf, offerOf, planOf } from "../../kit/planning.ts"

const { routing } = await configOf(undefined)
const offers = ["a", "b", "c", "d"].map((id, index) =>
  offerOf(
    id,
    { price: { input: index + 1, output: index + 1 } },
    { zdr: index < 2, region: index % 2 === 0 ? "eu" : "us" },
  ),
)
const inConfig = (provider: JsonObject): Partial<Config> => ({
  routing: { ...routing, provider },
  strategy: "configured",
})
const configured = { offers, config: { strategy: "configured" } }

describe("restrictions of all places add up", () => {
  test("only: what each of them names", () => {
    const plan = planOf(
      { provider: { only: ["b", "c", "d"] } },
      { offers, config: inConfig({ only: ["a", "b", "c"] }), key: { provider: { only: ["c", "b"] } } },
    )
    expect(keysOf(plan)).toEqual(["b", "c"])
  })

  test("ignore: what any of them names", () => {
    const plan = planOf(
      { provider: { ignore: ["b"] } },
      { offers, config: inConfig({ ignore: ["a"] }), key: { provider: { ignore: ["d"] } } },
    )
    expect(keysOf(plan)).toEqual(["c"])
  })

  test("zdr cannot be taken back", () => {
    const plan = planOf({ provider: { zdr: false } }, { offers, config: inConfig({ zdr: true }) })
    expect(keysOf(plan)).toEqual(["a", "b"])
  })

  test("data collection stays denied; what keeps nothing collects nothing", () => {
    const plan = planOf(
      { provider: { data_collection: "allow" } },
      { offers, config: inConfig({ data_collection: "deny" }) },
    )
    expect(keysOf(plan)).toEqual(["a", "b"])
  })

  test("max_price: the lowest of each", () => {
    const plan = planOf(
      { provider: { max_price: { prompt: 3 } } },
      { offers, config: inConfig({ max_price: { prompt: 10, completion: 2 } }) },
    )
    expect(keysOf(plan)).toEqual(["a", "b"])
  })

  test("regions must agree", () => {
    expect(() => planOf({ provider: { region: "us" } }, { offers, config: inConfig({ region: "eu" }) })).toThrow()
    expect(keysOf(planOf({ provider: { region: "eu" } }, configured))).toEqual(["a", "c"])
  })

  test("quantizations: what both name", () => {
    const stored = ["fp8", "bf16", "int4"].map((quantization) => offerOf(quantization, { quantization }))
    const plan = planOf(
      { provider: { quantizations: ["fp8", "int4"] } },
      { offers: stored, config: inConfig({ quantizations: ["fp8", "bf16"] }) },
    )
    expect(keysOf(plan)).toEqual(["fp8"])
  })
})

describe("of wishes, those of the innermost place that has them count", () => {
  test("order", () => {
    const around = { offers, config: inConfig({ order: ["d"] }) }
    expect(keysOf(planOf({}, around))).toEqual(["d", "a", "b", "c"])
    expect(keysOf(planOf({ provider: { order: ["c", "a"] } }, around))).toEqual(["c", "a", "b", "d"])
    expect(keysOf(planOf({ provider: { zdr: false } }, around))).toEqual(["d", "a", "b", "c"])
  })

  test("sort, which can be taken back", () => {
    const dearFirst = offers.toReversed()
    const around = { offers: dearFirst, config: inConfig({ sort: "price" }) }
    expect(keysOf(planOf({}, around))).toEqual(["a", "b", "c", "d"])
    expect(keysOf(planOf({ provider: { sort: null } }, around))).toEqual(["d", "c", "b", "a"])
  })

  test("allow_fallbacks", () => {
    const around = { offers, config: inConfig({ allow_fallbacks: false }) }
    expect(keysOf(planOf({}, around))).toEqual(["a"])
    expect(keysOf(planOf({ provider: { allow_fallbacks: true } }, around))).toHaveLength(4)
    expect(keysOf(planOf({ provider: { order: ["c", "b"] } }, around))).toEqual(["c", "b"])
  })

  test("the key's go before those of the configuration, the request's before both", () => {
    const around = { offers, config: inConfig({ order: ["d"] }), key: { provider: { order: ["b"] } } }
    expect(keysOf(planOf({}, around))[0]).toBe("b")
    expect(keysOf(planOf({ provider: { order: ["c"] } }, around))[0]).toBe("c")
  })
})
