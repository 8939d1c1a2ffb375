import { afterEach, describe, expect, test } from "bun:test"
import { continuingProvider, modelOf, startContinuing, type WireFormat, wholeText } from "../kit/continuing.ts"
import { adminKey, inferenceKey, startGateway, type TestGateway } from "../kit/gateway.ts"
import type { GenerationData } from "../kit/upstreams.ts"

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

interface Recorded extends GenerationData {
  readonly attempts: readonly (GenerationData["attempts"][number] & {
    readonly role?: string
    readonly reason?: string
    readonly usage?: { readonly estimated?: boolean; readonly input: { readonly fresh: number } }
    readonly costNano?: number
  })[]
}

interface Rig {
  readonly gateway: TestGateway
  readonly upstreams: readonly Awaited<ReturnType<typeof startContinuing>>[]
  /** Lets the held upstream answer. */
  readonly letGo: (index: number) => void
  /** Settles when that upstream was asked. */
  readonly asked: readonly Promise<void>[]
}

/** `p0`, `p1` … all offer `test/model`; those that are held answer only when they are let go. */
async function rigOf(
  formats: readonly WireFormat[],
  held: readonly number[],
  config: object = {},
  ending: "whole" | "close-0" = "whole",
): Promise<Rig> {
  const gates = formats.map(() => Promise.withResolvers<void>())
  const arrivals = formats.map(() => Promise.withResolvers<void>())
  const upstreams = await Promise.all(
    formats.map((_, index) =>
      startContinuing(wholeText, () => {
        arrivals[index]!.resolve()
        return held.includes(index) ? gates[index]!.promise : undefined
      }),
    ),
  )
  const gateway = await startGateway({
    providers: formats.map((format, index) =>
      continuingProvider(`p${index}`, format, upstreams[index]!.url, [
        { id: "test/model", upstream: modelOf(format, index === 0 ? ending : "whole", String(index)) },
      ]),
    ),
    policies: { "policy/hedged": { fallback: [{ model: "test/model" }], hedge_seconds: 0.06 } },
    strategy: "configured",
    retries: { same_upstream: 0, backoff_ms: 1 },
    ...config,
  })
  open.push(() => gateway.stop(), ...upstreams.map((upstream) => () => upstream.stop()))
  return {
    gateway,
    upstreams,
    letGo: (index) => gates[index]!.resolve(),
    asked: arrivals.map(({ promise }) => promise),
  }
}

const ask = (more: object = {}) => ({
  model: "policy/hedged",
  messages: [{ role: "user", content: "When does the train leave?" }],
  stream: true,
  stream_options: { include_usage: true },
  ...more,
})

const recordOf = async ({ gateway }: Rig, response: Response): Promise<Recorded> => {
  const found = await gateway.get(`/api/v1/generation?id=${response.headers.get("x-generation-id")}`)
  return ((await found.json()) as { data: Recorded }).data
}

const textOf = async (response: Response): Promise<string> =>
  (await response.text())
    .split("\n")
    .filter((line) => line.startsWith("data: {"))
    .map(
      (line) =>
        (JSON.parse(line.slice(6)) as { choices: { delta: { content?: string } }[] }).choices[0]?.delta.content ?? "",
    )
    .join("")

/** Both are paid, and the ledger, the key and the attempts agree on it. */
async function expectBothPaid(rig: Rig, record: Recorded): Promise<void> {
  const costs = record.attempts.map(({ costNano }) => costNano ?? 0)
  expect(costs.length).toBe(2)
  expect(costs.every((cost) => cost > 0)).toBe(true)
  expect(Math.round(record.total_cost * 1e9)).toBe(costs[0]! + costs[1]!)
  const key = (await (await rig.gateway.get("/api/v1/key")).json()) as { data: { usage: number; limit_held?: number } }
  expect(Math.round(key.data.usage * 1e9)).toBe(costs[0]! + costs[1]!)
}

const lanes: readonly (readonly [name: string, formats: readonly WireFormat[]])[] = [
  ["native", ["chat", "chat"]],
  ["translated", ["messages", "gemini"]],
  ["mixed", ["chat", "messages"]],
]

for (const [lane, formats] of lanes)
  describe(`${lane} lane`, () => {
    test("the second is quicker: the first is cancelled, both are paid", async () => {
      const rig = await rigOf(formats, [0])
      const response = await rig.gateway.chat(ask())
      expect(await textOf(response)).toBe(wholeText)
      expect(await rig.upstreams[0]!.requests[0]!.closed).toBe("aborted")
      const record = await recordOf(rig, response)
      expect(record.attempts.map(({ provider, outcome, role }) => [provider, outcome, role])).toEqual([
        ["p0", "cancelled", undefined],
        ["p1", "ok", "hedge"],
      ])
      expect(record.attempts[0]).toMatchObject({
        usage: { estimated: true },
        reason: "Another attempt answered first.",
      })
      expect(record.attempts[0]!.code).toBeUndefined()
      await expectBothPaid(rig, record)
    })

    test("the first is quicker after all: the second is cancelled, both are paid", async () => {
      const rig = await rigOf(formats, [0, 1])
      const pending = rig.gateway.chat(ask())
      await rig.asked[1]
      rig.letGo(0)
      const response = await pending
      expect(await textOf(response)).toBe(wholeText)
      expect(await rig.upstreams[1]!.requests[0]!.closed).toBe("aborted")
      const record = await recordOf(rig, response)
      expect(record.attempts.map(({ provider, outcome, role }) => [provider, outcome, role])).toEqual([
        ["p1", "cancelled", "hedge"],
        ["p0", "ok", undefined],
      ])
      await expectBothPaid(rig, record)
    })
  })

test("an answer in time has no rival", async () => {
  const rig = await rigOf(["chat", "chat"], [])
  const response = await rig.gateway.chat(ask())
  expect(await textOf(response)).toBe(wholeText)
  expect(rig.upstreams[1]!.requests).toHaveLength(0)
  const record = await recordOf(rig, response)
  expect(record.attempts).toMatchObject([{ provider: "p0", outcome: "ok" }])
  expect(record.attempts[0]!.costNano).toBeUndefined()
})

test("a failure before that falls back as ever", async () => {
  const rig = await rigOf(["chat", "chat"], [], {}, "close-0")
  const response = await rig.gateway.chat(ask())
  expect(await textOf(response)).toBe(wholeText)
  const { attempts } = await recordOf(rig, response)
  expect(attempts.map(({ provider, outcome, role }) => [provider, outcome, role])).toEqual([
    ["p0", "failed", undefined],
    ["p1", "ok", undefined],
  ])
})

/** A connection that its upstream closed is not yet a failure that the gateway has noticed. */
async function untilFailed(gateway: TestGateway, provider: string): Promise<void> {
  for (;;) {
    const state = (await (await gateway.get("/admin/state", adminKey)).json()) as {
      readonly health: { readonly upstreams: readonly { readonly upstream: string; readonly failed: number }[] }
    }
    if (state.health.upstreams.some(({ upstream, failed }) => upstream.startsWith(`${provider}/`) && failed > 0)) return
  }
}

test("the first fails while the second is under way: that one is waited for", async () => {
  const rig = await rigOf(["chat", "chat"], [0, 1], {}, "close-0")
  const pending = rig.gateway.chat(ask())
  await rig.asked[1]
  rig.letGo(0)
  await untilFailed(rig.gateway, "p0")
  rig.letGo(1)
  const response = await pending
  expect(await textOf(response)).toBe(wholeText)
  const record = await recordOf(rig, response)
  expect(record.attempts.map(({ provider, outcome, role }) => [provider, outcome, role])).toEqual([
    ["p0", "failed", undefined],
    ["p1", "ok", "hedge"],
  ])
  // What failed before it said anything is not paid.
  expect(record.attempts[0]!.costNano).toBeUndefined()
})

test("a model without such a policy is never helped", async () => {
  const rig = await rigOf(["chat", "chat"], [0], { timeouts: { first_part: 0.2, connect: 0.2 } })
  const response = await rig.gateway.chat({ ...ask(), model: "test/model" })
  expect(await textOf(response)).toBe(wholeText)
  const { attempts } = await recordOf(rig, response)
  expect(attempts.map(({ provider, code }) => [provider, code])).toEqual([
    ["p0", "provider_timeout"],
    ["p1", undefined],
  ])
})

test("a client that leaves ends both", async () => {
  const rig = await rigOf(["chat", "chat"], [0, 1])
  const controller = new AbortController()
  const pending = fetch(`${rig.gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${inferenceKey}`, "content-type": "application/json" },
    body: JSON.stringify(ask()),
    signal: controller.signal,
  }).catch(() => {})
  await rig.asked[1]
  controller.abort()
  await pending
  expect(await Promise.all(rig.upstreams.map(({ requests }) => requests[0]!.closed))).toEqual(["aborted", "aborted"])
})

describe("budgets", () => {
  const limited = (limit: number) => ({ keys: [{ name: "test", key: inferenceKey, limit }] })

  test("what is held covers both", async () => {
    const rig = await rigOf(["chat", "chat"], [0, 1], limited(1))
    const pending = rig.gateway.chat(ask({ max_tokens: 1000 }))
    await rig.asked[1]
    const during = (await (await rig.gateway.get("/api/v1/key")).json()) as { data: { limit_held: number } }
    expect(during.data.limit_held).toBeGreaterThan(2 * 1000 * 2e-6)
    rig.letGo(1)
    await (await pending).text()
    const after = (await (await rig.gateway.get("/api/v1/key")).json()) as { data: { limit_held: number } }
    expect(after.data.limit_held).toBe(0)
  })

  test("one that pays once only has no second attempt, and no shorter answer", async () => {
    // A thousand tokens are 0.002 USD.
    const rig = await rigOf(["chat", "chat"], [0], { ...limited(0.003), timeouts: { first_part: 0.25, connect: 0.25 } })
    const response = await rig.gateway.chat(ask({ max_tokens: 1000 }))
    expect(await textOf(response)).toBe(wholeText)
    const record = await recordOf(rig, response)
    expect(record.attempts.map(({ code }) => code)).toEqual(["provider_timeout", undefined])
    expect(record.losses).toEqual([])
  })
})

test("calls that are no conversation are helped as well", async () => {
  const gate = Promise.withResolvers<void>()
  const left = Promise.withResolvers<void>()
  const server = (isHeld: boolean) =>
    Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      async fetch(request) {
        request.signal.addEventListener("abort", () => left.resolve())
        await request.text()
        if (isHeld) await gate.promise
        return Response.json({
          object: "list",
          data: [{ object: "embedding", index: 0, embedding: [0.5, 0.25] }],
          model: "m",
          usage: { prompt_tokens: 7, total_tokens: 7 },
        })
      },
    })
  const servers = [server(true), server(false)]
  const gateway = await startGateway({
    providers: servers.map(({ port }, index) => ({
      id: `p${index}`,
      plugin: "openai-compatible",
      base_url: `http://127.0.0.1:${port}/v1`,
      api_key: "k",
      models: [
        { id: "test/vectors", upstream: `vectors-${index}`, kind: "embeddings", price: { input: 1000, output: 0 } },
      ],
    })),
    policies: { "policy/vectors": { fallback: [{ model: "test/vectors" }], hedge_seconds: 0.06 } },
    strategy: "configured",
  })
  open.push(
    () => gateway.stop(),
    () => servers.map((one) => one.stop(true)),
    () => gate.resolve(),
  )
  const response = await gateway.post("/v1/embeddings", { model: "policy/vectors", input: "a word or two" })
  expect(response.status).toBe(200)
  await left.promise
  const found = await gateway.get(`/api/v1/generation?id=${response.headers.get("x-generation-id")}`)
  const { data } = (await found.json()) as { data: Recorded }
  expect(data.attempts.map(({ provider, outcome, role }) => [provider, outcome, role])).toEqual([
    ["p0", "cancelled", undefined],
    ["p1", "ok", "hedge"],
  ])
  const costs = data.attempts.map(({ costNano }) => costNano ?? 0)
  expect(costs.every((cost) => cost > 0)).toBe(true)
  expect(Math.round(data.total_cost * 1e9)).toBe(costs[0]! + costs[1]!)
})
