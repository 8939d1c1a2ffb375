import { describe, expect, test } from "bun:test"
import { keysOf, offerOf, percentiles, planOf, type Surroundings } from "../../kit/planning.ts"

const now = Date.UTC(2026, 5, 1)
const offers = [
  offerOf("a", { price: { input: 3, output: 3 } }),
  offerOf("b", { price: { input: 1, output: 1 } }),
  offerOf("c", { price: { input: 2, output: 2 } }),
]
const plan = (body: Readonly<Record<string, unknown>> = {}, around: Partial<Surroundings> = {}) =>
  planOf(body, { offers, now, config: { strategy: "configured" }, ...around })
const order = (...args: Parameters<typeof plan>) => keysOf(plan(...args))
const sort = (by: unknown) => ({ provider: { sort: by } })

const health = {
  "a/model": { latency: percentiles(100), throughput: percentiles(50), uptime30m: 0.99 },
  "b/model": { latency: percentiles(300), throughput: percentiles(90), uptime30m: 0.97 },
  "c/model": { latency: percentiles(200), throughput: percentiles(10), uptime30m: 1 },
}

describe("strictly sorted", () => {
  test("by price, throughput, latency", () => {
    expect(order(sort("price"))).toEqual(["b", "c", "a"])
    expect(order(sort("throughput"), { health })).toEqual(["b", "a", "c"])
    expect(order(sort("latency"), { health })).toEqual(["a", "c", "b"])
  })

  test("what nobody knows comes last, in its order", () => {
    const some = [offerOf("x"), offerOf("y"), ...offers]
    expect(order(sort("price"), { offers: some })).toEqual(["b", "c", "a", "x", "y"])
    expect(order(sort("latency"), { health: { "c/model": health["c/model"] } })).toEqual(["c", "a", "b"])
  })

  test("by price of this request: the output's price decides for a short input", () => {
    const two = [
      offerOf("reads", { price: { input: 1, output: 10 } }),
      offerOf("writes", { price: { input: 10, output: 1 } }),
    ]
    expect(order(sort("price"), { offers: two })).toEqual(["writes", "reads"])
    const long = { ...sort("price"), messages: [{ role: "user", content: "word ".repeat(5000) }] }
    expect(order(long, { offers: two })).toEqual(["reads", "writes"])
  })

  test("by tool calls and uptime: who is far behind the others comes last", () => {
    const four = ["a", "b", "c", "d", "e"].map((id) => offerOf(id))
    const errors = { a: 0.5, b: 0.01, c: 0.02, d: 0.015, e: undefined }
    const seen = Object.fromEntries(
      Object.entries(errors).map(([id, toolErrorRate]) => [`${id}/model`, { toolErrorRate }]),
    )
    expect(order(sort("exacto"), { offers: four, health: seen })).toEqual(["b", "d", "e", "c", "a"])
    const slow = Object.fromEntries(
      ["a", "b", "c", "d"].map((id, index) => [`${id}/model`, { throughput: percentiles([1, 60, 61, 62][index]!) }]),
    )
    expect(order(sort("exacto"), { offers: four.slice(0, 4), health: slow })).toEqual(["b", "c", "d", "a"])
  })
})

test("a request with tools goes to those that call them well, unless it is sorted by something else", () => {
  const four = ["a", "b", "c", "d"].map((id) => offerOf(id))
  const health = Object.fromEntries(
    four.map(({ key }, index) => [key, { toolErrorRate: [0.6, 0.01, 0.02, 0.01][index] }]),
  )
  const tools = [{ type: "function", function: { name: "f" } }]
  expect(order({ tools }, { offers: four, health })).toEqual(["b", "c", "d", "a"])
  expect(order({}, { offers: four, health })).toEqual(["a", "b", "c", "d"])
  expect(order({ tools, ...sort("price") }, { offers: four, health })).toEqual(["a", "b", "c", "d"])
  expect(order({ tools }, { offers: four.slice(0, 3), health })).toEqual(["a", "b", "c"])
})

describe("partition", () => {
  const two = [
    offerOf("a", { model: "x/one", price: { input: 3, output: 3 } }),
    offerOf("b", { model: "x/one", price: { input: 1, output: 1 } }),
    offerOf("c", { model: "x/two", price: { input: 2, output: 2 } }),
  ]
  const body = { model: "x/one", models: ["x/two"] }

  test("model by model unless they compete", () => {
    expect(order({ ...body, ...sort("price") }, { offers: two })).toEqual(["b", "a", "c"])
    expect(order({ ...body, ...sort({ by: "price" }) }, { offers: two })).toEqual(["b", "a", "c"])
    expect(order({ ...body, ...sort({ by: "price", partition: "none" }) }, { offers: two })).toEqual(["b", "c", "a"])
  })

  test("an offer that two names lead to is tried once", () => {
    expect(order({ model: "x/one", models: ["x/two", "x/one"] }, { offers: two })).toEqual(["a", "b", "c"])
  })
})

test("what one name of the request rules out, another may lead to after all", () => {
  const made = plan(
    { model: "test/model:free", models: ["test/model"] },
    { offers: [...offers, offerOf("free", { price: { input: 0, output: 0 } })] },
  )
  expect(keysOf(made)).toEqual(["free", "a", "b", "c"])
  expect(made.excluded).toEqual([])
})

describe("thresholds only demote", () => {
  const slow = { "a/model": { latency: { p50: 900, p75: 2000, p90: 5000, p99: 9000 }, throughput: percentiles(20) } }

  test("a number is about the median, in seconds", () => {
    expect(order({ provider: { preferred_max_latency: 0.8 } }, { health: slow })).toEqual(["b", "c", "a"])
    expect(order({ provider: { preferred_max_latency: 1 } }, { health: slow })).toEqual(["a", "b", "c"])
  })

  test("of several percentiles all must hold", () => {
    const latency = (limits: object) => ({ provider: { preferred_max_latency: limits } })
    expect(order(latency({ p50: 1, p99: 10 }), { health: slow })).toEqual(["a", "b", "c"])
    expect(order(latency({ p50: 1, p90: 4 }), { health: slow })).toEqual(["b", "c", "a"])
  })

  test("throughput", () => {
    expect(order({ provider: { preferred_min_throughput: 21 } }, { health: slow })).toEqual(["b", "c", "a"])
    expect(order({ provider: { preferred_min_throughput: 20 } }, { health: slow })).toEqual(["a", "b", "c"])
  })
})

describe("order", () => {
  test("those named first, then the others as ever", () => {
    expect(order({ provider: { order: ["c"] } })).toEqual(["c", "a", "b"])
    expect(order({ provider: { order: ["c", "nobody", "b"], sort: "price" } })).toEqual(["c", "b", "a"])
    expect(order({ provider: { order: ["a"], sort: "price" } })).toEqual(["a", "b", "c"])
  })

  test("without fallbacks: those named, or the first choice of each model", () => {
    const alone = { allow_fallbacks: false }
    expect(order({ provider: { ...alone, order: ["c", "b"] } })).toEqual(["c", "b"])
    expect(order({ provider: alone })).toEqual(["a"])
    expect(order({ provider: { ...alone, sort: "price" } })).toEqual(["b"])
    expect(order({ provider: { ...alone, order: ["nobody"] } })).toEqual(["a"])
    const { excluded } = plan({ provider: alone })
    expect(excluded.map(({ offer, constraint }) => [offer, constraint])).toEqual([
      ["b/model", "allow_fallbacks"],
      ["c/model", "allow_fallbacks"],
    ])
  })
})

describe("health", () => {
  const open = { "a/model": { breaker: "open" as const } }

  test("what is to be left alone comes last, whatever sorts; where all are, nothing changes", () => {
    expect(order({}, { health: open })).toEqual(["b", "c", "a"])
    expect(order({ provider: { order: ["a"] } }, { health: open })).toEqual(["b", "c", "a"])
    expect(
      order(sort("latency"), { health: { ...health, "a/model": { ...health["a/model"], ...open["a/model"] } } }),
    ).toEqual(["c", "b", "a"])
    const all = Object.fromEntries(offers.map(({ key }) => [key, open["a/model"]]))
    expect(order({}, { health: all })).toEqual(["a", "b", "c"])
  })

  test("another model goes before the same one where it is left alone", () => {
    const two = [offerOf("a", { model: "x/one" }), offerOf("b", { model: "x/two" })]
    const body = { model: "x/one", models: ["x/two"] }
    expect(order(body, { offers: two, health: open })).toEqual(["b", "a"])
  })
})

describe("the record", () => {
  test("says who ordered, what was planned, and what was asked", () => {
    const { record } = plan({
      provider: { order: ["c"], zdr: false },
      max_tokens: 7,
      tools: [{ type: "function", function: { name: "f" } }],
    })
    expect(record).toMatchObject({
      strategy: "order, configured",
      planned: ["c/model", "a/model", "b/model"],
      demand: {
        models: ["test/model"],
        needs: ["tools"],
        parameters: ["max_tokens", "tools"],
        maxOutputTokens: 7,
        provider: { order: ["c"], zdr: false },
      },
    })
    expect(record.demand.inputTokens).toBeGreaterThan(0)
  })

  test("a single offer needs no strategy", () => {
    expect(plan({}, { offers: offers.slice(0, 1) }).record.strategy).toBe("single")
  })
})
