import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import type { Generation } from "../../../src/contract/index.ts"
import { readFields } from "../../../src/pipeline/fields.ts"
import { unplanned } from "../../../src/pipeline/plan/made-plan.ts"
import { plan } from "../../../src/pipeline/plan/plan.ts"
import { inquiryOf } from "../../../src/pipeline/plan/request-inquiry.ts"
import { planAgain } from "../../../src/pipeline/replay/plan-again.ts"
import { NotWrittenDown, type Recorded } from "../../../src/pipeline/replay/recorded-inquiry.ts"
import { exchangeOf, offerOf, type Surroundings } from "../../kit/planning.ts"
import { rowOf } from "../../kit/replaying.ts"

const policy = (kind: "balance" | "cost" | "latency", stickyBy: "trace" | "session" | "user" | "none") => ({
  kind,
  steps: ["x/one", "x/two", "x/three"].map((model, index) => ({ model, retries: 0, weight: index + 1 })),
  stickyBy,
  others: true,
  explore: 0.5,
})

const models = ["x/one", "x/two", "x/three"] as const
const offers = models.flatMap((model, index) =>
  ["a", "b", "c"].map((id, place) =>
    offerOf(
      id,
      {
        model,
        upstream: `${model}-${id}`,
        price: { input: index + place / 2, output: 2 * index },
        context: [200, 100_000, 100_000][place]!,
        input: place === 1 ? ["text"] : ["text", "image"],
        ...(place === 2 ? { parameters: ["temperature"] } : {}),
      },
      { ...(place === 0 ? { region: "eu" } : { region: "us" }), zdr: place !== 2 },
    ),
  ),
)

const around: Surroundings = {
  offers,
  config: {
    aliases: { fast: "x/two" },
    policies: {
      "policy/traced": policy("balance", "trace"),
      "policy/drawn": policy("balance", "none"),
      "policy/cheap": policy("cost", "none"),
      "policy/quick": policy("latency", "none"),
    },
  },
}

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })

const anyRequest = fc.record({
  model: fc.constantFrom(
    ...models,
    "fast",
    ...Object.keys(around.config!.policies!),
    "x/one:floor",
    "x/two@eu",
    "nobody",
  ),
  models: maybe(fc.constant(["x/three", "fast"])),
  provider: maybe(
    fc.constantFrom(
      { only: ["a"] },
      { order: ["c", "a"] },
      { zdr: true, ignore: ["a"] },
      { sort: { by: "price", partition: "none" } },
      { max_price: { prompt: 1 } },
      { require_parameters: true },
      { region: "eu", made_up: 1 },
    ),
  ),
  max_tokens: maybe(fc.constantFrom(10, 90_000)),
  temperature: maybe(fc.constant(0.5)),
  tools: maybe(fc.constant([{ type: "function", function: { name: "f", parameters: {} } }])),
  user: maybe(fc.constantFrom("ada", "bob")),
  session_id: maybe(fc.constantFrom("s1", "s2")),
  trace: maybe(fc.constantFrom({ trace_id: "t1" }, { trace_id: "t2" })),
  messages: fc.constantFrom(
    [{ role: "user", content: "hi" }],
    [{ role: "user", content: "long ".repeat(500) }],
    [{ role: "user", content: [{ type: "image_url", image_url: { url: "https://x.test/a.png" } }] }],
  ),
})

/** The row of a request, as far as it was planned; what JSON does to it on its way to the disk is done to it. */
function rowFrom(exchange: ReturnType<typeof exchangeOf>): Recorded {
  const route = exchange.plan?.record ?? unplanned(inquiryOf(exchange))
  const { fields, inbound } = exchange
  const row: Generation = {
    ...rowOf(),
    requestId: inbound.requestId,
    api: exchange.api,
    route,
    ...(fields.user === undefined ? {} : { user: fields.user }),
    ...(fields.sessionId === undefined ? {} : { sessionId: fields.sessionId }),
    ...(fields.labels ? { labels: fields.labels } : {}),
  }
  return JSON.parse(JSON.stringify(row)) as Recorded
}

const said = (body: object) => JSON.parse(JSON.stringify(body)) as Record<string, unknown>

/** What a request comes to, and what its row comes to. */
async function both(body: Record<string, unknown>, situation: Surroundings) {
  const exchange = exchangeOf(body, situation)
  let live: unknown
  try {
    live = (await plan(exchange)).map(({ offer }) => offer.key)
  } catch (thrown) {
    live = (thrown as Error).message
  }
  const { snapshot, services, inbound, standing } = exchange
  const { principal } = inbound
  const again = await planAgain(
    rowFrom(exchange),
    { snapshot, services, principal, standing, door: situation.door },
    () => 0,
  )
  const found: unknown = "refused" in again ? again.refused.message : again.attempts.map(({ offer }) => offer.key)
  return { live, again: found }
}

describe("a request that is planned again", () => {
  test("comes to the same plan, or the same refusal", async () => {
    await fc.assert(
      fc.asyncProperty(
        anyRequest,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        maybe(fc.constantFrom({ region: "eu", strict: true }, { region: "us", strict: false })),
        async (request, draw, door) => {
          const { live, again } = await both(said(request), {
            ...around,
            random: () => draw,
            ...(door ? { door } : {}),
          })
          expect(again).toEqual(live)
        },
      ),
      { seed: 20_260_601, numRuns: 600 },
    )
  })

  test("routers judge it by the features that they judged it by", async () => {
    const body = {
      model: "openrouter/auto",
      messages: [{ role: "user", content: "Prove step by step that \\sqrt{2} is irrational." }],
      plugins: [{ id: "auto-router", excluded_models: ["x/three"], cost_tier: "high" }],
    }
    const { live, again } = await both(body, around)
    expect(again).toEqual(live)
    expect(live).not.toContain("c/x/three-c")
    const free = await both({ ...body, model: "openrouter/free" }, around)
    expect(free.again).toEqual(free.live)
  })

  test("guardrails and access lists of its key hold for it again", async () => {
    const guardrail = { id: "g", name: "g", scope: "api_key", ignoredProviders: ["a"] } as const
    const { live, again } = await both({ model: "x/one" }, { ...around, standing: { guardrails: [guardrail] } })
    expect(again).toEqual(live)
    const all = {
      id: "l",
      name: "l",
      autoApprove: false,
      chat: [],
      embedding: [],
      image: [],
      transcription: [],
      speech: [],
    }
    const denied = await both({ model: "x/one" }, { ...around, standing: { access: { of: "key", lists: [all] } } })
    expect(denied.live).toContain("Provider blocked by policy")
    expect(denied.again).toEqual(denied.live)
  })

  test("its text is not in its row", async () => {
    const exchange = exchangeOf(
      { model: "openrouter/auto", messages: [{ role: "user", content: "Prove my secret theorem." }] },
      around,
    )
    void plan(exchange)
    const text = JSON.stringify(exchange.plan!.record)
    expect(text).not.toContain("secret")
    expect(text).toContain('"maths":true')
  })

  test("a router that is asked only now cannot judge it", async () => {
    const exchange = exchangeOf({ model: "x/one" }, around)
    void plan(exchange)
    const { services, inbound, standing } = exchange
    const other = exchangeOf({}, { ...around, config: { ...around.config, aliases: { "x/one": "openrouter/auto" } } })
    const replayed = planAgain(
      rowFrom(exchange),
      { snapshot: other.snapshot, services, principal: inbound.principal, standing, door: undefined },
      () => 0,
    )
    await expect(replayed).rejects.toBeInstanceOf(NotWrittenDown)
  })
})

describe("what is written down of a request", () => {
  const recordOf = (body: Record<string, unknown>, more: Partial<Surroundings> = {}) => {
    const exchange = exchangeOf(body, { ...around, ...more })
    try {
      void plan(exchange)
    } catch {
      // Refused ones have a record as well.
    }
    return exchange.plan?.record ?? unplanned(inquiryOf(exchange))
  }
  const single = { offers: [offers[0]!], config: {} }

  test("with one candidate as much as with many", () => {
    const record = recordOf(
      {
        model: "x/one",
        session_id: "s",
        max_tokens: 5,
        tools: [{ type: "function", function: { name: "f" } }],
        provider: { zdr: true, made_up: 1 },
      },
      { ...single, door: { region: "eu", strict: true } },
    )
    expect(record).toMatchObject({
      strategy: "single",
      planned: ["a/x/one-a"],
      conversationIsNamed: true,
      demand: {
        models: ["x/one"],
        needs: ["tools"],
        parameters: ["max_tokens", "tools"],
        maxOutputTokens: 5,
        provider: { zdr: true, made_up: 1 },
        region: "eu",
      },
    })
    expect(record.conversation).toMatch(/^[0-9a-z]{8,}$/)
    expect(record.demand).not.toHaveProperty("isDefault")
  })

  test("a conversation without a name by how it begins; the same in its next turn", () => {
    const first = [{ role: "user", content: "hi" }]
    const later = [...first, { role: "assistant", content: "hello" }, { role: "user", content: "bye" }]
    const [one, two] = [recordOf({ messages: first }, single), recordOf({ messages: later }, single)]
    expect(one).not.toHaveProperty("conversationIsNamed")
    expect(one.conversation).toBe(two.conversation!)
    expect(recordOf({ messages: [{ role: "user", content: "other" }] }, single).conversation).not.toBe(
      one.conversation!,
    )
  })

  test("nothing that is empty: a plain request's is short", () => {
    const record = recordOf({ max_tokens: undefined }, single)
    expect(Object.keys(record).sort()).toEqual(["conversation", "demand", "planned", "strategy"])
    expect(Object.keys(record.demand).sort()).toEqual(["inputTokens", "models"])
  })

  test("that it names no model, and which was the default", () => {
    const record = recordOf({ model: undefined })
    expect(record.demand).toMatchObject({ isDefault: true, models: ["test/model"] })
  })

  test("of one that was refused, what it would have taken", () => {
    const record = recordOf({ model: "nobody", max_tokens: 7, user: "ada" })
    expect(record).toMatchObject({
      strategy: "none",
      planned: [],
      demand: { models: ["nobody"], maxOutputTokens: 7 },
    })
    expect(record.demand.inputTokens).toBeGreaterThan(0)
    const excluded = recordOf({ model: "x/one", provider: { only: ["nobody"] } })
    expect(excluded).toMatchObject({ strategy: "none", planned: [], demand: { provider: { only: ["nobody"] } } })
    expect(excluded.excluded).toHaveLength(3)
  })

  test("a value that turns out to be no JSON keeps no row from being written, and is the client's mistake", async () => {
    const body = '{"model":"x/one","reasoning":{"effort": tru},"messages":[{"role":"user","content":"hi"}]}'
    const unread = (situation: Partial<Surroundings>) => {
      const exchange = exchangeOf({ model: "x/one" }, { ...around, ...situation })
      // As of a body that is too long to be parsed before it is routed.
      Object.assign(exchange.inbound, { body })
      Object.assign(exchange, { parsed: undefined, fields: readFields(body, exchange.client) })
      return exchange
    }
    const alone = unread(single)
    void plan(alone)
    expect(alone.plan!.record.demand).toMatchObject({ models: ["x/one"] })
    expect(alone.plan!.record.demand).not.toHaveProperty("parameters")
    const codeOf = async () => plan(unread({}))
    await expect(codeOf()).rejects.toMatchObject({ code: "invalid_json" })
  })
})
