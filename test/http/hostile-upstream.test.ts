import { afterAll, describe, expect, test } from "bun:test"
import { gzipSync } from "node:zlib"
import { adminKey, events, inferenceKey, startGateway } from "../kit/gateway.ts"
import { chunked, pour, startRawUpstream, streamHead, wholeHead } from "../kit/raw-upstream.ts"
import { errorOf } from "../kit/upstreams.ts"

const piece = Buffer.alloc(65_536, "a")
/** 512 MiB: far more than any bound, so that a test without the bound is seen by what was taken. */
const many = 8192
const bound = 64 * 1024 * 1024
/** What sockets hold on both sides on top of a bound. */
const slack = 32 * 1024 * 1024

const event = (delta: Readonly<Record<string, unknown>>, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: "x", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`

const whole = (usage: string, content = "hi") =>
  `{"id":"x","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"${content}"},"finish_reason":"stop"}],"usage":${usage}}`

const usages = {
  "usage-infinite": '{"prompt_tokens":1,"completion_tokens":1e308,"total_tokens":1}',
  "usage-cached": '{"prompt_tokens":1,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":1e15}}',
  "cost-infinite": '{"prompt_tokens":1,"completion_tokens":1,"cost":1e300}',
} as const

const body = (text: string, more = "") => wholeHead(Buffer.byteLength(text), more) + text

const upstream = await startRawUpstream({
  "endless-line": (socket) => {
    socket.write(streamHead)
    socket.write(chunked('data: {"id":"'))
    pour(socket, chunked(piece), many)
  },
  "endless-comment": (socket) => {
    socket.write(streamHead)
    socket.write(chunked(": "))
    pour(socket, chunked(piece), many)
  },
  "endless-whole": (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{"id":"')
    pour(socket, piece, many)
  },
  "says-large": (socket) => void socket.write(wholeHead(bound + 1)),
  bomb: (socket) => {
    const small = gzipSync(Buffer.alloc(bound * 4, "a"))
    socket.write(wholeHead(small.length, "content-encoding: gzip\r\n"))
    socket.write(small)
  },
  "stays-open": (socket) => {
    socket.write(streamHead)
    socket.write(chunked(`${event({ content: "hi" })}${event({}, "stop")}data: [DONE]\n\n`))
  },
  "claude-stays-open": (socket) => {
    const send = (data: { readonly type: string }) =>
      socket.write(chunked(`event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`))
    const message = { id: "msg_1", type: "message", role: "assistant", model: "m", content: [], stop_reason: null }
    socket.write(streamHead)
    send({ type: "message_start", message: { ...message, usage: { input_tokens: 3, output_tokens: 1 } } } as never)
    send({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } } as never)
    send({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "hi" } } as never)
    send({ type: "content_block_stop", index: 0 } as never)
    send({ type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } } as never)
    send({ type: "message_stop" })
  },
  drip: (socket) => {
    socket.write(streamHead)
    const timer = setInterval(() => socket.write(chunked(event({ content: "x" }))), 100)
    socket.on("close", () => clearInterval(timer))
  },
  "error-for-stream": (socket) =>
    void socket.write(body('{"error":{"message":"Too many requests, slow down","type":"rate_limit","code":429}}')),
  "whole-for-stream": (socket) => void socket.write(body(whole('{"prompt_tokens":3,"completion_tokens":4}'))),
  "stream-for-whole": (socket) => {
    socket.write(streamHead)
    socket.write(chunked(`${event({ content: "as a stream" })}${event({}, "stop")}data: [DONE]\n\n`))
    socket.end(chunked(""))
  },
  ...Object.fromEntries(
    Object.entries(usages).map(([name, usage]) => [name, (socket) => void socket.write(body(whole(usage)))] as const),
  ),
} satisfies Parameters<typeof startRawUpstream>[0])

const limited = "limited-key-0123456789"
const price = { input: 1, output: 2, cache_read: 0.5 }
const gateway = await startGateway({
  keys: [
    { name: "test", key: inferenceKey },
    { name: "limited", key: limited, limit: 5 },
  ],
  timeouts: { first_part: 20, idle: 20 },
  retries: { same_upstream: 0 },
  cooldown: { failures: 1_000_000 },
  providers: [
    { id: "up", plugin: "openai-compatible", base_url: upstream.url },
    { id: "claude", plugin: "anthropic", base_url: upstream.url.replace("/v1", ""), api_key: "x" },
    { id: "short", plugin: "openai-compatible", base_url: upstream.url, timeouts: { total: 1 } },
    {
      id: "priced",
      plugin: "openai-compatible",
      base_url: upstream.url,
      models: ["usage-infinite", "usage-cached"].map((name) => ({ id: `priced/${name}`, price })),
    },
  ],
})
afterAll(async () => {
  await gateway.stop()
  await upstream.stop()
})

const ask = (model: string, stream = false, key = inferenceKey) =>
  gateway.chat(
    { model, stream, messages: [{ role: "user", content: "hi" }] },
    { authorization: `Bearer ${key}`, "content-type": "application/json" },
  )

describe("memory stays bounded", () => {
  for (const [name, stream] of [
    ["endless-line", true],
    ["endless-comment", true],
    ["endless-whole", false],
  ] as const) {
    test(name, async () => {
      const closed = upstream.closed()
      const response = await ask(`up/${name}`, stream)
      expect((await errorOf(response)).code).toBe("bad_provider_response")
      expect(await closed).toBeLessThan(bound + slack)
    })
  }

  test("an answer that says it is too long is not read", async () => {
    expect((await errorOf(await ask("up/says-large"))).message).toContain("limits.reply_bytes")
  })

  test("a small body that unpacks to a large one", async () => {
    expect((await errorOf(await ask("up/bomb"))).code).toBe("bad_provider_response")
  })
})

describe("streams end", () => {
  for (const model of ["up/stays-open", "claude/claude-stays-open"])
    test(`after the terminal event, though the upstream stays open (${model})`, async () => {
      const closed = upstream.closed()
      const read = await events(await ask(model, true))
      expect(read.at(-1)).toBe("[DONE]")
      expect(read.join("\n")).not.toContain('"error"')
      await closed
    })

  test("at the deadline for whole answers", async () => {
    const read = await events(await ask("short/drip", true))
    expect(read.length).toBeGreaterThan(1)
    expect(read.at(-1)).toContain("provider_timeout")
  })
})

describe("an answer of the other form than was asked for", () => {
  test("an error keeps its code and words", async () => {
    const response = await ask("up/error-for-stream", true)
    const error = await errorOf(response)
    expect(error.code).toBe("rate_limited")
    expect(error.message).toContain("slow down")
  })

  test("a whole answer is streamed", async () => {
    const read = await events(await ask("up/whole-for-stream", true))
    expect(read.join("\n")).toContain('"content":"hi"')
    expect(read.at(-1)).toBe("[DONE]")
  })

  test("a stream is put together", async () => {
    const reply = (await (await ask("up/stream-for-whole")).json()) as { choices: { message: { content: string } }[] }
    expect(reply.choices[0]!.message.content).toBe("as a stream")
  })
})

describe("counts that no answer can have", () => {
  for (const [model, key] of [
    ["priced/usage-infinite", limited],
    ["priced/usage-cached", limited],
    ["up/cost-infinite", inferenceKey],
  ] as const) {
    test(`${model} is estimated instead, and no hold is lost`, async () => {
      const response = await ask(model, false, key)
      expect(response.status).toBe(200)
      const { usage } = (await response.json()) as { usage: { cost: number } }
      expect(usage.cost).toBeLessThan(0.01)
      const account = (await (await gateway.get("/api/v1/key", key)).json()) as { data: Record<string, number> }
      expect(account.data.limit_held ?? 0).toBe(0)
      expect(account.data.usage!).toBeLessThan(0.01)
      const state = (await (await gateway.get("/admin/state", adminKey)).json()) as { store: { status: string } }
      expect(state.store.status).toBe("ok")
    })
  }
})
