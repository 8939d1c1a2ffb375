import { afterAll, expect, test } from "bun:test"
import type { JsonObject } from "../../src/contract/index.ts"
import { startGateway } from "../kit/gateway.ts"
import { startMediaServer } from "../kit/media.ts"
import { generationOf } from "../kit/upstreams.ts"

let usage: JsonObject | undefined
const server = startMediaServer(({ path }) =>
  path.endsWith("/speech")
    ? new Response(new Uint8Array(100), { headers: { "content-type": "audio/mpeg" } })
    : path.endsWith("/rerank")
      ? { results: [{ index: 0, relevance_score: 1 }], ...(usage ? { usage } : {}) }
      : { text: "x", ...(usage ? { usage } : {}) },
)
const gateway = await startGateway({
  providers: [
    {
      id: "up",
      plugin: "openai-compatible",
      base_url: `${server.url}/v1`,
      models: [
        { id: "test/ranker", upstream: "m", kind: "rerank", price: { per_unit: { searches: 0.002 } } },
        { id: "test/tokens", upstream: "n", kind: "rerank", price: { input: 10 } },
        { id: "test/voice", upstream: "v", kind: "speech", price: { input: 1, output: 0, audio_output: 12 } },
        { id: "test/ear", upstream: "m", kind: "transcription", price: { per_unit: { seconds: 0.01 } } },
      ],
    },
  ],
})
afterAll(async () => {
  await gateway.stop()
  await server[Symbol.asyncDispose]()
})

const cost = async (path: string, body: JsonObject, reported?: JsonObject): Promise<number> => {
  usage = reported
  const response = await gateway.post(path, body)
  expect(response.status).toBe(200)
  const { usage: told } = (await response.json()) as { usage: { cost: number } }
  const record = (await generationOf(gateway, response)) as { total_cost: number }
  expect(record.total_cost).toBe(told.cost)
  return told.cost
}
const rank = (model: string, count: number, reported?: JsonObject) =>
  cost("/v1/rerank", { model, query: "q", documents: Array.from({ length: count }, () => "a") }, reported)
const file = `data:audio/wav;base64,${Buffer.alloc(8000).toString("base64")}`
const listen = (reported?: JsonObject) => cost("/v1/audio/transcriptions", { model: "test/ear", file }, reported)

test("a search is billed though the upstream counts tokens alone, or nothing", async () => {
  expect(await rank("test/ranker", 2, { total_tokens: 42 })).toBe(0.002)
  expect(await rank("test/ranker", 101, { total_tokens: 42 })).toBe(0.004)
  expect(await rank("test/ranker", 2)).toBe(0.002)
})

test("seconds are billed by what the upstream counts, and by the file where it counts something else", async () => {
  expect(await listen({ type: "duration", seconds: 3 })).toBe(0.03)
  expect(await listen({ type: "tokens", input_tokens: 5, output_tokens: 1, total_tokens: 6 })).toBe(0.02)
})

test("what has no price by the piece is billed by tokens alone", async () => {
  expect(await rank("test/tokens", 2, { total_tokens: 100 })).toBe(0.001)
})

test("speech that has its price by tokens is billed though it comes without a word on them", async () => {
  const response = await gateway.post("/v1/audio/speech", { model: "test/voice", input: "a".repeat(100), voice: "v" })
  await response.bytes()
  const record = (await generationOf(gateway, response)) as { total_cost: number; usage_estimated: boolean }
  // Some 130 tokens of sound.
  expect(record.total_cost).toBeGreaterThan(0.0015)
  expect(record.total_cost).toBeLessThan(0.0017)
  expect(record.usage_estimated).toBe(true)
})
