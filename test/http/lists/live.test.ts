import { afterAll, expect, test } from "bun:test"
import type { JsonObject } from "../../../src/contract/index.ts"
import { startGateway } from "../../kit/gateway.ts"
import { startMediaServer } from "../../kit/media.ts"

let broken = false
const upstream = startMediaServer(() =>
  broken
    ? new Response("{}", { status: 500 })
    : Response.json({
        id: "x",
        object: "chat.completion",
        created: 1,
        choices: [{ index: 0, message: { role: "assistant", content: "one two three" }, finish_reason: "stop" }],
        usage: { prompt_tokens: 1, completion_tokens: 3, total_tokens: 4 },
      }),
)
const provider = (id: string, model: string) => ({
  id,
  plugin: "openai-compatible",
  base_url: `${upstream.url}/v1`,
  api_key: "k",
  models: [{ id: model }],
})
const gateway = await startGateway({
  models: { public: true },
  providers: [provider("busy", "x/busy"), provider("idle", "x/idle")],
  retries: { same_upstream: 0 },
})
afterAll(async () => {
  await gateway.stop()
  await upstream[Symbol.asyncDispose]()
})

const path = "/api/v1/models/x/busy/endpoints"
const endpoint = async (answer: Response): Promise<JsonObject> =>
  ((await answer.json()) as { data: { endpoints: JsonObject[] } }).data.endpoints[0]!
const ask = async () => (await gateway.chat({ model: "x/busy", messages: [{ role: "user", content: "x" }] })).text()

test("endpoints tell how they have been doing, speed only to those with a key", async () => {
  expect(await endpoint(await gateway.get(path))).toMatchObject({
    status: 0,
    latency_last_30m: null,
    uptime_last_5m: null,
  })
  for (let asked = 0; asked < 30; asked++) await ask()
  const percentiles = { p50: expect.any(Number) as never, p99: expect.any(Number) as never }
  expect(await endpoint(await gateway.get(path))).toMatchObject({
    status: 0,
    uptime_last_5m: 100,
    uptime_last_30m: 100,
    uptime_last_1d: 100,
    latency_last_30m: percentiles,
  })
  expect(await endpoint(await fetch(gateway.url + path))).toMatchObject({ uptime_last_5m: 100, latency_last_30m: null })
  const sorted = (await (await gateway.get("/api/v1/models?sort=latency-low-to-high&q=x/")).json()) as {
    data: JsonObject[]
  }
  expect(sorted.data.map(({ id }) => id)).toEqual(["x/busy", "x/idle"])
})

test("one that has failed is left alone, and says so", async () => {
  broken = true
  await ask()
  const now = await endpoint(await gateway.get(path))
  expect(now.status).toBe(-2)
  expect(now.uptime_last_5m).toBeLessThan(100)
})
