import { afterEach, expect, test } from "bun:test"
import { inferenceKey } from "../kit/gateway.ts"
import { ask, errorOf, generationOf, type Rig, startRig } from "../kit/upstreams.ts"

let rig: Rig | undefined
afterEach(async () => {
  await rig?.stop()
  rig = undefined
})

const limited = (limit: number) => ({ keys: [{ name: "test", key: inferenceKey, limit, limit_reset: "monthly" }] })

const remaining = async ({ gateway }: Rig): Promise<{ limit_remaining: number; usage: number; limit_held: number }> =>
  (
    (await (await gateway.get("/api/v1/key")).json()) as {
      data: { limit_remaining: number; usage: number; limit_held: number }
    }
  ).data

test("the output limit shrinks to what is left, and the losses say so", async () => {
  // 100 output tokens cost 0.0002 USD, the input some 0.00003.
  rig = await startRig(["text"], limited(0.0002))
  const response = await rig.gateway.chat(ask("hi", { max_tokens: 5000 }))
  expect(response.status).toBe(200)
  expect(response.headers.get("x-signalbox-losses")).toMatch(/^1; clamped=max_tokens$/)
  const sent = JSON.parse((await rig.fakes[0]!.request(0)).body) as { max_tokens: number }
  expect(sent.max_tokens).toBeLessThan(100)
  expect(sent.max_tokens).toBeGreaterThanOrEqual(16)
  expect((await generationOf(rig.gateway, response)).losses[0]).toMatchObject({ path: "max_tokens", action: "clamped" })
})

test("a strict key is refused instead, in either lane, and gets its hold back", async () => {
  const strict = { keys: [{ name: "test", key: inferenceKey, limit: 0.0002, limit_reset: "monthly", strict: true }] }
  rig = await startRig(["text"], strict)
  for (const more of [{}, { functions: [{ name: "noop", parameters: { type: "object", properties: {} } }] }]) {
    const response = await rig.gateway.chat(ask("hi", { max_tokens: 5000, ...more }))
    expect(response.status).toBe(400)
    expect(await errorOf(response)).toMatchObject({ code: "losses_refused", param: "max_tokens" })
  }
  expect(rig.fakes[0]!.count).toBe(0)
  expect((await remaining(rig)).limit_held).toBe(0)
})

test("without a limit of its own a request on a limited key gets one upstream", async () => {
  rig = await startRig(["text"], limited(0.0002))
  await rig.gateway.chat(ask("hi"))
  const sent = JSON.parse((await rig.fakes[0]!.request(0)).body) as { max_tokens?: number }
  expect(sent.max_tokens).toBeLessThan(100)
})

test("what does not pay for a short answer is refused before any upstream is called", async () => {
  rig = await startRig(["text"], limited(0.000001))
  const response = await rig.gateway.chat(ask("hi"))
  expect(response.status).toBe(412)
  const error = await errorOf(response)
  expect(error.code).toBe("spend_limit_reached")
  expect(error.message).toContain("USD left")
  expect(error.message).toContain("resets at")
  expect((await rig.gateway.post("/api/v1/chat/completions", ask("hi"))).status).toBe(402)
  expect(rig.fakes[0]!.count).toBe(0)
})

test("hundreds at once never spend more than the limit, and no hold is left behind", async () => {
  rig = await startRig(["text"], limited(0.005))
  const answers = await Promise.all(Array.from({ length: 300 }, () => rig!.gateway.chat(ask("hi", { max_tokens: 64 }))))
  const statuses = new Set(answers.map(({ status }) => status))
  expect([...statuses].sort()).toEqual([200, 412])
  let sum = 0
  for (const answer of answers) {
    if (answer.status !== 200) continue
    sum += ((await answer.json()) as { usage: { cost: number } }).usage.cost
  }
  const state = await remaining(rig)
  expect(state.limit_held).toBe(0)
  expect(state.usage).toBeCloseTo(sum, 9)
  expect(state.usage).toBeLessThanOrEqual(0.005)
})

test("a failed request costs nothing and gives its hold back", async () => {
  rig = await startRig(["error-400"], limited(1))
  await rig.gateway.chat(ask("hi"))
  expect(await remaining(rig)).toMatchObject({ limit_remaining: 1, usage: 0, limit_held: 0 })
})

test("an unpriced offer is billed as 0 and marked", async () => {
  rig = await startRig(["text"])
  const url = rig.fakes[0]!.url
  await rig.gateway.configure({
    providers: [
      { id: "p0", plugin: "openai-compatible", base_url: url, models: [{ id: "test/model", upstream: "text" }] },
    ],
  })
  const response = await rig.gateway.chat(ask("hi"))
  expect(await generationOf(rig.gateway, response)).toMatchObject({ total_cost: 0, price_source: "none" })
})

test("a key without a limit spends, and overruns nothing", async () => {
  rig = await startRig(["text"])
  const overruns = async () =>
    /^signalbox_budget_overruns_total (\d+)/m.exec(await (await rig!.gateway.get("/metrics")).text())?.[1]
  await rig.gateway.chat(ask("hi"))
  expect((await remaining(rig)).usage).toBeGreaterThan(0)
  expect(await overruns()).toBe("0")
})

test("pictures are held for at their own price, where the request may have them", async () => {
  rig = await startRig(["text"])
  const provider = (models: unknown) => ({
    providers: [{ id: "p0", plugin: "openai-compatible", base_url: rig!.fakes[0]!.url, api_key: "k", models }],
    ...limited(1),
  })
  const price = { input: 1, output: 2, image_output: 2000 }
  await rig.gateway.configure(provider([{ id: "test/model", upstream: "text", price }]))
  const limitOf = async (more: object): Promise<number> => {
    await rig!.gateway.chat(ask("hi", { max_tokens: 10_000, ...more }))
    return (JSON.parse((await rig!.fakes[0]!.request(rig!.fakes[0]!.count - 1)).body) as { max_tokens: number })
      .max_tokens
  }
  expect(await limitOf({})).toBe(10_000)
  // One dollar pays for 500 tokens of pictures.
  expect(await limitOf({ modalities: ["text", "image"] })).toBeLessThanOrEqual(500)
})
