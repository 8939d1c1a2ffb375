import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import type { ChatPart, ChatRequest, GatewayError, JsonObject, Message, Tool } from "../../../src/contract/index.ts"
import { foldParts } from "../../kit/fold-parts.ts"
import { startGateway } from "../../kit/gateway.ts"
import { chat, counter, encode, user } from "../../kit/wire-client.ts"
import { createProvider, createWire, wiresOf } from "./kit.ts"

const options = { num_ctx: 32_768, keep_alive: "10m" }
const wire = createWire("ollama", { options }, "ollama")

const sent = (request: Partial<ChatRequest>, model = "qwen3") => {
  const { body, losses } = encode(wire, model, chat(request))
  return { body, messages: body.messages as JsonObject[], lost: losses.map(({ path, code }) => `${path} ${code}`) }
}

describe("its own API is spoken where only it can be told", () => {
  const names = (more: JsonObject) =>
    wiresOf(createProvider("ollama", { options: more })).map(({ dialect }) => dialect.name)
  test("with the size of the window, alone", () => {
    expect(names({ num_ctx: 8192 })).toEqual(["ollama"])
    expect(names({ keep_alive: "1h" })).toEqual(["ollama"])
  })
  test("otherwise not", () => {
    expect(names({})).toEqual(["chat-completions", "responses", "messages"])
  })
  for (const [baseUrl, url] of [
    [undefined, "http://127.0.0.1:11434/api/chat"],
    ["http://10.0.0.1:11434", "http://10.0.0.1:11434/api/chat"],
    ["http://10.0.0.1:11434/v1", "http://10.0.0.1:11434/api/chat"],
  ] as const)
    test(`at ${url}`, () => {
      const own = createWire("ollama", { options, ...(baseUrl ? { baseUrl } : {}) }, "ollama")
      expect(own.endpoint({ model: "m", stream: true }).url).toBe(url)
    })
  test("and other abilities stay where they are", () => {
    expect(Object.keys(createProvider("ollama", { options }).abilities ?? {})).toContain("embeddings")
  })
  test("a window is a number", () => {
    expect(() => createWire("ollama", { options: { num_ctx: "big" } })).toThrow("options.num_ctx must be a number")
    expect(() => createWire("vllm", { options: { num_ctx: 1 } })).toThrow("options.num_ctx is not known")
  })
})

const weather: Tool = { type: "function", name: "weather", description: "Tells it", parameters: { type: "object" } }

describe("a request", () => {
  test("with everything that it knows", () => {
    const { body, lost } = sent({
      messages: [{ role: "developer", content: [{ type: "text", text: "s" }] }, user("a")],
      sampling: { temperature: 0.2, topP: 0.9, topK: 3, minP: 0.1, repetitionPenalty: 1.1, seed: 7 },
      maxOutputTokens: 50,
      stop: ["x"],
      tools: [weather],
      responseFormat: { type: "json-schema", name: "n", schema: { type: "object" } },
      reasoning: { enabled: true },
    })
    expect(body).toEqual({
      model: "qwen3",
      messages: [
        { role: "system", content: "s" },
        { role: "user", content: "a" },
      ],
      tools: [
        { type: "function", function: { name: "weather", description: "Tells it", parameters: { type: "object" } } },
      ],
      format: { type: "object" },
      think: true,
      options: {
        num_ctx: 32_768,
        num_predict: 50,
        temperature: 0.2,
        top_p: 0.9,
        top_k: 3,
        min_p: 0.1,
        repeat_penalty: 1.1,
        seed: 7,
        stop: ["x"],
      },
      keep_alive: "10m",
      stream: false,
    })
    expect(lost).toEqual([])
  })
  test("with what it does not know, told as lost", () => {
    const { body, lost } = sent({
      sampling: { logitBias: { 1: 1 }, topA: 0.5 },
      choices: 2,
      user: "u",
      toolChoice: "required",
      tools: [weather, { type: "web-search" }],
      parallelToolCalls: false,
      extras: { messages: { top: 1 } },
    })
    expect(body.options).toEqual({ num_ctx: 32_768 })
    expect(lost.sort()).toEqual([
      "logit_bias parameter_unsupported",
      "n parameter_unsupported",
      "parallel_tool_calls parameter_unsupported",
      "tool_choice tool_choice_unsupported",
      "tools[1] search_unsupported",
      "top foreign_field",
      "top_a parameter_unsupported",
      "user parameter_unsupported",
    ])
  })
  test("of a named tool only that one, of none none", () => {
    const tools: Tool[] = [weather, { type: "function", name: "other" }]
    expect(sent({ tools, toolChoice: { name: "other" } }).body.tools).toHaveLength(1)
    expect(sent({ tools, toolChoice: "none" }).body).not.toHaveProperty("tools")
    expect(sent({ tools, toolChoice: "none" }).lost).toEqual([])
  })
  test("thinking is a switch, but for gpt-oss", () => {
    const think = (effort: "none" | "high" | "max", model: string) => sent({ reasoning: { effort } }, model).body.think
    expect([think("none", "qwen3"), think("high", "qwen3")]).toEqual([false, true])
    expect([think("none", "gpt-oss:20b"), think("high", "gpt-oss:20b"), think("max", "gpt-oss:20b")]).toEqual([
      "low",
      "high",
      "high",
    ])
    expect(sent({ reasoning: { effort: "high" } }).lost).toEqual(["reasoning reasoning_approximated"])
    expect(sent({}).body).not.toHaveProperty("think")
  })
  test("tools over two turns, with the thoughts that led to them", () => {
    const messages: Message[] = [
      user("a"),
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "hm", format: "unknown" },
          { type: "tool-call", id: "c1", name: "weather", arguments: '{"city":"Rome"}', kind: "function" },
        ],
      },
      {
        role: "tool",
        callId: "c1",
        content: [
          { type: "text", text: "sunny" },
          { type: "media", kind: "image", source: { type: "data", base64: "iVBORw0KGgo=" }, mime: "image/png" },
        ],
      },
    ]
    const { messages: encoded, lost } = sent({ messages, tools: [weather] })
    expect(encoded.slice(1)).toEqual([
      {
        role: "assistant",
        content: "",
        thinking: "hm",
        tool_calls: [{ id: "c1", function: { name: "weather", arguments: { city: "Rome" } } }],
      },
      { role: "tool", content: "sunny", tool_name: "weather", tool_call_id: "c1" },
      { role: "user", content: "", images: ["iVBORw0KGgo="] },
    ])
    expect(lost).toEqual(["messages[2] media_moved"])
  })
  test("foreign thoughts stay here", () => {
    const reasoning = { type: "reasoning", text: "x", signature: "s", format: "anthropic-claude-v1" } as const
    const { body, lost } = sent({ messages: [user("a"), { role: "assistant", content: [reasoning] }, user("b")] })
    expect(JSON.stringify(body)).not.toContain('"x"')
    expect(lost).toEqual(["messages[1].content[0] foreign_reasoning"])
  })
  test("an image by its address is refused with its place", () => {
    const image = { type: "media", kind: "image", source: { type: "url", url: "https://x.test/a.png" } } as const
    expect(() => sent({ messages: [{ role: "user", content: [image] }] })).toThrow("messages[0].content[0]")
  })
})

const request = chat({ tools: [weather, { type: "custom", name: "shell" }] })
const source = () => ({ profile: wire.profile("m"), model: "m", request, newId: counter() })

const streamed = (lines: readonly object[]): ChatPart[] => {
  const decoder = wire.dialect.decodeStream(source())
  return [...lines.flatMap((line) => decoder.push({ data: JSON.stringify(line) })), ...decoder.end()]
}
const done = { model: "m", message: { role: "assistant", content: "" }, done: true, done_reason: "stop" }
const counts = { prompt_eval_count: 9, eval_count: 4 }
const call = (name: string, args: object) => ({ function: { name, arguments: args } })

describe("an answer", () => {
  test("has thoughts, text, calls, usage", () => {
    const message = {
      role: "assistant",
      thinking: "hm",
      content: "Let me see.",
      tool_calls: [call("weather", { city: "Rome" }), call("weather", {}), call("shell", { input: "ls -l" })],
    }
    const { blocks, usage, finish } = foldParts(
      wire.dialect.decodeReply({ ...done, ...counts, message } as JsonObject, source()),
    )
    expect(blocks).toMatchObject([
      { type: "reasoning", text: "hm", format: "unknown" },
      { type: "text", text: "Let me see." },
      { type: "tool-call", name: "weather", arguments: '{"city":"Rome"}', kind: "function" },
      { type: "tool-call", name: "weather", arguments: "{}" },
      { type: "tool-call", name: "shell", arguments: "ls -l", kind: "custom" },
    ])
    expect(usage).toMatchObject({ input: { fresh: 9 }, output: { text: 4 } })
    expect(finish).toMatchObject([{ reason: "tool-calls", raw: "stop" }])
  })
  test("streamed in any pieces is the same", () => {
    const pieces = fc.array(fc.string({ minLength: 1, maxLength: 6 }), { maxLength: 5 })
    fc.assert(
      fc.property(pieces, pieces, fc.boolean(), (thoughts, texts, calls) => {
        const tool_calls = calls ? [call("weather", { city: "Rome" })] : []
        const whole = { role: "assistant", thinking: thoughts.join(""), content: texts.join(""), tool_calls }
        const lines = [
          ...thoughts.map((thinking) => ({ message: { content: "", thinking }, done: false })),
          ...texts.map((content) => ({ message: { content }, done: false })),
          ...tool_calls.map((one) => ({ message: { content: "", tool_calls: [one] }, done: false })),
          { ...done, ...counts },
        ]
        const reply = wire.dialect.decodeReply({ ...done, ...counts, message: whole } as JsonObject, source())
        const { start: _, ...folded } = foldParts(streamed(lines))
        expect(foldParts(reply)).toMatchObject(folded)
      }),
      { seed: 7 },
    )
  })
  test("that was cut at the limit", () => {
    expect(foldParts(streamed([{ ...done, done_reason: "length" }])).finish).toMatchObject([{ reason: "length" }])
  })
  test("without its end is interrupted", () => {
    expect(streamed([{ message: { content: "Hel" }, done: false }]).at(-1)).toMatchObject({
      type: "error",
      error: { code: "stream_interrupted" },
    })
  })
  test("that is an error, whole or in the middle", () => {
    expect(() => wire.dialect.decodeReply({ error: "model runner stopped" }, source())).toThrow("model runner stopped")
    expect(streamed([{ error: "model runner stopped" }]).at(-1)).toMatchObject({ type: "error" })
    expect(() => wire.dialect.decodeReply({ done: true }, source())).toThrow("holds no message")
  })
})

test("failures are read as everywhere", () => {
  const decode = (status: number, error: string): GatewayError =>
    wire.dialect.decodeError({ status, headers: new Headers(), body: JSON.stringify({ error }) }, "ollama")
  expect(decode(404, 'model "x" not found').code).toBe("upstream_model_not_found")
  expect(decode(400, "prompt too long; exceeded max context length by 12 tokens").code).toBe("context_length_exceeded")
})

describe("through the gateway", () => {
  const lines = [
    { model: "m", message: { role: "assistant", content: "Hel" }, done: false },
    { model: "m", message: { role: "assistant", content: "lo" }, done: false },
    { ...done, ...counts },
  ]
  for (const stream of [false, true])
    test(stream ? "streamed" : "whole", async () => {
      const bodies: JsonObject[] = []
      const server = Bun.serve({
        port: 0,
        async fetch(incoming) {
          bodies.push((await incoming.json()) as JsonObject)
          expect(new URL(incoming.url).pathname).toBe("/api/chat")
          if (!stream) return Response.json({ ...done, ...counts, message: { role: "assistant", content: "Hello" } })
          return new Response(lines.map((line) => `${JSON.stringify(line)}\n`).join(""), {
            headers: { "content-type": "application/x-ndjson" },
          })
        },
      })
      const gateway = await startGateway({
        providers: [
          {
            id: "local",
            plugin: "ollama",
            base_url: `http://127.0.0.1:${server.port}/v1`,
            options,
            models: [{ id: "test/model", upstream: "qwen3" }],
          },
        ],
      })
      try {
        const usage = stream ? { stream_options: { include_usage: true } } : {}
        const asked = { model: "test/model", messages: [{ role: "user", content: "hi" }], stream, ...usage }
        const response = await gateway.chat(asked)
        expect(response.status).toBe(200)
        const text = await response.text()
        expect(text).toContain(stream ? '"Hel"' : '"Hello"')
        expect(text).toContain('"prompt_tokens":9')
        expect(bodies[0]).toMatchObject({ model: "qwen3", stream, options: { num_ctx: 32_768 } })
      } finally {
        await gateway.stop()
        await server.stop(true)
      }
    })
})
