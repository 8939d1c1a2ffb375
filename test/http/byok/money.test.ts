import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test"
import { OpenRouter } from "@openrouter/sdk"
import type { ChatResult, ChatStreamChunk, OpenResponsesResult } from "@openrouter/sdk/models"
import { adminKey } from "../../kit/gateway.ts"
import { costOfOne, ownKey, type Rig, startRig } from "./kit.ts"

let rig: Rig
let manager: OpenRouter
beforeAll(async () => {
  rig = await startRig()
  manager = sdkOf(adminKey)
})
afterAll(() => rig.stop())

const sdkOf = (apiKey: string) =>
  new OpenRouter({ apiKey, serverURL: `${rig.gateway.url}/api/v1`, retryConfig: { strategy: "none" } })

const messages = [{ role: "user" as const, content: "Well?" }]
const details = {
  upstreamInferenceCost: 2,
  upstreamInferencePromptCost: 1,
  upstreamInferenceCompletionsCost: 1,
}

let count = 0
/** A key, and a credential that nobody else may use. */
async function keyed(fields: Readonly<Record<string, unknown>> = {}, brought: Readonly<Record<string, unknown>> = {}) {
  const key = await rig.admin.key({ name: `mine-${count}`, ...fields })
  const credential = `sk-money-${count++}-0123456789`
  await rig.bring({ key: credential, allowed_api_key_hashes: [key.id], ...brought })
  return { ...key, credential }
}

const stateOf = async (id: string) => (await manager.apiKeys.get({ hash: id })).data

describe("what a request on a brought credential cost is told apart", () => {
  let sdk: OpenRouter
  let key: Awaited<ReturnType<typeof keyed>>
  beforeEach(async () => {
    key = await keyed()
    sdk = sdkOf(key.token)
  })

  test("in an answer, in its record and in the figures of its key", async () => {
    const answer = (await sdk.chat.send({
      chatRequest: { model: "test/model", messages, maxTokens: 500_000, stream: false },
    })) as ChatResult
    expect(answer.usage).toMatchObject({ cost: 0, isByok: true, costDetails: details })
    const { data } = await sdk.generations.getGeneration({ id: answer.id })
    expect(data).toMatchObject({ isByok: true, totalCost: 0, usage: 0, upstreamInferenceCost: costOfOne })
    expect(data.providerResponses?.map(({ isByok }) => isByok)).toEqual([true])
    expect(await stateOf(key.id)).toMatchObject({ usage: 0, byokUsage: costOfOne, byokUsageDaily: costOfOne })
    expect((await sdk.apiKeys.getCurrentKeyMetadata()).data).toMatchObject({ usage: 0, byokUsage: costOfOne })
  })

  test("at the end of a stream, where nothing is read and where everything is", async () => {
    for (const more of [{}, { plugins: [], transforms: [], n: 1, logit_bias: {} }, { max_tokens: 500_000 }]) {
      const sent = await sdk.chat.send({ chatRequest: { model: "test/model", messages, stream: true, ...more } })
      const stream = sent as AsyncIterable<ChatStreamChunk>
      let usage: unknown
      for await (const chunk of stream) usage = chunk.usage ?? usage
      expect(usage).toMatchObject({ cost: 0, isByok: true, costDetails: details })
    }
  })

  test("in the words of /responses and /messages", async () => {
    const responsesRequest = { model: "test/model", input: "Well?", stream: false }
    const reply = (await sdk.responses.send({ responsesRequest })) as OpenResponsesResult
    expect(reply.usage).toMatchObject({
      cost: 0,
      isByok: true,
      costDetails: { upstreamInferenceCost: 2, upstreamInferenceInputCost: 1, upstreamInferenceOutputCost: 1 },
    })
    const body = { model: "test/model", messages, max_tokens: 1000 }
    const asked = await rig.gateway.post("/api/v1/messages", body, { authorization: `Bearer ${key.token}` })
    expect((await asked.json()).usage).toMatchObject({
      cost: 0,
      is_byok: true,
      cost_details: { upstream_inference_cost: 2 },
    })
  })

  test("as the real cost below /v1, which knows no other", async () => {
    const asked = await rig.gateway.post(
      "/v1/chat/completions",
      { model: "test/model", messages },
      { authorization: `Bearer ${key.token}` },
    )
    expect((await asked.json()).usage.cost).toBe(costOfOne)
    expect(await stateOf(key.id)).toMatchObject({ usage: 0, byokUsage: costOfOne })
  })

  test("in usage, grouped by whose it was", async () => {
    const today = new Date().toISOString().slice(0, 10)
    await rig.ask(key.token)
    const { data } = await rig.admin.ok("POST", "/api/v1/analytics/query", {
      metrics: ["byok_usage_inference", "byok_request_count", "total_usage"],
      dimensions: ["is_byok"],
      filters: [{ field: "api_key_id", operator: "eq", value: key.id }],
      time_range: { start: `${today}T00:00:00Z`, end: new Date(Date.now() + 60_000).toISOString() },
    })
    expect(data.data).toEqual([
      expect.objectContaining({ is_byok: "true", byok_usage_inference: costOfOne, byok_request_count: 1 }),
    ])
    const { data: rows } = await rig.admin.ok("GET", `/admin/usage?key=${key.id}&group_by=byok`)
    expect(rows).toEqual([expect.objectContaining({ byok: "true", byok_cost: costOfOne, byok_requests: 1 })])
  })
})

test("a request that came to the operator's credential is paid by the key", async () => {
  const { token, id, credential } = await keyed()
  rig.upstream.refuse.set(credential, 429)
  expect(await rig.ask(token)).toBe(ownKey)
  expect(await stateOf(id)).toMatchObject({ usage: costOfOne, byokUsage: 0 })
})

describe("a limit", () => {
  test("of the key does not count it, and does not stop it", async () => {
    const { token, id, credential } = await keyed({ limit: 3 })
    for (let each = 0; each < 3; each++) expect(await rig.ask(token)).toBe(credential)
    expect(await stateOf(id)).toMatchObject({ usage: 0, byokUsage: 6, limitRemaining: 3 })
    rig.upstream.refuse.set(credential, 429)
    expect(await rig.ask(token)).toBe(ownKey)
    rig.upstream.refuse.delete(credential)
    // One dollar is left, which pays for no further request; one that is paid elsewhere goes on, and nowhere else.
    await rig.admin.ok("PATCH", `/admin/keys/${id}`, { limit: 2 })
    const other = await rig.bring({ key: "sk-money-after-0123456789", allowed_api_key_hashes: [id] })
    expect(await rig.ask(token)).toBe("sk-money-after-0123456789")
    for (const each of [credential, "sk-money-after-0123456789"]) rig.upstream.refuse.set(each, 429)
    const before = rig.upstream.seen.length
    expect(await rig.ask(token)).toBe(429)
    expect(rig.upstream.seen.slice(before)).not.toContain(ownKey)
    await rig.admin.ok("DELETE", `/api/v1/byok/${other}`)
    expect(await stateOf(id)).toMatchObject({ usage: costOfOne, byokUsage: 8 })
  })

  test("of the key counts it where it says so", async () => {
    const { token, id, credential } = await keyed({ limit: 2, include_byok_in_limit: true })
    expect(await rig.ask(token)).toBe(credential)
    expect(await rig.ask(token)).toBe(402)
    expect(await stateOf(id)).toMatchObject({ usage: 0, byokUsage: costOfOne, limitRemaining: 0 })
  })

  test("of a guardrail counts it where it says so", async () => {
    for (const counts of [false, true]) {
      const { token, id, credential } = await keyed()
      const guardrail = { name: "budget", limit_usd: 2, reset_interval: "daily", include_byok_in_budgets: counts }
      const { data } = await rig.admin.ok("POST", "/api/v1/guardrails", guardrail)
      await rig.admin.ok("POST", `/api/v1/guardrails/${data.id}/assignments/keys`, { key_hashes: [id] })
      expect(await rig.ask(token)).toBe(credential)
      expect(await rig.ask(token)).toBe(counts ? 403 : credential)
    }
  })
})

test("credits are not for what others pay", async () => {
  const prepaid = await startRig({ organisation: { credits: "prepaid" } })
  try {
    const key = await prepaid.admin.key({ name: "poor" })
    expect(await prepaid.ask(key.token)).toBe(402)
    await prepaid.bring({ key: "sk-rich-0123456789", allowed_models: ["test/model"] })
    expect(await prepaid.ask(key.token)).toBe("sk-rich-0123456789")
    expect(await prepaid.ask(key.token, { model: "test/other" })).toBe(402)
    const { data } = await prepaid.admin.ok("GET", "/api/v1/credits")
    expect(data).toMatchObject({ total_credits: 0, total_usage: 0 })
  } finally {
    await prepaid.stop()
  }
})
