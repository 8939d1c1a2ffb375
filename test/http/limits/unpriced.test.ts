import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { type FakeOpenAi, startFakeOpenAi } from "../../kit/fake-openai.ts"
import { startGateway, type TestGateway } from "../../kit/gateway.ts"

/** A limit on money says nothing where nobody knows what is spent. */
describe("models that nobody knows a price of", () => {
  const limited = { name: "limited", key: "key-with-a-limit-0123456789", limit: 5 }
  const free = { name: "free", key: "key-without-a-limit-01234" }
  let upstream: FakeOpenAi
  let gateway: TestGateway

  const configured = (organisation: object = {}) => ({
    organisation,
    keys: [limited, free],
    providers: [
      {
        id: "near",
        plugin: "openai-compatible",
        base_url: upstream.url,
        api_key: "up",
        models: [
          { id: "acme/own", upstream: "text" },
          { id: "acme/both", upstream: "text" },
          { id: "acme/nothing", upstream: "text", price: { input: 0, output: 0 } },
        ],
      },
      {
        id: "far",
        plugin: "openai-compatible",
        base_url: upstream.url,
        api_key: "up",
        models: [{ id: "acme/both", upstream: "text", price: { input: 1, output: 2 } }],
      },
    ],
  })
  const ask = async (key: string, model: string, path = "/v1/chat/completions") => {
    const response = await fetch(`${gateway.url}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ model, messages: [{ role: "user", content: "hi" }], input: "hi" }),
    })
    return { status: response.status, text: await response.text(), headers: response.headers }
  }

  beforeAll(async () => {
    upstream = await startFakeOpenAi({ strict: false })
    gateway = await startGateway(configured())
  })
  afterAll(async () => {
    await gateway.stop()
    await upstream.stop()
  })

  test("are refused to keys with a limit, with what to do; nothing goes up", async () => {
    const before = upstream.requests.length
    for (const path of ["/v1/chat/completions", "/api/v1/chat/completions", "/v1/embeddings"]) {
      const { status, text } = await ask(limited.key, "acme/own", path)
      expect([path, status]).toEqual([path, 403])
      expect(text).toContain("organisation.unpriced")
      expect(text).toContain('key \\"limited\\"')
    }
    expect(upstream.requests.length).toBe(before)
  })
  test("are left out where another upstream has a price, however they are ordered", async () => {
    for (let round = 0; round < 5; round += 1) {
      const { status, headers } = await ask(limited.key, "acme/both")
      expect([status, headers.get("x-requesty-provider")]).toEqual([200, "far"])
    }
  })
  test("a price of nothing is a price", async () => {
    expect((await ask(limited.key, "acme/nothing")).status).toBe(200)
  })
  test("are there for keys without a limit", async () => {
    expect((await ask(free.key, "acme/own")).status).toBe(200)
  })
  test("count as free where the configuration says so", async () => {
    expect(await gateway.configure(configured({ unpriced: "allow" }))).toMatchObject({ ok: true })
    expect((await ask(limited.key, "acme/own")).status).toBe(200)
  })
})
