import { describe, expect, test } from "bun:test"
import { GatewayError } from "../../../src/contract/index.ts"
import { configOf } from "../../kit/config.ts"
import { offerOf } from "../../kit/planning.ts"
import { day, keyOf, minute, replayed, rowOf, start } from "../../kit/replaying.ts"

const price = { input: 1, output: 2 }
const at = (provider: string, more: object = {}) => offerOf(provider, { price, ...more })
const a = at("a")
const b = at("b")
const configured = { strategy: "configured" }

const times = (count: number, make: (index: number) => Parameters<typeof rowOf>[0]) =>
  Array.from({ length: count }, (_, index) => rowOf({ createdAt: start + index * 1000, ...make(index) }))

describe("where requests would go", () => {
  test("the same configuration changes nothing, however it draws", async () => {
    const around = { offers: [a, b] }
    const rows = times(200, (index) => ({ planned: index % 3 === 0 ? ["b/model", "a/model"] : ["a/model", "b/model"] }))
    const report = await replayed(rows, { present: around, next: around })
    expect(report.routes).toEqual([])
    expect(report.replayed).toBe(200)
    expect(report.costs.thenNano).toBe(report.costs.billedNano)
  })

  test("by model, from where to where, and what share of the model that is", async () => {
    const rows = [
      ...times(3, () => ({ planned: ["a/model"] })),
      ...times(1, () => ({ requestedModel: "test/other", planned: ["a/other"] })),
    ]
    const other = at("a", { model: "test/other", upstream: "other" })
    const report = await replayed(rows, {
      present: { offers: [a, other], config: configured },
      next: { offers: [b, other], config: configured },
    })
    expect(report.routes).toEqual([{ model: "test/model", was: "a/model", would: "b/model", requests: 3, share: 1 }])
  })

  test("what a weight moves is moved, and nothing else: of nine in ten, half", async () => {
    const cheap = at("a", { price: { input: 1, output: 1 } })
    const dear = at("b", { price: { input: 3, output: 3 } })
    const same = at("b", { price: { input: 1, output: 1 } })
    const rows = times(10_000, (index) => ({
      planned: index % 10 === 0 ? ["b/model", "a/model"] : ["a/model", "b/model"],
      price: { input: 1, output: 1 },
    }))
    const { routes } = await replayed(rows, { present: { offers: [cheap, dear] }, next: { offers: [cheap, same] } })
    const moved = (was: string) => routes.find((route) => route.was === was)?.requests ?? 0
    // 9,000 are at a, and 5,000 of 10,000 are to be there: 4,000 move, within three sigma of 10,000 draws of 0.4.
    expect(Math.abs(moved("a/model") - 4000)).toBeLessThan(3 * Math.sqrt(10_000 * 0.4 * 0.6))
    expect(moved("b/model")).toBe(0)
  })

  test("the same ids draw the same, another seed does not", async () => {
    const rows = times(100, () => ({}))
    const given = { present: { offers: [a] }, next: { offers: [at("c"), b] } }
    const once = await replayed(rows, given)
    expect(await replayed(rows, given)).toEqual(once)
    expect((await replayed(rows, { ...given, seed: 1 })).routes).not.toEqual(once.routes)
    expect(once.routes.length).toBe(2)
  })

  test("a policy that balances draws by trace, user and session as it drew for them", async () => {
    const steps = (weight: number) => ({
      "policy/half": {
        kind: "balance" as const,
        steps: [
          { model: "test/one", retries: 0, weight: 1 },
          { model: "test/two", retries: 0, weight },
        ],
        stickyBy: "trace" as const,
        others: true,
        explore: 0,
      },
    })
    const offers = [at("a", { model: "test/one", upstream: "one" }), at("a", { model: "test/two", upstream: "two" })]
    const around = { offers, config: { ...configured, policies: steps(1) } }
    const rows = times(300, (index) => ({
      requestedModel: "policy/half",
      planned: ["a/one", "a/two"],
      labels: { trace: { trace_id: `run-${index % 30}` } },
    }))
    // The rows say that all went to the first; what the policy draws for their traces is what they would get.
    const { routes } = await replayed(rows, {
      present: { offers, config: { ...configured, aliases: { "policy/half": "test/one" } } },
      next: around,
    })
    expect(routes.length).toBe(1)
    expect(routes[0]!.requests % 10).toBe(0)
    expect(routes[0]!.requests).toBeGreaterThan(50)
    expect(routes[0]!.requests).toBeLessThan(250)
  })

  test("an upstream that failed for a request would have failed for it again", async () => {
    const rows = [rowOf({ planned: ["a/model", "b/model"], failed: ["a/model"] })]
    const present = { offers: [a, b], config: configured }
    expect((await replayed(rows, { present, next: present })).routes).toEqual([])
    const next = { offers: [a, at("c")], config: configured }
    expect((await replayed(rows, { present, next })).routes).toMatchObject([{ was: "b/model", would: "c/model" }])
    const alone = { offers: [a], config: configured }
    expect((await replayed(rows, { present, next: alone })).routes).toMatchObject([
      { was: "b/model", would: "a/model (failed)" },
    ])
  })

  test("a request that failed everywhere may find somebody", async () => {
    const rows = [rowOf({ planned: ["a/model"], failed: ["a/model"], errorCode: "provider_down" })]
    const present = { offers: [a], config: configured }
    expect((await replayed(rows, { present, next: present })).routes).toEqual([])
    const { routes } = await replayed(rows, { present, next: { offers: [a, b], config: configured } })
    expect(routes).toMatchObject([{ was: "a/model (failed)", would: "b/model" }])
  })

  test("with recorded health, what failed is left alone for its cool-down, and no longer", async () => {
    const cooldown = { failures: 1, ms: 15_000 }
    const present = { offers: [a, b], config: { ...configured, cooldown } }
    const next = { offers: [at("c"), b], config: { ...configured, cooldown } }
    const rows = [
      rowOf({ createdAt: start, planned: ["c/model", "b/model"], failed: ["c/model"] }),
      rowOf({ createdAt: start + 5_000, planned: ["a/model", "b/model"] }),
      rowOf({ createdAt: start + 16_000, planned: ["a/model", "b/model"] }),
    ]
    const well = await replayed(rows, { present, next })
    expect(well.routes).toMatchObject([{ was: "a/model", would: "c/model", requests: 2 }])
    const recorded = await replayed(rows, { present, next, recordedHealth: true })
    const counts = Object.fromEntries(recorded.routes.map(({ would, requests }) => [would, requests]))
    expect(counts).toEqual({ "b/model": 1, "c/model": 1 })
  })

  test("what a client wants of providers still holds", async () => {
    const rows = [
      rowOf({ planned: ["b/model"], demand: { provider: { only: ["b"] } } }),
      rowOf({ planned: ["a/model", "b/model"], demand: { provider: { order: ["a"] } } }),
    ]
    const { routes, refusals } = await replayed(rows, {
      present: { offers: [a, b], config: configured },
      next: { offers: [at("c"), a], config: configured },
    })
    expect(routes).toEqual([])
    expect(refusals).toMatchObject([{ rule: "only", code: "no_endpoints", model: "test/model", requests: 1 }])
    expect(refusals[0]!.message).toContain("provider.only excludes c")
  })

  test("who named no model gets the default of the other configuration", async () => {
    const other = at("a", { model: "test/other", upstream: "other" })
    const rows = [rowOf({ planned: ["a/model"], demand: { isDefault: true } })]
    const next = { offers: [a, other], config: { ...configured, defaultModel: "test/other" } }
    const present = { offers: [a, other], config: configured }
    // The kit's snapshots have one default whatever their configuration says; a key's own goes before it.
    const asker = () => keyOf({ routing: { defaultModel: "test/other" } })
    expect((await replayed(rows, { present, next: { ...next, asker } })).routes).toMatchObject([
      { model: "test/model", was: "a/model", would: "a/other" },
    ])
  })

  test("a preset is laid under it as it is there", async () => {
    const other = at("a", { model: "test/other", upstream: "other" })
    const preset = (model: string) => ({ presets: { mine: { parameters: { model, provider: { ignore: ["b"] } } } } })
    const rows = [
      rowOf({ planned: ["a/model"], demand: { written: { model: "@preset/mine" } } }),
      rowOf({ planned: ["a/model"], demand: { written: { model: "test/model", preset: "mine" } } }),
    ]
    const present = { offers: [a, b, other], config: { ...configured, ...preset("test/model") } }
    expect((await replayed(rows, { present, next: present })).routes).toEqual([])
    const next = { offers: [a, b, other], config: { ...configured, ...preset("test/other") } }
    expect((await replayed(rows, { present, next })).routes).toEqual([
      { model: "@preset/mine", was: "a/model", would: "a/other", requests: 1, share: 1 },
    ])
    const gone = { offers: [a, b, other], config: configured }
    expect((await replayed(rows, { present, next: gone })).refusals).toMatchObject([
      { rule: "model_not_found", requests: 1, message: 'There is no preset "mine".' },
      { rule: "model_not_found", requests: 1 },
    ])
  })

  test("a door stays where it is, as strict as it is now", async () => {
    const eu = offerOf("a", { price }, { region: "eu" })
    const rows = [rowOf({ planned: ["a/model"], demand: { region: "eu" } })]
    const { server } = await configOf(undefined)
    const door = { server: { ...server, hosts: { "eu.example": { region: "eu", strict: true } } } }
    const { refusals } = await replayed(rows, { present: { offers: [eu] }, next: { offers: [b], config: door } })
    expect(refusals).toMatchObject([{ rule: "door", code: "region_restricted" }])
  })

  test("a search of the web goes first to those that search", async () => {
    const searching = offerOf("b", { price }, { profile: { webSearch: "tool" } as never })
    const rows = [rowOf({ planned: ["a/model"], demand: { search: "offered" } })]
    const roster = { offers: [a, searching], config: configured }
    const { routes } = await replayed(rows, { present: { offers: [a], config: configured }, next: roster })
    expect(routes).toMatchObject([{ was: "a/model", would: "b/model" }])
    const alone = [rowOf({ planned: ["b/model"], demand: { search: "demanded" } })]
    const { refusals } = await replayed(alone, { present: roster, next: { offers: [a], config: configured } })
    expect(refusals).toMatchObject([{ rule: "search_unavailable" }])
  })
})

describe("what would be refused", () => {
  test("a model that nobody has, with the words for the client", async () => {
    const { refusals, routes } = await replayed(
      times(2, () => ({})),
      {
        present: { offers: [a] },
        next: { offers: [at("a", { model: "test/models" })] },
      },
    )
    expect(routes).toEqual([])
    expect(refusals).toEqual([
      {
        rule: "model_not_found",
        model: "test/model",
        requests: 2,
        code: "model_not_found",
        message: 'No provider offers the model "test/model". Did you mean "test/models"?',
      },
    ])
  })

  test("a key that is gone, switched off or past its end there; what is so in both is no change", async () => {
    const gone = () => new GatewayError("invalid_api_key", "This API key is not known here.")
    const rows = times(2, () => ({}))
    const { refusals } = await replayed(rows, { present: { offers: [a] }, next: { offers: [a], asker: gone } })
    expect(refusals).toMatchObject([{ rule: "invalid_api_key", requests: 2 }])
    const both = await replayed(rows, { present: { offers: [a], asker: gone }, next: { offers: [a], asker: gone } })
    expect(both.refusals).toEqual([])
  })

  test("a key's own list of models", async () => {
    const asker = () => keyOf({ routing: { models: ["test/else"] } })
    const { refusals } = await replayed([rowOf()], { present: { offers: [a] }, next: { offers: [a], asker } })
    expect(refusals).toMatchObject([{ rule: "key_models", code: "model_not_allowed" }])
  })

  test("zero data retention that is asked for everywhere", async () => {
    const { routing } = await configOf(undefined)
    const config = { routing: { ...routing, provider: { zdr: true } } }
    const { refusals } = await replayed([rowOf()], { present: { offers: [a] }, next: { offers: [a], config } })
    expect(refusals).toMatchObject([{ rule: "zdr", code: "no_endpoints" }])
  })

  test("what a request needs and a model is known not to do", async () => {
    const blind = at("a", { input: ["text"] })
    const rows = [rowOf({ demand: { needs: ["vision"] } })]
    const { refusals } = await replayed(rows, { present: { offers: [a] }, next: { offers: [blind] } })
    expect(refusals).toMatchObject([{ rule: "capability" }])
  })

  test("an input that is too long there", async () => {
    const small = at("a", { context: 500 })
    const { refusals } = await replayed([rowOf()], { present: { offers: [a] }, next: { offers: [small] } })
    expect(refusals).toMatchObject([{ rule: "context_length", code: "context_length_exceeded" }])
    expect(refusals[0]!.message).toContain("about 1000 tokens, limit 500")
  })

  test("what was refused and would not be is a change of route; what is refused both ways is none", async () => {
    const rows = [
      rowOf({ planned: [], errorCode: "model_not_found", requestedModel: "test/new" }),
      rowOf({ planned: [], errorCode: "model_not_found", requestedModel: "test/never" }),
    ]
    const next = { offers: [at("a", { model: "test/new" })] }
    const { routes, refusals } = await replayed(rows, { present: { offers: [a] }, next })
    expect(routes).toEqual([
      { model: "test/new", was: "refused: model_not_found", would: "a/model", requests: 1, share: 1 },
    ])
    expect(refusals).toEqual([])
  })
})

describe("what cannot be replayed", () => {
  test("is said, with why", async () => {
    const { route: _, ...old } = rowOf()
    const blocked = rowOf({ planned: [], errorCode: "guardrail_blocked" })
    const chosen = rowOf({ planned: ["a/model"] })
    const report = await replayed([old, old, blocked, chosen], {
      present: { offers: [a] },
      next: { offers: [a], config: { aliases: { "test/model": "openrouter/auto" } } },
    })
    expect(report.replayed).toBe(0)
    expect(report.left).toEqual([
      { requests: 2, why: "were recorded by an earlier version, without what planning needs" },
      { requests: 1, why: "were refused before they were planned (guardrail_blocked)" },
      { requests: 1, why: "a router would judge by their text, which is not kept" },
    ])
  })

  test("an answer from memory goes nowhere, and costs nothing", async () => {
    const rows = [rowOf({ cache: { cache: "responses", savedNano: 5 }, costNano: 0, usage: rowOf().usage })]
    const report = await replayed(rows, { present: { offers: [a] }, next: { offers: [b] } })
    expect(report.routes).toEqual([])
    expect(report.costs).toMatchObject({ billedNano: 0, thenNano: 0, models: [] })
  })

  test("a request that a router judged is judged again by the same features", async () => {
    const opening = { code: false, maths: true, thought: true, simple: false, foreign: false, length: 20, hash: "x" }
    const cheap = at("a", { model: "test/cheap", upstream: "cheap", price: { input: 0.1, output: 0.1 } })
    const strong = at("a", {
      model: "test/strong",
      upstream: "strong",
      price: { input: 6, output: 6 },
      traits: { reasoning: true },
    })
    const rows = [rowOf({ requestedModel: "openrouter/auto", planned: ["a/cheap"], demand: { opening } })]
    const { routes } = await replayed(rows, { present: { offers: [cheap] }, next: { offers: [cheap, strong] } })
    expect(routes).toMatchObject([{ was: "a/cheap", would: "a/strong" }])
  })
})

test("a conversation stays where it would have been", async () => {
  const rows = times(4, (index) => ({
    createdAt: start + index * minute,
    planned: ["a/model", "b/model"],
    conversation: "talk",
  }))
  // Alone at the start it goes to c, and it is there when d comes to be preferred by nobody but chance.
  const next = { offers: [at("c"), at("d")] }
  for (const seed of [1, 2, 3]) {
    const { routes } = await replayed(rows, { present: { offers: [a, b], config: configured }, next, seed })
    expect(routes.length).toBe(1)
    expect(routes[0]!.requests).toBe(4)
  }
  const late = times(40, (index) => ({
    createdAt: start + index * day,
    planned: ["a/model", "b/model"],
    conversation: "talk",
  }))
  const { routes } = await replayed(late, { present: { offers: [a, b], config: configured }, next })
  expect(routes.length).toBe(2)
})
