import { describe, expect, test } from "bun:test"
import { costThen } from "../../../src/cli/plan/cost-then.ts"
import type { Side } from "../../../src/cli/plan/track.ts"
import { emptyUsage } from "../../../src/contract/index.ts"
import { offerOf } from "../../kit/planning.ts"
import { day, keyOf, minute, replayed, rowOf, start, tokens } from "../../kit/replaying.ts"
import { plainStandings } from "../../kit/standing.ts"

const configured = { strategy: "configured" }
const dollars = (amount: number) => Math.round(amount * 1e9)
const at = (provider: string, price: object | undefined, more: object = {}) =>
  offerOf(provider, { ...(price ? { price: price as { input: number; output: number } } : {}), ...more })

describe("cost", () => {
  test("as billed against the recorded usage at the other prices, by model", async () => {
    // 1,000 in and 500 out: $1/M and $2/M are $0.002; $0.5/M and $1/M are half of it.
    const rows = [rowOf(), rowOf(), rowOf({ requestedModel: "test/other", planned: ["a/other"] })]
    const other = at("a", { input: 1, output: 2 }, { model: "test/other", upstream: "other" })
    const { costs } = await replayed(rows, {
      present: { offers: [at("a", { input: 1, output: 2 }), other] },
      next: { offers: [at("b", { input: 0.5, output: 1 }), other] },
    })
    expect(costs).toEqual({
      billedNano: dollars(0.006),
      thenNano: dollars(0.004),
      models: [
        { model: "test/model", requests: 2, billedNano: dollars(0.004), thenNano: dollars(0.002) },
        { model: "test/other", requests: 1, billedNano: dollars(0.002), thenNano: dollars(0.002) },
      ],
      refusedNano: 0,
      unpriced: [],
    })
  })

  test("another price of the same upstream counts; what a lost race cost is taken to be the same", async () => {
    const rows = [rowOf({ costNano: dollars(0.0025) })]
    const { costs } = await replayed(rows, {
      present: { offers: [at("a", { input: 1, output: 2 })] },
      next: { offers: [at("a", { input: 2, output: 4 })] },
    })
    expect(costs).toMatchObject({ billedNano: dollars(0.0025), thenNano: dollars(0.0045) })
  })

  test("what has no price is left out on both sides, and said", async () => {
    const rows = [rowOf(), rowOf({ requestedModel: "test/other", planned: ["a/other"] })]
    const other = at("a", { input: 1, output: 2 }, { model: "test/other", upstream: "other" })
    const { costs } = await replayed(rows, {
      present: { offers: [at("a", { input: 1, output: 2 }), other] },
      next: { offers: [at("b", undefined), other] },
    })
    expect(costs).toMatchObject({
      billedNano: dollars(0.002),
      thenNano: dollars(0.002),
      unpriced: [{ offer: "b/model", requests: 1, billedNano: dollars(0.002) }],
    })
  })

  test("what would be refused costs nothing, and is said apart", async () => {
    const { costs } = await replayed([rowOf()], {
      present: { offers: [at("a", { input: 1, output: 2 })] },
      next: { offers: [at("a", { input: 1, output: 2 }, { model: "test/else" })] },
    })
    expect(costs).toMatchObject({ billedNano: dollars(0.002), thenNano: 0, refusedNano: dollars(0.002) })
  })

  test("a cost that an upstream reported holds there alone", () => {
    const usage = { ...tokens(1000, 500), reportedCostUsd: 0.5 }
    const row = { usage, costNano: dollars(0.5), priceSource: "upstream" as const }
    const listed = { source: "genai-prices" as const, price: { input: 1, output: 2 } }
    expect(costThen(row, listed, true, true)?.nano).toBe(dollars(0.5))
    expect(costThen(row, listed, false, true)?.nano).toBe(dollars(0.002))
    expect(costThen(row, { source: "none" }, false, true)).toBeUndefined()
  })

  test("what is counted by the piece is priced by the piece", () => {
    const usage = { ...emptyUsage, counters: { images: 3 } }
    const row = { usage, costNano: 0, priceSource: "none" as const }
    const price = { input: 0, output: 0, perUnit: { images: 0.04 } }
    expect(costThen(row, { source: "config", price }, false, true)?.nano).toBe(dollars(0.12))
  })
})

describe("prompt caches", () => {
  const price = { input: 3, output: 15, cacheRead: 0.3 }
  const a = at("a", price)
  const b = at("b", price)
  const turn = (minutes: number, cacheRead: number, more: object = {}) =>
    rowOf({
      createdAt: start + minutes * minute,
      price,
      usage: tokens(1000, 100, cacheRead),
      conversation: "talk",
      ...more,
    })
  // Fresh: 1,000 × $3/M + 100 × $15/M = $0.0045; 10,000 read from the cache $0.003, read anew $0.03.
  const present = { offers: [a], config: configured }

  test("a conversation that moves reads its prompt anew once, and from the cache there afterwards", async () => {
    const rows = [turn(0, 10_000), turn(1, 10_000), turn(2, 10_000)]
    const { caches, costs } = await replayed(rows, { present, next: { offers: [b], config: configured } })
    expect(caches).toEqual({
      conversations: 1,
      tokens: 10_000,
      nano: dollars(0.027),
      moves: [{ was: "a/model", would: "b/model", conversations: 1, tokens: 10_000, nano: dollars(0.027) }],
    })
    expect(costs).toMatchObject({ billedNano: dollars(0.0225), thenNano: dollars(0.0495) })
  })

  test("one that begins there has nothing to lose, and none that stays", async () => {
    const rows = [turn(0, 0), turn(1, 10_000)]
    const moved = await replayed(rows, { present, next: { offers: [b], config: configured } })
    expect(moved.caches.tokens).toBe(0)
    expect(moved.costs.thenNano).toBe(moved.costs.billedNano)
    const stayed = await replayed([turn(0, 10_000)], { present, next: present })
    expect(stayed.caches).toEqual({ conversations: 0, tokens: 0, nano: 0, moves: [] })
  })

  test("each time that it changes its place, and only within the sticky window", async () => {
    const offers = [a, b]
    const present = { offers, config: configured }
    const to = (name: string) => ({ demand: { provider: { order: [name] } } })
    const asked = [to("a"), to("b"), to("a")]
    // As recorded all were at a, which ignores what was asked for; then they go where the request says.
    const rows = asked.map((more, index) => turn(index, 10_000, { ...more, planned: ["a/model"] }))
    const { caches } = await replayed(rows, { present: { offers: [a], config: configured }, next: present })
    expect(caches).toMatchObject({ conversations: 1, tokens: 10_000 })
    const late = [turn(0, 10_000, to("b")), turn(30, 10_000, to("b"))]
    const later = await replayed(late, { present: { offers: [a], config: configured }, next: present })
    expect(later.caches).toMatchObject({ conversations: 2, tokens: 20_000 })
  })

  test("an upstream without a price for reading costs what fresh input costs", async () => {
    const plain = at("b", { input: 3, output: 15 })
    const { caches } = await replayed([turn(0, 10_000)], { present, next: { offers: [plain], config: configured } })
    expect(caches.nano).toBe(dollars(0.027))
  })

  test("where fresh input is cheaper than reading was, nothing is lost but the tokens", async () => {
    const cheap = at("b", { input: 0.1, output: 0.1 })
    const { caches } = await replayed([turn(0, 10_000)], { present, next: { offers: [cheap], config: configured } })
    expect(caches).toMatchObject({ tokens: 10_000, nano: 0 })
  })
})

describe("budgets", () => {
  const price = { input: 1, output: 2 }
  const present = { offers: [at("a", price)], config: configured }
  // Each costs $0.002, and has to have $0.001 for its input and 16 × $2/M for a short answer: $0.001032.
  const hourly = (count: number, more: object = {}) =>
    Array.from({ length: count }, (_, index) => rowOf({ createdAt: start + index * 60 * minute, ...more }))
  const limited = (
    limit: number,
    limitReset: "daily" | "weekly" | "monthly" | "never" = "never",
    more: object = {},
  ) => ({
    ...present,
    asker: () => keyOf({ limitNano: dollars(limit), limitReset, ...more }),
  })

  test("when it is used up, and how many are refused after that", async () => {
    const { budgets, refusals, costs } = await replayed(hourly(10), { present, next: limited(0.007) })
    // Three fit; the fourth has $0.001 left and does not.
    expect(budgets).toEqual([
      {
        of: "key",
        name: "team",
        key: "team",
        hash: "key",
        source: "file",
        limitNano: dollars(0.007),
        reset: "never",
        at: start + 180 * minute,
        refused: 7,
        refusedBefore: 0,
      },
    ])
    expect(refusals).toMatchObject([{ rule: "spend_limit", code: "spend_limit_reached", requests: 7 }])
    expect(refusals[0]!.message).toBe(
      'Reached spend limit for API key "team": 0.001 USD left of 0.007 USD; even a short answer may cost 0.001032 USD. The limit does not reset.',
    )
    expect(costs).toMatchObject({ thenNano: dollars(0.006), refusedNano: dollars(0.014) })
  })

  test("an answer is as long as what is left pays for", async () => {
    // $0.0052 pays for two and for $0.0012 of a third, which is enough to begin it; nothing is left for a fourth.
    const { budgets } = await replayed(hourly(4), { present, next: limited(0.0052) })
    expect(budgets).toMatchObject([{ at: start + 180 * minute, refused: 1 }])
  })

  test("a window that ends begins anew", async () => {
    const { budgets } = await replayed(hourly(48), { present, next: limited(0.02, "daily") })
    expect(budgets).toMatchObject([{ at: start + 600 * minute, refused: 28, reset: "daily" }])
  })

  test("what was spent before counts", async () => {
    const spent = [{ account: "key:key" as const, kind: "total" as const, startsAt: 0, spentNano: dollars(0.004) }]
    const { budgets } = await replayed(hourly(10), { present, next: limited(0.007), spent })
    expect(budgets).toMatchObject([{ at: start + 60 * minute, refused: 9 }])
  })

  test("the prices of the other configuration count", async () => {
    const cheap = { ...limited(0.007), offers: [at("a", { input: 0.5, output: 1 })] }
    const { budgets } = await replayed(hourly(10), { present, next: cheap })
    // Each costs $0.001, and seven of them fit.
    expect(budgets).toMatchObject([{ refused: 3 }])
  })

  test("as long as nothing is different for a key, it is let in and refused as it was", async () => {
    const rows = [
      ...hourly(5),
      rowOf({ createdAt: start + day / 2, planned: ["a/model"], errorCode: "spend_limit_reached", attempts: [] }),
    ]
    const same = limited(0.0061)
    const { budgets, routes, refusals } = await replayed(rows, { present: same, next: same })
    expect(budgets).toMatchObject([{ at: start + day / 2, refused: 1, refusedBefore: 1 }])
    expect(routes).toEqual([])
    expect(refusals).toEqual([])
  })

  test("a higher limit lets in what was refused", async () => {
    const rows = [rowOf({ planned: ["a/model"], errorCode: "spend_limit_reached", attempts: [] })]
    const { routes } = await replayed(rows, { present: limited(0.0001), next: limited(1) })
    expect(routes).toMatchObject([{ was: "refused: spend_limit_reached", would: "a/model", requests: 1 }])
  })

  test("each key has its own", async () => {
    const rows = [...hourly(3, { keyId: "one" }), ...hourly(3, { keyId: "two" })]
    const asker = (keyId: string) =>
      keyOf({ keyId, name: keyId, ...(keyId === "one" ? { limitNano: dollars(0.002) } : {}) })
    const { budgets } = await replayed(rows, { present: { ...present, asker }, next: { ...present, asker } })
    // As it was: the limits are the same, and nobody was refused.
    expect(budgets).toEqual([])
    const open = (keyId: string) => keyOf({ keyId, name: keyId })
    const tight = await replayed(rows, { present: { ...present, asker: open }, next: { ...present, asker } })
    expect(tight.budgets).toMatchObject([{ key: "one", refused: 2 }])
  })

  test("a group's limit is shared by its keys, and the first key that meets it is named", async () => {
    const rows = hourly(6).map((row, index) => ({ ...row, keyId: index % 2 === 0 ? "one" : "two" }))
    const asker = (keyId: string) => keyOf({ keyId, name: keyId })
    const standingOf: Side["standingOf"] = (principal) => ({
      ...plainStandings.of(principal),
      accounts: [`key:${principal.keyId}`, "group:g"],
      limits: [
        {
          account: "group:g",
          scope: "group",
          name: "team g",
          nano: dollars(0.007),
          window: "monthly",
          countsByok: false,
          code: "spend_limit_reached",
        },
      ],
    })
    const { budgets, refusals } = await replayed(rows, {
      present: { ...present, asker },
      next: { ...present, asker, standingOf },
    })
    expect(budgets).toMatchObject([{ of: "group", name: "team g", key: "two", reset: "monthly", refused: 3 }])
    expect(refusals[0]!.message).toStartWith('Reached monthly spend limit for group "team g": 0.001 USD left')
  })

  test("what was made with a brought credential is limited only by limits that count it", async () => {
    const rows = hourly(6).map((row) => ({ ...row, keyId: "one", byok: true }))
    const open = (keyId: string) => keyOf({ keyId, name: keyId })
    const standingOf =
      (countsByok: boolean): Side["standingOf"] =>
      (principal) => ({
        ...plainStandings.of(principal),
        accounts: ["key:one"],
        limits: [
          {
            account: "key:one",
            scope: "key",
            name: "one",
            nano: dollars(0.007),
            window: "monthly",
            countsByok,
            code: "spend_limit_reached",
          },
        ],
      })
    const budgetsOf = async (countsByok: boolean) =>
      (
        await replayed(rows, {
          present: { ...present, asker: open },
          next: { ...present, asker: open, standingOf: standingOf(countsByok) },
        })
      ).budgets
    expect(await budgetsOf(false)).toEqual([])
    expect(await budgetsOf(true)).toMatchObject([{ of: "key", refused: 3 }])
  })

  test("what is no conversation needs what it cost", async () => {
    const named = {
      model: "test/embed",
      upstream: "embed",
      kind: "embeddings" as const,
      price: { input: 1, output: 0 },
    }
    const plain = offerOf("a", named)
    const abilities = { embeddings: { run: () => Promise.reject(new Error("nobody is called")) } }
    const embed = { ...plain, live: { ...plain.live, provider: { ...plain.live.provider, abilities } } }
    const row = (index: number) =>
      rowOf({
        api: "embeddings",
        createdAt: start + index * minute,
        requestedModel: "test/embed",
        planned: ["a/embed"],
        usage: tokens(1000, 0),
        price: { input: 1, output: 0 },
        demand: { needs: ["embeddings"] },
      })
    const around = { offers: [embed], config: configured }
    const asker = () => keyOf({ limitNano: dollars(0.0025) })
    const { budgets } = await replayed([0, 1, 2].map(row), { present: around, next: { ...around, asker } })
    expect(budgets).toMatchObject([{ at: start + 2 * minute, refused: 1 }])
  })
})

describe("names", () => {
  test("that appear, vanish or lead elsewhere, as often as they were used", async () => {
    const offers = [at("a", undefined), at("a", undefined, { model: "test/other", upstream: "other" })]
    const policy = (model: string) => ({
      kind: "fallback" as const,
      steps: [{ model, retries: 0, weight: 1 }],
      stickyBy: "trace" as const,
      others: true,
      explore: 0,
    })
    const rows = [
      ...[1, 2, 3].map(() => rowOf({ requestedModel: "fast" })),
      rowOf({ requestedModel: "policy/good" }),
      rowOf({ requestedModel: "test/model", demand: { models: ["test/model", "kept"] } }),
    ]
    const { names } = await replayed(rows, {
      present: {
        offers,
        config: {
          aliases: { fast: "test/model", unused: "test/model", kept: "test/other" },
          policies: { "policy/good": policy("test/model") },
        },
      },
      next: { offers, config: { aliases: { fast: "test/other", kept: "test/other", "test/model": "test/other" } } },
    })
    expect(names).toEqual([
      { name: "fast", requests: 3, was: "alias of test/model", would: "alias of test/other" },
      { name: "policy/good", requests: 1, was: "policy: fallback of test/model", would: "-" },
      { name: "test/model", requests: 1, was: "-", would: "alias of test/other" },
    ])
  })
})
