import { afterAll, describe, expect, test } from "bun:test"
import { startFakeOpenAi } from "../kit/fake-openai.ts"
import { adminKey, inferenceKey, startGateway } from "../kit/gateway.ts"
import { errorOf } from "../kit/upstreams.ts"

const fake = await startFakeOpenAi({ strict: false, keyless: true })
const gateway = await startGateway({
  limits: { body_bytes: 100_000, body_seconds: 1 },
  providers: [{ id: "up", plugin: "openai-compatible", base_url: fake.url, models: [{ id: "up/gpt-4o-mini" }] }],
  keys: [
    { name: "test", key: inferenceKey },
    { name: "off", key: "disabled-key-0123456789", disabled: true },
    { name: "old", key: "expired-key-0123456789", expires_at: "2020-01-01T00:00:00Z" },
  ],
})
afterAll(async () => {
  await gateway.stop()
  await fake.stop()
})

const hi = [{ role: "user", content: "hi" }]

const endless = `${'{"a":'.repeat(12_000)}1${"}".repeat(12_000)}`

test.each([
  ["/v1/embeddings", `{"model":"up/gpt-4o-mini","input":"x","metadata":${endless}}`],
  ["/v1/embeddings", `{"model":"up/gpt-4o-mini","input":${endless}}`],
  ["/v1/rerank", `{"model":"up/gpt-4o-mini","query":"x","documents":["a"],"x":${endless}}`],
  ["/v1/completions", `{"model":"up/gpt-4o-mini","prompt":${endless}}`],
  ["/v1/completions", `{"model":"up/gpt-4o-mini","prompt":"x","logit_bias":${endless}}`],
  ["/v1/images/generations", `{"model":"up/gpt-4o-mini","prompt":"x","x":${endless}}`],
  ["/v1/audio/speech", `{"model":"up/gpt-4o-mini","input":"x","voice":"x","x":${endless}}`],
  ["/v1/messages/count_tokens", `{"model":"up/gpt-4o-mini","messages":${endless}}`],
  ["/v1/responses", `{"model":"up/gpt-4o-mini","input":${endless}}`],
  ["/v1/feedback", endless],
])("%s refuses what nests without end, before anybody has to write it", async (path, body) => {
  const refused = await gateway.post(path, body)
  expect(refused.status).toBe(400)
  expect(await refused.text()).toContain("levels deep")
  expect(fake.count).toBe(0)
})

interface Case {
  readonly name: string
  readonly body: string
  readonly status: number
  readonly code: string
  readonly param?: string
  readonly says?: string
}

const cases: readonly Case[] = [
  { name: "broken JSON", body: '{"model": "x", ', status: 400, code: "invalid_json" },
  { name: "an empty body", body: "", status: 400, code: "invalid_json" },
  { name: "an array", body: "[]", status: 400, code: "invalid_request" },
  { name: "broken inside", body: '{"messages":[{"role":"user" "content":1}]}', status: 400, code: "invalid_json" },
  ...["models", "provider", "plugins", "tools", "modalities", "preset"].map((field) => ({
    name: `${field} that hold no JSON`,
    body: `{"model":"up/gpt-4o-mini","messages":[{"role":"user","content":"x"}],"${field}":[nul]}`,
    status: 400,
    code: "invalid_json",
  })),
  ...["Model", "MESSAGES", "Max_Tokens", "me\u017f\u017fages", "ſtream", "\\u004dodel"].map((field) => ({
    name: `${field}, which some upstreams take for another field`,
    body: `{"model":"up/gpt-4o-mini","messages":[{"role":"user","content":"x"}],"${field}":"dear"}`,
    status: 400,
    code: "invalid_request",
    says: "in nothing but its case",
  })),
  ...["metadata", "trace", "provider", "tools", "whatever"].map((field) => ({
    name: `${field} that nest without end`,
    body: `{"model":"up/gpt-4o-mini","messages":[{"role":"user","content":"x"}],"${field}":${'{"a":'.repeat(12_000)}1${"}".repeat(12_000)}}`,
    status: 400,
    code: "invalid_request",
    says: "levels deep",
  })),
  { name: "no messages", body: '{"model":"up/gpt-4o-mini"}', status: 400, code: "invalid_request", param: "messages" },
  {
    name: "empty messages",
    body: '{"model":"up/gpt-4o-mini","messages":[]}',
    status: 400,
    code: "invalid_request",
    param: "messages",
  },
  {
    name: "a wrong type deep inside",
    body: JSON.stringify({ model: "up/gpt-4o-mini", messages: [hi[0], { role: "user", content: 5 }] }),
    status: 400,
    code: "invalid_request",
    param: "messages[1].content",
  },
  {
    name: "a wrong role",
    body: JSON.stringify({ messages: [{ role: 7, content: "x" }] }),
    status: 400,
    code: "invalid_request",
    param: "messages[0].role",
  },
  {
    name: "a wrong temperature",
    body: JSON.stringify({ model: "up/gpt-4o-mini", messages: hi, temperature: "hot" }),
    status: 400,
    code: "invalid_request",
    param: "temperature",
  },
  {
    name: "max_tokens of 0",
    body: JSON.stringify({ messages: hi, max_tokens: 0 }),
    status: 400,
    code: "invalid_request",
    param: "max_tokens",
  },
  {
    name: "stream as text",
    body: JSON.stringify({ messages: hi, stream: "yes" }),
    status: 400,
    code: "invalid_request",
    param: "stream",
  },
  {
    name: "models as text",
    body: JSON.stringify({ messages: hi, models: "a/b" }),
    status: 400,
    code: "invalid_request",
    param: "models",
  },
  {
    name: "model twice",
    body: '{"model":"a","model":"b","messages":[{"role":"user","content":"x"}]}',
    status: 400,
    code: "invalid_request",
    param: "model",
    says: "twice",
  },
  {
    name: "an unknown model",
    body: JSON.stringify({ model: "up/gpt-4o-mimi", messages: hi }),
    status: 404,
    code: "model_not_found",
    param: "model",
    says: '"up/gpt-4o-mini"',
  },
]

describe("bodies", () => {
  for (const one of cases) {
    test(one.name, async () => {
      const response = await gateway.chat(one.body)
      const error = await errorOf(response)
      expect(response.status).toBe(one.status)
      expect(error.code).toBe(one.code)
      if (one.param) expect(error.param).toBe(one.param)
      if (one.says) expect(error.message).toContain(one.says)
      expect(fake.count).toBe(0)
    })
  }

  test("a body that says it is too large is refused unread", async () => {
    const response = await gateway.chat(JSON.stringify({ messages: [{ role: "user", content: "x".repeat(200_000) }] }))
    expect(response.status).toBe(413)
    expect((await errorOf(response)).code).toBe("payload_too_large")
  })

  test("a chunked body is counted while it comes", async () => {
    let sent = 0
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode("x".repeat(20_000)))
        if (++sent > 20) controller.close()
      },
    })
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      body,
      headers: { authorization: `Bearer ${inferenceKey}` },
    })
    expect(response.status).toBe(413)
  })

  test("a body that never ends is given up", async () => {
    const { promise, resolve } = Promise.withResolvers<string>()
    let text = ""
    const socket = await Bun.connect({
      hostname: "127.0.0.1",
      port: Number(new URL(gateway.url).port),
      socket: {
        data: (_, bytes) => {
          text += bytes.toString()
          if (text.includes("request_timeout")) resolve(text)
        },
        close: () => resolve(text),
      },
    })
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${inferenceKey}\r\nContent-Length: 50\r\n\r\n{"mod`,
    )
    expect(await promise).toContain("408")
    socket.end()
  })
})

describe("keys", () => {
  const call = (headers: Record<string, string>, path = "/v1/chat/completions") =>
    fetch(`${gateway.url}${path}`, { method: "POST", body: JSON.stringify({ messages: hi }), headers })
  const table: readonly (readonly [string, Record<string, string>, number, number, string])[] = [
    ["none", {}, 401, 401, "missing_api_key"],
    ["unknown", { authorization: "Bearer nope" }, 403, 401, "invalid_api_key"],
    ["disabled", { authorization: "Bearer disabled-key-0123456789" }, 403, 401, "key_disabled"],
    ["expired", { authorization: "Bearer expired-key-0123456789" }, 403, 401, "key_expired"],
    ["a management key", { authorization: `Bearer ${adminKey}` }, 403, 403, "wrong_key_kind"],
  ]
  for (const [name, headers, requesty, openrouter, code] of table) {
    test(name, async () => {
      const first = await call(headers)
      expect(first.status).toBe(requesty)
      expect((await errorOf(first)).code).toBe(code)
      const second = await call(headers, "/api/v1/chat/completions")
      expect(second.status).toBe(openrouter)
      expect(((await second.json()) as { error: { code: number } }).error.code).toBe(openrouter)
    })
  }

  test("x-api-key counts as well", async () => {
    const response = await gateway.chat(
      { model: "up/gpt-4o-mini", messages: hi },
      { "x-api-key": inferenceKey, authorization: "Bearer nope" },
    )
    expect(response.status).toBe(200)
  })

  test("in the query string it is refused, whatever else is sent", async () => {
    const response = await call({ authorization: `Bearer ${inferenceKey}` }, `/v1/chat/completions?key=${inferenceKey}`)
    expect(response.status).toBe(400)
    expect((await errorOf(response)).code).toBe("key_in_query")
    expect(gateway.logged()).not.toContain(inferenceKey)
  })

  test("an inference key cannot manage", async () => {
    for (const path of ["/admin/state", "/admin/plugins", "/admin/keys"])
      expect((await gateway.get(path)).status).toBe(403)
  })
})

test("an unknown route answers in the manners of its prefix", async () => {
  expect((await errorOf(await gateway.get("/v1/nothing"))).code).toBe("not_found")
  expect(((await (await gateway.get("/api/v1/nothing")).json()) as { error: { code: number } }).error.code).toBe(404)
})

describe("a known path with another method", () => {
  const cases = [
    ["GET", "/v1/chat/completions", "POST"],
    ["DELETE", "/v1/models", "GET"],
    ["PUT", "/api/v1/chat/completions", "POST"],
    ["POST", "/api/v1/models", "GET"],
    ["POST", "/admin/state", "GET"],
    ["GET", "/admin/reload", "POST"],
    ["POST", "/health", "GET"],
  ] as const
  for (const [method, path, allow] of cases) {
    test(`${method} ${path}`, async () => {
      const response = await fetch(`${gateway.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${inferenceKey}` },
      })
      expect(response.status).toBe(405)
      expect(response.headers.get("allow")).toBe(allow)
      const { error } = (await response.json()) as {
        error: { code: string | number; message: string; metadata?: { signalbox_code: string } }
      }
      // In the words of the face whose prefix it is.
      if (path.startsWith("/api/v1"))
        expect(error).toMatchObject({ code: 405, metadata: { signalbox_code: "method_not_allowed" } })
      else expect(error.code).toBe("method_not_allowed")
      expect(error.message).toContain(allow)
    })
  }

  test("a path with a parameter", async () => {
    const response = await fetch(`${gateway.url}/admin/keys/some-id`, { method: "PUT" })
    expect(response.status).toBe(405)
    expect(response.headers.get("allow")?.split(", ").length).toBeGreaterThan(0)
  })
})
