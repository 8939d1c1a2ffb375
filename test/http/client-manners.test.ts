import { afterAll, expect, test } from "bun:test"
import { createOpenAI } from "@ai-sdk/openai"
import { createOpenAICompatible } from "@ai-sdk/openai-compatible"
import Anthropic from "@anthropic-ai/sdk"
import { GoogleGenAI } from "@google/genai"
import { type LanguageModel, streamText } from "ai"
import { startFakeOpenAi } from "../kit/fake-openai.ts"
import { messagesFamily, responsesFamily } from "../kit/families/formats.ts"
import { startFamilies } from "../kit/families/rig.ts"
import { inferenceKey } from "../kit/gateway.ts"

const openai = await startFakeOpenAi()
const price = { input: 3, output: 15 }
const chatFamily = {
  ...(await messagesFamily()),
  name: "chat",
  model: "test/chat",
  providers: [
    {
      id: "chat",
      plugin: "openai-compatible",
      base_url: openai.url,
      api_key: "k",
      models: [{ id: "test/chat", upstream: "gpt-4o-mini", price }],
    },
  ],
  stop: openai.stop,
}
const rig = await startFamilies([chatFamily, await messagesFamily(), await responsesFamily()], {
  keys: [
    { name: "test", key: inferenceKey },
    { name: "limited", key: "limited-inference-key-0123456789", limit: 10 },
  ],
})
afterAll(() => rig.stop())

const { url } = rig.gateway
const user = (content: string) => ({ role: "user" as const, content })

test("Google's SDK asks for v1 by itself", async () => {
  const client = new GoogleGenAI({ apiKey: inferenceKey, httpOptions: { baseUrl: url } })
  const reply = await client.models.generateContent({ model: "test/messages", contents: "hello" })
  expect(reply.text).toBeString()
  const counted = await client.models.countTokens({ model: "test/messages", contents: "hello" })
  expect(counted.totalTokens).toBeGreaterThan(0)
})

const openAi = createOpenAI({ baseURL: `${url}/v1`, apiKey: inferenceKey })
const compatible = createOpenAICompatible({ name: "x", baseURL: `${url}/v1`, apiKey: inferenceKey })

test.each<readonly [string, (model: string) => LanguageModel]>([
  ["openai.chat", (model) => openAi.chat(model)],
  ["openai.responses", (model) => openAi.responses(model)],
  ["openai-compatible", (model) => compatible(model)],
])("the AI SDK's %s sees that a stream broke off", async (_, model) => {
  for (const [name, prompt] of [
    ["test/chat", "!cut"],
    ["test/messages", "cut"],
  ] as const) {
    let seen: unknown
    const result = streamText({
      model: model(name),
      prompt,
      maxRetries: 0,
      onError: ({ error }) => {
        seen = error
      },
    })
    await result.consumeStream({ onError: () => undefined })
    expect(JSON.stringify(seen)).toMatch(/stream_interrupted|broke off|ended before/)
  }
})

test("Anthropic's SDK finds the request's id in answers and errors", async () => {
  const client = new Anthropic({ baseURL: url, apiKey: inferenceKey, maxRetries: 0 })
  const ask = (model: string) => client.messages.create({ model, max_tokens: 50, messages: [user("hello")] })
  expect((await ask("test/messages"))._request_id).toMatch(/^req_/)
  const refused = await ask("test/nothing").catch((error: unknown) => error)
  expect(refused).toMatchObject({ status: 404, requestID: expect.stringMatching(/^req_/) })
})

test("an output limit of 0 warms Anthropic's cache, and is the least of others", async () => {
  const ask = (model: string) => rig.gateway.post("/v1/messages", { model, max_tokens: 0, messages: [user("hello")] })
  const [claude, gpt] = [await ask("test/messages"), await ask("test/chat")]
  expect([claude.status, gpt.status]).toEqual([200, 200])
  expect(claude.headers.get("x-signalbox-losses")).toBeNull()
  expect(gpt.headers.get("x-signalbox-losses")).toBe("1; clamped=max_tokens")
  expect(rig.families[1]!.bodies("test/messages").at(-1)).toMatchObject({ max_tokens: 0 })
  expect(JSON.parse(openai.requests.at(-1)!.body)).toMatchObject({ max_tokens: 1 })
})

test("a health check with one token reaches an API that takes no limit so small, also with a limited key", async () => {
  for (const key of [inferenceKey, "limited-inference-key-0123456789"]) {
    const body = { model: "test/responses", max_tokens: 1, messages: [user("hello")] }
    const reply = await rig.gateway.chat(body, { authorization: `Bearer ${key}` })
    expect(reply.status).toBe(200)
    expect(reply.headers.get("x-signalbox-losses")).toBe("1; clamped=max_tokens")
    expect(rig.families[2]!.bodies("test/responses").at(-1)).toMatchObject({ max_output_tokens: 16 })
  }
})

test("a torn history of tools from another format is mended for a strict server, and told", async () => {
  const call = { type: "tool_use", id: "c1", name: "f", input: {} }
  const reply = await rig.gateway.post("/v1/messages", {
    model: "test/chat",
    max_tokens: 50,
    tools: [{ name: "f", input_schema: { type: "object" } }],
    messages: [
      user("q"),
      { role: "assistant", content: [call] },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "gone", content: "r" },
          { type: "text", text: "hi" },
        ],
      },
    ],
  })
  expect(reply.status).toBe(200)
  const lost = reply.headers.get("x-signalbox-losses")
  expect(lost).toBe("2; approximated=messages[1], dropped=messages[2].content[0]")
})

test("lists that are null are absent, which OpenAI itself refuses", async () => {
  const reply = await rig.gateway.chat({ model: "test/chat", messages: [user("hi")], tools: null, modalities: null })
  expect(reply.status).toBe(200)
  const sent = JSON.parse(openai.requests.at(-1)!.body)
  expect(Object.keys(sent)).not.toContain("tools")
})

test("an address that is not there is told in the words of its API", async () => {
  const at = async (path: string, method: string) => {
    const response = await fetch(`${url}${path}`, { method })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  expect(await at("/v1/messages", "GET")).toMatchObject({
    status: 405,
    body: { type: "error", error: { type: expect.any(String) } },
  })
  expect(await at("/v1/messages/batches", "POST")).toMatchObject({
    status: 404,
    body: { type: "error", error: { type: "not_found_error" } },
  })
  expect(await at("/v1beta/models/test/chat:generateContent", "DELETE")).toMatchObject({
    body: { error: { status: expect.any(String) } },
  })
  expect(await at("/v1/nothing", "POST")).toMatchObject({ status: 404, body: { error: { code: "not_found" } } })
})

test("a completion has an id of its API", async () => {
  const response = await rig.gateway.post("/v1/completions", { model: "test/chat", prompt: "x" })
  expect(((await response.json()) as { id: string }).id).toMatch(/^cmpl-[A-Za-z0-9]{24}$/)
})
