import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import type { JsonObject } from "../../src/contract/index.ts"
import { startGateway, type TestGateway } from "../kit/gateway.ts"
import { generationOf } from "../kit/upstreams.ts"

/** Whole answers of one server that speaks every format. */
const answers: Readonly<Record<string, JsonObject>> = {
  "/v1/chat/completions": {
    id: "c",
    object: "chat.completion",
    created: 1,
    model: "up",
    choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
  },
  "/v1/messages": {
    id: "m",
    type: "message",
    role: "assistant",
    model: "up",
    content: [{ type: "text", text: "Hello" }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { input_tokens: 3, output_tokens: 1 },
  },
  "/v1/responses": {
    id: "r",
    object: "response",
    created_at: 1,
    model: "up",
    status: "completed",
    output: [
      {
        type: "message",
        id: "msg_1",
        role: "assistant",
        status: "completed",
        content: [{ type: "output_text", text: "Hello", annotations: [] }],
      },
    ],
    usage: { input_tokens: 3, output_tokens: 1, total_tokens: 4 },
  },
}

const seen: { path: string; body: JsonObject }[] = []
const server = Bun.serve({
  port: 0,
  async fetch(request) {
    const path = new URL(request.url).pathname
    seen.push({ path, body: (await request.json()) as JsonObject })
    const answer = answers[path]
    return answer ? Response.json(answer) : new Response("404 page not found", { status: 404 })
  },
})

let gateway: TestGateway
beforeAll(async () => {
  const at = (plugin: string, upstreams: readonly string[], more: JsonObject = {}) => ({
    id: plugin,
    plugin,
    api_key: "k",
    base_url: `http://127.0.0.1:${server.port}/v1`,
    models: upstreams.map((upstream) => ({ id: `${plugin}/${upstream}`, upstream })),
    ...more,
  })
  gateway = await startGateway({
    providers: [
      at("openai", ["gpt-4o", "gpt-5.6", "gpt-5.1-codex"]),
      at("vllm", ["m"]),
      at("xai", ["grok-4.3"]),
      at("groq", ["m"], { options: { formats: ["chat-completions"] } }),
    ],
  })
})
afterAll(async () => {
  await gateway.stop()
  await server.stop(true)
})

const tool = { name: "f", parameters: { type: "object", properties: {} } }
const clients = {
  chat: (model: string, more: object = {}) =>
    gateway.chat({ model, messages: [{ role: "user", content: "hi" }], ...more }),
  messages: (model: string, more: object = {}) =>
    gateway.post("/v1/messages", { model, max_tokens: 50, messages: [{ role: "user", content: "hi" }], ...more }),
  responses: (model: string, more: object = {}) => gateway.post("/v1/responses", { model, input: "hi", ...more }),
} as const

const cases: readonly (readonly [string, keyof typeof clients, string, object, string, "native" | "translated"])[] = [
  ["chat stays chat", "chat", "openai/gpt-4o", {}, "/v1/chat/completions", "native"],
  ["Responses stay Responses", "responses", "openai/gpt-4o", {}, "/v1/responses", "native"],
  ["Messages, which OpenAI does not speak", "messages", "openai/gpt-4o", {}, "/v1/chat/completions", "translated"],
  ["a model that only Responses reach", "chat", "openai/gpt-5.1-codex", {}, "/v1/responses", "translated"],
  [
    "functions for a model that reasons",
    "chat",
    "openai/gpt-5.6",
    { tools: [{ type: "function", function: tool }], reasoning_effort: "high" },
    "/v1/responses",
    "translated",
  ],
  ["the same model without them", "chat", "openai/gpt-5.6", {}, "/v1/chat/completions", "native"],
  ["Messages at a local server", "messages", "vllm/m", {}, "/v1/messages", "native"],
  ["Responses at a local server", "responses", "vllm/m", {}, "/v1/responses", "native"],
  ["chat at a local server", "chat", "vllm/m", {}, "/v1/chat/completions", "native"],
  ["Messages at xAI, which prefers Responses", "messages", "xai/grok-4.3", {}, "/v1/responses", "translated"],
  ["chat at xAI", "chat", "xai/grok-4.3", {}, "/v1/chat/completions", "native"],
  ["a search at xAI", "chat", "xai/grok-4.3", { tools: [{ type: "web_search" }] }, "/v1/responses", "translated"],
  ["a format that the entry leaves out", "responses", "groq/m", {}, "/v1/chat/completions", "translated"],
]

describe("the upstream's format for a request", () => {
  for (const [name, client, model, more, path, lane] of cases)
    test(name, async () => {
      seen.length = 0
      const response = await clients[client](model, more)
      const text = await response.text()
      expect([response.status, text]).toEqual([200, expect.stringContaining("Hello")])
      expect(seen.map((request) => request.path)).toEqual([path])
      const { attempts } = await generationOf(gateway, response)
      expect(attempts.map((attempt) => attempt.lane)).toEqual([lane])
    })

  test("the detour keeps functions and effort", async () => {
    seen.length = 0
    const more = { tools: [{ type: "function", function: tool }], reasoning_effort: "max" }
    await (await clients.chat("openai/gpt-5.6", more)).text()
    expect(seen[0]?.body).toMatchObject({
      model: "gpt-5.6",
      store: false,
      reasoning: { effort: "max" },
      tools: [{ type: "function", name: "f" }],
      include: ["reasoning.encrypted_content"],
    })
  })
})
