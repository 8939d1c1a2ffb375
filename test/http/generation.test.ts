import { afterAll, expect, test } from "bun:test"
import { OpenRouter } from "@openrouter/sdk"
import { adminKey, inferenceKey } from "../kit/gateway.ts"
import { ask, startRig } from "../kit/upstreams.ts"

const rig = await startRig(["error-500", "text"], {
  retries: { same_upstream: 0 },
  aliases: { quick: "test/model" },
})
afterAll(() => rig.stop())
const { gateway } = rig
const client = (apiKey = inferenceKey) =>
  new OpenRouter({ serverURL: `${gateway.url}/api/v1`, apiKey, retryConfig: { strategy: "none" } })

const askOne = async (more: Readonly<Record<string, unknown>> = {}): Promise<string> => {
  const answer = await gateway.chat(ask("Hello", { model: "quick", ...more }))
  await answer.text()
  return answer.headers.get("x-generation-id") ?? ""
}

test("@openrouter/sdk reads a generation, and the attempt that failed before it", async () => {
  const { data } = await client().generations.getGeneration({ id: await askOne() })
  expect(data).toMatchObject({ model: "test/model", streamed: false, cancelled: false, finishReason: "stop" })
  expect(data.totalCost).toBeGreaterThan(0)
  expect(data.providerResponses).toMatchObject([
    { providerName: "p0", status: 500, modelPermaslug: "error-500" },
    { providerName: "p1", status: 200, modelPermaslug: "text" },
  ])
})

test("@openrouter/sdk reads one whose every attempt failed without an answer, and one that was streamed", async () => {
  await rig.fakes[0]!.stop()
  const streamed = await client().generations.getGeneration({ id: await askOne({ stream: true }) })
  expect(streamed.data).toMatchObject({ streamed: true, tokensCompletion: expect.any(Number) })
  await rig.fakes[1]!.stop()
  const { data } = await client().generations.getGeneration({ id: await askOne() })
  expect(data).toMatchObject({ totalCost: 0, finishReason: null })
  expect(data.providerResponses?.map(({ status }) => status)).toEqual([null, null])
})

test("the app has the number that sums of usage know it by", async () => {
  const headers = { "http-referer": "https://app.example", "x-title": "App" }
  const answer = await gateway.chat({ model: "mock/echo", messages: [{ role: "user", content: "Hello" }] }, headers)
  const id = answer.headers.get("x-generation-id") ?? ""
  const { data } = await client().generations.getGeneration({ id })
  const usage = await (await gateway.get("/admin/usage?group_by=app&title=App", adminKey)).json()
  expect(usage).toMatchObject({ data: [{ app: String(data.appId) }] })
})

test("another key does not see it, a management key does", async () => {
  const id = await askOne()
  expect((await gateway.get(`/api/v1/generation?id=${id}`, "sk-nobody")).status).toBe(401)
  expect((await client(adminKey).generations.getGeneration({ id })).data.id).toBe(id)
})

test("@openrouter/sdk reads the calling key", async () => {
  const { data } = await client().apiKeys.getCurrentKeyMetadata()
  expect(data).toMatchObject({ limit: null, isManagementKey: false })
})
