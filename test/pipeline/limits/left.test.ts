import { afterAll, beforeAll, expect, test } from "bun:test"
import { inferenceKey, startGateway, type TestGateway } from "../../kit/gateway.ts"

/** Reads what it is asked, and never says a word; `left` is called with each client that goes. */
let left: () => void = () => {}
const came: (() => void)[] = []
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  idleTimeout: 0,
  async fetch(request) {
    request.signal.addEventListener("abort", () => left())
    await request.text()
    came.shift()?.()
    return new Promise<Response>(() => {})
  },
})
let gateway: TestGateway
const price = { input: 10, output: 10 }
const base = { id: "up", plugin: "openai-compatible", base_url: `http://127.0.0.1:${server.port}/v1`, api_key: "k" }

beforeAll(async () => {
  gateway = await startGateway({
    providers: [
      {
        ...base,
        models: [
          { id: "test/chat", upstream: "c", price },
          { id: "test/image", upstream: "i", kind: "images", price: { per_unit: { images: 0.04 } } },
        ],
      },
    ],
  })
})
afterAll(async () => {
  await gateway.stop()
  await server.stop(true)
})

const usage = async () => ((await (await gateway.get("/api/v1/key")).json()) as { data: { usage: number } }).data.usage

/** What somebody pays who asks and leaves. */
async function leave(path: string, body: object): Promise<number> {
  const before = await usage()
  const arrived = new Promise<void>((resolve) => void came.push(resolve))
  const cancelled = new Promise<void>((resolve) => (left = resolve))
  const controller = new AbortController()
  const asked = fetch(gateway.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${inferenceKey}` },
    body: JSON.stringify(body),
    signal: controller.signal,
  }).catch(() => {})
  await arrived
  controller.abort()
  await Promise.all([asked, cancelled])
  return (await usage()) - before
}

const chat = { model: "test/chat", messages: [{ role: "user", content: "x".repeat(4000) }] }

test("a whole answer that nobody waits for costs what was read for it, in either lane", async () => {
  for (const more of [{}, { functions: [{ name: "f", parameters: { type: "object" } }] }]) {
    const cost = await leave("/v1/chat/completions", { ...chat, ...more })
    expect(cost).toBeGreaterThan(0.001)
    expect(cost).toBeLessThan(0.03)
  }
})

test("a picture that nobody waits for is painted all the same", async () => {
  expect(await leave("/v1/images/generations", { model: "test/image", prompt: "x" })).toBeCloseTo(0.04, 9)
})

test("a stream whose upstream has not said that it is at work costs nothing", async () => {
  expect(await leave("/v1/chat/completions", { ...chat, stream: true })).toBe(0)
})
