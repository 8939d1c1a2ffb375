import { afterEach, describe, expect, test } from "bun:test"
import { events, inferenceKey, startGateway, type TestGateway } from "../../kit/gateway.ts"
import { type LongOptions, type LongUpstream, startLongUpstream } from "../../kit/long-upstream.ts"
import { generationOf } from "../../kit/upstreams.ts"

let upstream: LongUpstream | undefined
let gateway: TestGateway | undefined
afterEach(async () => {
  await gateway?.stop()
  await upstream?.stop()
  gateway = upstream = undefined
})

/** USD per million. A word is a token. */
const price = { input: 1, output: 10 }
const words = (count: number) => (count * price.output) / 1e6

async function start(long: LongOptions, limit: number, more: object = {}): Promise<TestGateway> {
  upstream = startLongUpstream(long)
  gateway = await startGateway({
    keys: [{ name: "test", key: inferenceKey, limit, limit_reset: "monthly" }],
    providers: [
      {
        id: "p",
        plugin: "openai-compatible",
        base_url: upstream.url,
        api_key: "k",
        models: [{ id: "test/model", upstream: "m", price, max_output: 128_000 }],
      },
    ],
    ...more,
  })
  return gateway
}

const ask = (more: object = {}) => ({
  model: "test/model",
  messages: [{ role: "user", content: "hi" }],
  stream: true,
  ...more,
})

interface Chunk {
  readonly choices: readonly {
    readonly delta: { readonly content?: string }
    readonly finish_reason: string | null
    readonly native_finish_reason?: string | null
  }[]
  readonly usage?: { readonly completion_tokens: number; readonly cost: number }
  readonly error?: unknown
}

async function answerOf(response: Response) {
  const all = await events(response)
  expect(all.at(-1)).toBe("[DONE]")
  const chunks = all.slice(0, -1).map((text) => JSON.parse(text) as Chunk)
  const choices = chunks.flatMap(({ choices }) => choices)
  const ends = choices.filter(({ finish_reason }) => finish_reason !== null)
  return {
    text: choices.map(({ delta }) => delta.content ?? "").join(""),
    finish: ends.map(({ finish_reason }) => finish_reason),
    native: ends[0]?.native_finish_reason,
    usage: chunks.findLast(({ usage }) => usage)?.usage,
    errors: chunks.filter(({ error }) => error !== undefined),
  }
}

const key = async () =>
  (
    (await (await gateway!.get("/api/v1/key")).json()) as {
      data: { usage: number; limit_held: number; limit_remaining: number }
    }
  ).data

const figure = async (name: string): Promise<number> =>
  Number(new RegExp(`^${name} (\\S+)`, "m").exec(await (await gateway!.get("/metrics")).text())?.[1])

describe("money for less than the worst case", () => {
  test("ten at once with a large default limit do not block each other", async () => {
    const { chat } = await start({ words: 200, together: 10 }, words(20 * 200) + 0.0005)
    const answers = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const response = await chat(ask())
        expect(response.status).toBe(200)
        return answerOf(response)
      }),
    )
    expect(answers.map(({ finish }) => finish)).toEqual(Array(10).fill(["stop"]))
    expect(upstream!.words).toBe(2000)
    expect(await key()).toMatchObject({ limit_held: 0 })
    expect(await figure("signalbox_budget_extensions_total")).toBeGreaterThan(0)
    expect(await figure("signalbox_budget_cuts_total")).toBe(0)
    expect(await figure("signalbox_budget_overruns_total")).toBe(0)
  })

  test("where there is plenty nothing is extended, and the text goes through as it came", async () => {
    const { chat } = await start({ words: 3000 }, 10)
    const response = await chat(ask())
    expect((await answerOf(response)).finish).toEqual(["stop"])
    expect(await figure("signalbox_budget_extensions_total")).toBe(0)
    expect((await generationOf(gateway!, response)).attempts[0]!.lane).toBe("native")
  })

  test("one alone gets all that is left, piece by piece", async () => {
    const { chat } = await start({ words: 5000 }, words(8000))
    const answer = await answerOf(await chat(ask()))
    expect(answer.finish).toEqual(["stop"])
    expect(upstream!.words).toBe(5000)
    expect((await key()).usage).toBeCloseTo(words(5000) + 10 / 1e6, 9)
  })
})

describe("somebody else used the money", () => {
  /** Two share what pays for one and a half. */
  const two = async (asked: object, long: Partial<LongOptions> = {}) => {
    const { post } = await start({ words: 3000, together: 2, stallAfter: 2900, ...long }, words(4500))
    return Promise.all([0, 1].map(() => post("/api/v1/chat/completions", ask(asked))))
  }

  test("the upstream is cancelled, and what was produced is delivered and billed", async () => {
    const responses = await two({})
    const answers = await Promise.all(responses.map(answerOf))
    const cut = answers.filter(({ native }) => native === "budget_cut")
    expect(cut.length).toBeGreaterThan(0)
    for (const answer of cut) {
      expect(answer.finish).toEqual(["length"])
      expect(answer.errors).toEqual([])
      const count = answer.text.split(" ").length
      expect(count).toBeGreaterThan(100)
      expect(answer.text).toBe(Array(count).fill("word").join(" "))
      expect(answer.usage!.completion_tokens).toBeGreaterThan(count * 0.9)
    }
    await upstream!.cancelled(cut.length)
    const { usage, limit_held } = await key()
    expect(limit_held).toBe(0)
    expect(usage).toBeLessThanOrEqual(words(4500))
    expect(usage).toBeGreaterThan(words(3000))
    expect(answers.reduce((sum, one) => sum + one.usage!.cost, 0)).toBeCloseTo(usage, 9)
    expect(await figure("signalbox_budget_cuts_total")).toBe(cut.length)
    const records = await Promise.all(responses.map((response) => generationOf(gateway!, response)))
    const record = records.find(({ finish_reason }) => finish_reason === "length")!
    expect(record).toMatchObject({ status: 200, cancelled: false, error_code: "spend_limit_reached" })
    expect(record.losses).toMatchObject([{ action: "clamped" }, { path: "reply", action: "dropped" }])
    expect(record.losses[1]!.reason).toContain('Reached monthly spend limit for API key "test"')
    expect(record.attempts).toMatchObject([{ outcome: "ok" }])
  })

  test("half a call of a tool ends as at an output limit", async () => {
    const tools = [{ type: "function", function: { name: "note", parameters: { type: "object" } } }]
    const answers = await Promise.all((await two({ tools }, { calls: true })).map(answerOf))
    const cut = answers.filter(({ native }) => native === "budget_cut")
    expect(cut.length).toBeGreaterThan(0)
    expect(cut[0]!.finish).toEqual(["length"])
  })
})

describe("an answer that its client wants whole", () => {
  test("is watched as it is made: ten at once with a large default limit do not block each other", async () => {
    const { chat } = await start({ words: 200, together: 10 }, words(20 * 200) + 0.0005)
    const responses = await Promise.all(Array.from({ length: 10 }, () => chat(ask({ stream: false }))))
    expect(responses.map(({ status }) => status)).toEqual(Array(10).fill(200))
    const replies = (await Promise.all(responses.map((response) => response.json()))) as WholeReply[]
    for (const { choices, usage } of replies) {
      expect(choices[0]).toMatchObject({
        finish_reason: "stop",
        message: { content: Array(200).fill("word").join(" ") },
      })
      expect(usage.completion_tokens).toBe(200)
    }
    expect(upstream!.bodies.every((body) => (JSON.parse(body) as { stream?: boolean }).stream === true)).toBe(true)
    const { limit_held, usage } = await key()
    expect(limit_held).toBe(0)
    expect(usage).toBeCloseTo(
      replies.reduce((sum, reply) => sum + reply.usage.cost, 0),
      9,
    )
    expect(await figure("signalbox_budget_overruns_total")).toBe(0)
    expect((await generationOf(gateway!, responses[0]!)).attempts).toMatchObject([
      { lane: "translated", outcome: "ok" },
    ])
  })

  test("with a length of its own holds no more than others leave it, and is cut like a stream", async () => {
    const { post } = await start({ words: 6000, together: 2 }, words(4500))
    const asked = ask({ stream: false, max_tokens: 6000 })
    const responses = await Promise.all([0, 1].map(() => post("/api/v1/chat/completions", asked)))
    expect(responses.map(({ status }) => status)).toEqual([200, 200])
    const replies = (await Promise.all(responses.map((response) => response.json()))) as WholeReply[]
    const cut = replies.filter(({ choices }) => choices[0]!.native_finish_reason === "budget_cut")
    expect(cut.length).toBeGreaterThan(0)
    for (const { choices } of cut) {
      expect(choices[0]!.finish_reason).toBe("length")
      expect(choices[0]!.message.content.split(" ").length).toBeGreaterThan(100)
    }
    const { usage, limit_held } = await key()
    expect(limit_held).toBe(0)
    expect(usage).toBeLessThanOrEqual(words(4500))
  })

  test("of a model that may think cannot be watched: it gets a share, so that others get one too", async () => {
    const { chat } = await start({ words: 100, together: 3 }, words(4000))
    const asked = ask({ stream: false, reasoning_effort: "low" })
    const responses = await Promise.all([0, 1, 2].map(() => chat(asked)))
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200])
    const limits = upstream!.bodies.map((body) => (JSON.parse(body) as { max_tokens: number }).max_tokens)
    expect(limits[0]).toBe(1024)
  })

  test("what it names it gets, as far as that can be paid for", async () => {
    const { chat } = await start({ words: 100 }, words(4000))
    await chat(ask({ stream: false, max_tokens: 3000 }))
    expect((JSON.parse(upstream!.bodies[0]!) as { max_tokens: number }).max_tokens).toBe(3000)
  })
})

interface WholeReply {
  readonly choices: readonly {
    readonly message: { readonly content: string }
    readonly finish_reason: string
    readonly native_finish_reason?: string
  }[]
  readonly usage: { readonly completion_tokens: number; readonly cost: number }
}
