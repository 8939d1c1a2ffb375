import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { adminKey, inferenceKey, startGateway, type TestGateway } from "../kit/gateway.ts"
import { guardrailText, type PluginFolder, pluginFolder } from "../kit/plugin-folder.ts"
import { errorOf, generationOf } from "../kit/upstreams.ts"

/** A server in OpenAI's shape whose first host fails as its path says. */
interface Upstream {
  readonly url: string
  readonly seen: { readonly path: string; readonly body: string }[]
  stop(): void
}

const limited = "limited-key-0123456789"

function startUpstream(
  answer: (path: string, body: string, signal: AbortSignal) => Response | Promise<Response>,
): Upstream {
  const seen: { path: string; body: string }[] = []
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname } = new URL(request.url)
      const body = await request.text()
      seen.push({ path: pathname, body })
      return answer(pathname, body, request.signal)
    },
  })
  return { url: `http://127.0.0.1:${server.port}/v1`, seen, stop: () => void server.stop(true) }
}

const vectorsOf = (count: number) => ({
  object: "list",
  model: "up",
  data: Array.from({ length: count }, (_, index) => ({ object: "embedding", index, embedding: [index, 0.5] })),
  usage: { prompt_tokens: 1000, total_tokens: 1000 },
})

let failing: Upstream
let working: Upstream
let plugins: PluginFolder
let gateway: TestGateway
let speaking: ReadableStreamDefaultController<Uint8Array> | undefined
let speechGone: Promise<void>

beforeAll(async () => {
  failing = startUpstream(() => Response.json({ error: { message: "out of order" } }, { status: 503 }))
  let gone: (() => void) | undefined
  speechGone = new Promise((resolve) => {
    gone = resolve
  })
  working = startUpstream((path, body) => {
    if (path.endsWith("/embeddings")) {
      const { input } = JSON.parse(body) as { input: string | string[] }
      return Response.json(vectorsOf(Array.isArray(input) ? input.length : 1))
    }
    if (path.endsWith("/audio/speech")) {
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          speaking = controller
          controller.enqueue(new Uint8Array([1, 2, 3]))
        },
        cancel: () => gone?.(),
      })
      return new Response(stream, { headers: { "content-type": "audio/mpeg" } })
    }
    return Response.json({ error: { message: `nothing at ${path}` } }, { status: 404 })
  })
  plugins = pluginFolder({ "secret-words.ts": guardrailText("secret-words", "/tuna/g", `action: "mask",`) })
  const model = (id: string, kind: string, price: object) => ({ id, upstream: "up", kind, price })
  const models = [
    model("test/vectors", "embeddings", { input: 10 }),
    model("test/voice", "speech", { per_unit: { characters: 0.001 } }),
  ]
  gateway = await startGateway({
    strategy: "configured",
    providers: [
      { id: "broken", plugin: "openai-compatible", base_url: failing.url, api_key: "k1", models },
      { id: "sound", plugin: "openai-compatible", base_url: working.url, api_key: "k2", models },
    ],
    plugins: { dir: plugins.dir },
    keys: [
      { name: "test", key: inferenceKey },
      { name: "limited", key: limited, limit: 0.02 },
    ],
    retries: { backoff_ms: 1 },
  })
})
afterAll(async () => {
  await gateway.stop()
  failing.stop()
  working.stop()
  plugins.remove()
})

describe("embeddings", () => {
  test("the next vendor answers where the first fails; both are on record, and the cost is exact", async () => {
    const response = await gateway.post("/v1/embeddings", { model: "test/vectors", input: ["a", "b"] })
    expect(response.status).toBe(200)
    const body = (await response.json()) as { data: unknown[]; usage: { cost: number; prompt_tokens: number } }
    expect(body.data).toHaveLength(2)
    // 1,000 tokens at 10 USD per million.
    expect(body.usage).toMatchObject({ prompt_tokens: 1000, cost: 0.01 })
    const record = await generationOf(gateway, response)
    expect(record).toMatchObject({ total_cost: 0.01, model: "test/vectors", status: 200 })
    expect(record.attempts.map(({ provider, outcome }) => [provider, outcome])).toEqual([
      ["broken", "failed"],
      ["sound", "ok"],
    ])
  })

  test("a guardrail sees every text, and masks it", async () => {
    await gateway.post("/v1/embeddings", { model: "test/vectors", input: ["buy tuna", "sell it"] })
    const sent = working.seen.at(-1)!.body
    expect(sent).not.toContain("tuna")
    expect(sent).toContain("sell it")
  })

  test("a key without money is refused before the call, and one with money pays", async () => {
    const asked = { model: "test/vectors", input: "x" }
    const headers = { authorization: `Bearer ${limited}` }
    expect((await gateway.post("/v1/embeddings", asked, headers)).status).toBe(200)
    expect((await gateway.post("/v1/embeddings", asked, headers)).status).toBe(200)
    const before = working.seen.length
    const refused = await gateway.post("/v1/embeddings", asked, headers)
    expect(refused.status).toBe(412)
    expect((await errorOf(refused)).code).toBe("spend_limit_reached")
    expect(working.seen.length).toBe(before)
  })

  test.each([
    [{ model: "test/vectors" }, 400, "invalid_request", "input"],
    [{ model: "test/vectors", input: [] }, 400, "invalid_request", "input"],
    [{ input: "x" }, 400, "invalid_request", "model"],
    [{ model: "test/nothing", input: "x" }, 404, "model_not_found", "model"],
    [{ model: "test/vectors", input: "x", provider: { only: ["nobody"] } }, 404, "no_endpoints", "provider.only"],
  ])("%j is refused with %i %s", async (body, status, code, param) => {
    const response = await gateway.post("/v1/embeddings", body)
    expect(response.status).toBe(status)
    expect(await errorOf(response)).toMatchObject({ code, param })
  })

  test("no key, no work", async () => {
    const before = failing.seen.length + working.seen.length
    const response = await fetch(`${gateway.url}/v1/embeddings`, { method: "POST", body: "not even JSON" })
    expect(response.status).toBe(401)
    expect(failing.seen.length + working.seen.length).toBe(before)
  })

  test("provider preferences of the body are kept to", async () => {
    const asked = { model: "test/vectors", input: "x", provider: { only: ["broken"] } }
    const response = await gateway.post("/api/v1/embeddings", asked)
    expect(response.status).toBe(503)
  })
})

describe("speech", () => {
  test("is streamed, billed by the character, and settled when it ends", async () => {
    const response = await gateway.post("/v1/audio/speech", { model: "test/voice", input: "hello", voice: "alloy" })
    expect(response.headers.get("content-type")).toBe("audio/mpeg")
    const reader = response.body!.getReader()
    expect((await reader.read()).value).toEqual(new Uint8Array([1, 2, 3]))
    speaking!.enqueue(new Uint8Array([4]))
    expect((await reader.read()).value).toEqual(new Uint8Array([4]))
    speaking!.close()
    expect((await reader.read()).done).toBe(true)
    const record = await generationOf(gateway, response)
    expect(record).toMatchObject({ total_cost: 0.005, cancelled: false })
  })

  test("a client that leaves ends the upstream, and what was spoken is billed", async () => {
    const response = await gateway.post("/v1/audio/speech", { model: "test/voice", input: "hello", voice: "alloy" })
    const reader = response.body!.getReader()
    await reader.read()
    await reader.cancel()
    await speechGone
    const record = await generationOf(gateway, response)
    expect(record).toMatchObject({ cancelled: true, total_cost: 0.005 })
  })
})

test("what names no model is refused, and lets go of everything it held", async () => {
  const refused = await gateway.post("/v1/audio/speech", { input: "x", voice: "alloy" })
  expect((await errorOf(refused)).param).toBe("model")
  const plugins = (await (await gateway.get("/admin/plugins", adminKey)).json()) as { data: { holders: number }[] }
  expect(plugins.data.length).toBeGreaterThan(3)
  expect(plugins.data.map(({ holders }) => holders).filter((count) => count !== 0)).toEqual([])
})

test("counting tokens costs nothing, leaves no row, and works without a vendor that counts", async () => {
  const asked = { model: "mock/echo", messages: [{ role: "user", content: "one two three four five" }] }
  const response = await gateway.post("/v1/messages/count_tokens", asked)
  expect(response.status).toBe(404)
  const known = { ...asked, model: "test/vectors" }
  const counted = await gateway.post("/v1/messages/count_tokens?beta=true", known)
  expect(counted.status).toBe(200)
  const { input_tokens: tokens } = (await counted.json()) as { input_tokens: number }
  expect(tokens).toBeGreaterThan(4)
  expect(tokens).toBeLessThan(60)
  expect(counted.headers.get("x-generation-id")).toBeNull()
})

test("a vendor that does not count in time leaves the estimate", async () => {
  const hanging = startUpstream(() => new Promise<Response>(() => {}))
  const other = await startGateway({
    providers: [
      {
        id: "anthropic",
        base_url: hanging.url,
        api_key: "k",
        timeouts: { first_part: 0.1 },
        models: [{ id: "anthropic/claude-sonnet-4-5" }],
      },
    ],
  })
  const messages = [{ role: "user", content: "one two three" }]
  const counted = await other.post("/v1/messages/count_tokens", { model: "anthropic/claude-sonnet-4-5", messages })
  expect(hanging.seen.map(({ path }) => path)).toEqual(["/v1/messages/count_tokens"])
  expect(counted.status).toBe(200)
  expect(((await counted.json()) as { input_tokens: number }).input_tokens).toBeGreaterThan(2)
  await other.stop()
  hanging.stop()
})
