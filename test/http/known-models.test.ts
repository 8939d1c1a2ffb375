import { afterAll, describe, expect, test } from "bun:test"
import { type FakeOpenAi, startFakeOpenAi } from "../kit/fake-openai.ts"
import { startGateway, type TestGateway } from "../kit/gateway.ts"

const stops: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const stop of stops.reverse()) await stop()
})

const ask = (model: string) => ({ model, messages: [{ role: "user", content: "hi" }] })

/** Providers of three vendors, without `models:`, in front of fakes. */
const startOpen = async (plugins: readonly string[], more: object = {}) => {
  const fakes = await Promise.all(plugins.map(() => startFakeOpenAi({ strict: false })))
  const providers = plugins.map((plugin, index) => ({
    id: `p${index}`,
    plugin,
    base_url: fakes[index]!.url,
    api_key: "k",
  }))
  const gateway = await startGateway({ providers, strategy: "configured", ...more })
  stops.push(...fakes.map((fake) => () => fake.stop()), () => gateway.stop())
  return { gateway, fakes }
}

const askedOf = (fake: FakeOpenAi) => fake.requests.map(({ body }) => (JSON.parse(body) as { model: string }).model)

const rowOf = async (gateway: TestGateway, response: Response) => {
  const found = await gateway.get(`/api/v1/generation?id=${response.headers.get("x-generation-id")}`)
  return ((await found.json()) as { data: Record<string, unknown> }).data
}

test.each<[path: string, body: object]>([
  ["/v1/messages/count_tokens", { messages: [{ role: "user", content: "hi" }] }],
  ["/v1/responses/input_tokens", { input: "hi" }],
])("%s waits for what is known as well, where a name asks for it", async (path, body) => {
  const { gateway } = await startOpen(["together"])
  // Together's own name is another one, so that this one is only found by what is publicly known.
  expect((await gateway.post(path, { model: "llama-3.3-70b-instruct", ...body })).status).toBe(200)
})

describe("providers without models:, of three vendors", async () => {
  const { gateway, fakes } = await startOpen(["together", "groq", "nebius"])

  test("a canonical name, asked for before anything is loaded, leads to each of them under its own name of it", async () => {
    const response = await gateway.chat(ask("meta-llama/llama-3.3-70b-instruct"))
    expect(response.status).toBe(200)
    expect(askedOf(fakes[0]!)).toEqual(["meta-llama/Llama-3.3-70B-Instruct-Turbo"])
    expect(await rowOf(gateway, response)).toMatchObject({
      model: "meta-llama/llama-3.3-70b-instruct",
      provider_name: "p0",
    })
    for (const [only, index, name] of [
      ["p1", 1, "llama-3.3-70b-versatile"],
      ["p2", 2, "meta-llama/Llama-3.3-70B-Instruct"],
    ] as const) {
      const body = { ...ask("Meta-Llama/Llama-3.3-70B-Instruct"), provider: { only: [only] } }
      expect((await gateway.chat(body)).status).toBe(200)
      expect(askedOf(fakes[index]!)).toEqual([name])
    }
  })

  test("provider/upstream leads to that one", async () => {
    const response = await gateway.chat(ask("p2/meta-llama/Llama-3.3-70B-Instruct"))
    expect(await rowOf(gateway, response)).toMatchObject({ provider_name: "p2" })
  })

  test("they are one model with three endpoints", async () => {
    const answer = await gateway.get("/api/v1/models/meta-llama/llama-3.3-70b-instruct/endpoints")
    const { data } = (await answer.json()) as { data: { endpoints: readonly { quantization: string | null }[] } }
    expect(data.endpoints.map(({ quantization }) => quantization)).toEqual(["fp8", null, null])
  })

  test("the ledger's row says which list a price is of, and keeps it", async () => {
    const priced = async (model: string) => {
      const row = await rowOf(gateway, await gateway.chat(ask(model)))
      return [row.price_source, row.price]
    }
    // Nebius is in no list of prices but our own.
    expect(await priced("p2/Qwen/Qwen3-32B")).toMatchObject(["overlay", { input: 0.1, output: 0.3 }])
    expect(await priced("p1/llama-3.3-70b-versatile")).toMatchObject(["genai-prices", { input: 0.59, output: 0.79 }])
    expect(await priced("p1/nobody-knows-it")).toEqual(["none", null])
  })

  test("the file's word goes before all lists", async () => {
    const models = [{ id: "qwen/qwen3-32b", upstream: "Qwen/Qwen3-32B", price: { input: 5, output: 6 } }]
    const provider = { id: "p2", plugin: "nebius", base_url: fakes[2]!.url, api_key: "k", models }
    expect(await gateway.configure({ providers: [provider] })).toMatchObject({ ok: true })
    const row = await rowOf(gateway, await gateway.chat(ask("qwen/qwen3-32b")))
    expect(row).toMatchObject({ price_source: "config", price: { input: 5, output: 6 } })
    // What it does not say is known all the same.
    const { data } = (await (await gateway.get("/v1/models")).json()) as { data: readonly Record<string, unknown>[] }
    expect(data.find(({ id }) => id === "qwen/qwen3-32b")).toMatchObject({ context_window: 128_000 })
  })
})

test("calls that are no conversation wait for what is known as well", async () => {
  const { gateway, fakes } = await startOpen(["mistral"])
  await gateway.post("/v1/embeddings", { model: "mistralai/mistral-embed", input: "x" })
  expect(askedOf(fakes[0]!)).toEqual(["mistral-embed"])
})

test("a request that finds what it names waits for nothing, and a name that nobody knows is refused as ever", async () => {
  const models = [{ id: "test/model", upstream: "m", price: { input: 1, output: 2 } }]
  const { gateway } = await startOpen([], {})
  const fake = await startFakeOpenAi({ strict: false })
  stops.push(() => fake.stop())
  await gateway.configure({
    providers: [{ id: "house", plugin: "openai-compatible", base_url: fake.url, api_key: "k", models }],
  })
  const before = await snapshotOf(gateway)
  expect((await gateway.chat(ask("test/model"))).status).toBe(200)
  // What is loaded makes a new snapshot.
  expect(await snapshotOf(gateway)).toBe(before)
  const refused = await gateway.chat(ask("test/modal"))
  expect(refused.status).toBe(404)
  expect(await refused.text()).toContain("test/model")
  expect(await snapshotOf(gateway)).toBe(before + 1)
})

async function snapshotOf(gateway: TestGateway): Promise<number> {
  const state = await gateway.get("/admin/state", "test-management-key-0123456789")
  return ((await state.json()) as { snapshot: number }).snapshot
}

test("a request under way keeps what it began with while more becomes known", async () => {
  const { gateway, fakes } = await startOpen(["groq"])
  const streaming = gateway.chat({ ...ask("p0/stall"), stream: true })
  await fakes[0]!.request(0)
  // Loads what is known.
  expect((await gateway.get("/v1/models")).status).toBe(200)
  expect((await gateway.chat(ask("meta-llama/llama-3.3-70b-instruct"))).status).toBe(200)
  fakes[0]!.requests[0]!.cut()
  expect((await streaming).status).toBeGreaterThanOrEqual(200)
  expect(askedOf(fakes[0]!)).toContain("llama-3.3-70b-versatile")
})
