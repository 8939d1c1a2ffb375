import { afterAll, describe, expect, test } from "bun:test"
import type { ChatRequest, Tool } from "../../../src/contract/index.ts"
import { askSigned, callsOf, failureOf, servingWire, textOf } from "../../kit/signed-client.ts"
import { chat, encode, user } from "../../kit/wire-client.ts"
import { startRig } from "./kit.ts"

const { fake, create } = await startRig()
const provider = create()
afterAll(() => fake.stop())

const weather: Tool = {
  type: "function",
  name: "get_weather",
  parameters: { type: "object", properties: { city: { type: "string" } } },
  strict: true,
}
const call = {
  type: "tool-call",
  id: "call_1",
  name: "get_weather",
  arguments: '{"city":"Oslo"}',
  kind: "function",
} as const
const toolTurn: ChatRequest = chat({
  tools: [weather],
  messages: [
    user("weather?"),
    { role: "assistant", content: [call] },
    { role: "tool", callId: "call_1", content: [{ type: "text", text: "3 degrees" }] },
  ],
})
const encoded = (model: string, request: ChatRequest) => encode(servingWire(provider, model), model, request)

describe("golden bodies", () => {
  test("Gemini: a tool turn without ids, a tier that Vertex AI has no field for", () => {
    const { body, losses } = encoded("gemini-3-flash", { ...toolTurn, serviceTier: "priority", maxOutputTokens: 50 })
    expect(body).toEqual({
      contents: [
        { role: "user", parts: [{ text: "weather?" }] },
        {
          role: "model",
          parts: [
            {
              functionCall: { name: "get_weather", args: { city: "Oslo" } },
              thoughtSignature: "skip_thought_signature_validator",
            },
          ],
        },
        { role: "user", parts: [{ functionResponse: { name: "get_weather", response: { output: "3 degrees" } } }] },
      ],
      tools: [
        {
          functionDeclarations: [
            { name: "get_weather", parametersJsonSchema: { type: "object", properties: { city: { type: "string" } } } },
          ],
        },
      ],
      toolConfig: { functionCallingConfig: { mode: "VALIDATED" } },
      generationConfig: { maxOutputTokens: 50 },
    })
    expect(losses.map(({ path }) => path)).toEqual(["service_tier"])
  })

  test("Claude: the version in the body, the model in the address, no strict tools", () => {
    const { body, losses } = encoded("anthropic/claude-sonnet-4-5@20250929", {
      ...toolTurn,
      maxOutputTokens: 50,
      stream: true,
    })
    expect(body).toEqual({
      anthropic_version: "vertex-2023-10-16",
      max_tokens: 50,
      messages: [
        { role: "user", content: [{ type: "text", text: "weather?" }] },
        {
          role: "assistant",
          content: [{ type: "tool_use", id: "call_1", name: "get_weather", input: { city: "Oslo" } }],
        },
        {
          role: "user",
          content: [{ type: "tool_result", tool_use_id: "call_1", content: "3 degrees" }],
        },
      ],
      tools: [
        {
          name: "get_weather",
          input_schema: { type: "object", properties: { city: { type: "string" } } },
          eager_input_streaming: true,
        },
      ],
      stream: true,
    })
    expect(losses).toEqual([
      expect.objectContaining({ path: "tools[0].function.strict", code: "parameter_unsupported", action: "dropped" }),
    ])
  })

  test("open models: chat completions with the publisher in the name", () => {
    const model = "meta/llama-4-maverick-17b-128e-instruct-maas"
    const { body } = encoded(model, chat({ text: "hi", maxOutputTokens: 50 }))
    expect(body).toEqual({ model, messages: [{ role: "user", content: "hi" }], max_tokens: 50 })
  })

  test("Claude: a structured answer by way of a tool, a URL refused with its path", () => {
    const responseFormat = { type: "json-schema", name: "a", schema: { type: "object", properties: {} } } as const
    const { body } = encoded("claude-opus-4-8", chat({ responseFormat }))
    expect(body).not.toHaveProperty("output_config.format")
    expect(body.tools).toMatchObject([{ name: "json" }])
    const image = { type: "media", kind: "image", source: { type: "url", url: "https://a.test/b.png" } } as const
    const messages = [{ role: "user", content: [image] }] as const
    expect(() => encoded("claude-opus-4-8", chat({ messages }))).toThrow("send the image as a data: URL")
  })
})

const models = [
  "gemini-2.5-flash",
  "gemini-3-flash",
  "claude-sonnet-4-5@20250929",
  "meta/llama-4-maas",
  "4711471147114711",
]

for (const model of models)
  describe(model, () => {
    const ask = (request: Partial<ChatRequest> & { readonly text?: string }) =>
      askSigned(provider, model, chat(request))

    test("answers whole and streamed alike", async () => {
      const whole = await ask({ text: "hello" })
      const streamed = await ask({ text: "hello", stream: true })
      expect(textOf(whole.parts)).not.toBe("")
      expect(textOf(streamed.parts)).toBe(textOf(whole.parts))
      for (const { parts } of [whole, streamed])
        expect(parts.map(({ type }) => type)).toEqual(expect.arrayContaining(["start", "finish", "usage"]))
    })

    test("calls tools, and takes their results", async () => {
      const text = model.includes("llama") ? "!parallel-tools" : "parallel tools"
      for (const stream of [true, false]) {
        const { parts } = await ask({ text, stream, tools: [weather] })
        const calls = callsOf(parts)
        expect(calls).toHaveLength(2)
        expect(new Set(calls.map(({ id }) => id)).size).toBe(2)
      }
      expect(textOf((await askSigned(provider, model, toolTurn)).parts)).not.toBe("")
    })

    test("overflow has both numbers", async () => {
      const text = model.includes("llama") ? "!error-context" : "overflow"
      const error = await failureOf(() => ask({ text }))
      expect(error.code).toBe("context_length_exceeded")
      expect(error.message).toMatch(/\d+ tokens, limit \d+/)
    })

    test("a list of errors is an error", async () => {
      const error = await failureOf(() => ask({ text: "error list", stream: true }))
      expect(error.code).toBe("provider_overloaded")
      expect(error.message).toContain("The service is unavailable.")
    })

    test("quotas: money, a day, a minute", async () => {
      expect(await failureOf(() => ask({ text: "spend cap" }))).toMatchObject({
        code: "provider_quota",
        upstreamStatus: 429,
      })
      expect(await failureOf(() => ask({ text: "day quota" }))).toMatchObject({ code: "rate_limited", retry: "next" })
    })
  })

test("Gemini's limit per minute is a wait, whatever it says of plans and billing", async () => {
  const error = await failureOf(() => askSigned(provider, "gemini-3-flash", chat({ text: "rate limit" })))
  expect(error).toMatchObject({ code: "rate_limited", retry: "same", retryAfterMs: 12_000 })
})

test("thinking comes back signed over two turns of Claude", async () => {
  const model = "claude-sonnet-4-5@20250929"
  const reasoning = { effort: "high" } as const
  const { parts } = await askSigned(
    provider,
    model,
    chat({ text: "thinking tool", stream: true, tools: [weather], reasoning }),
  )
  const signature = parts.flatMap((part) => (part.type === "reasoning-delta" && part.signature ? [part.signature] : []))
  const thought = parts.flatMap((part) => (part.type === "reasoning-delta" && part.text ? [part.text] : [])).join("")
  const [used] = callsOf(parts)
  const next = chat({
    tools: [weather],
    reasoning,
    messages: [
      user("thinking tool"),
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: thought, signature: signature[0]!, format: "anthropic-claude-v1" },
          { ...call, id: used!.id, arguments: '{"city":"Paris"}' },
        ],
      },
      { role: "tool", callId: used!.id, content: [{ type: "text", text: "3" }] },
    ],
  })
  const { losses } = await askSigned(provider, model, next)
  expect(losses.filter(({ code }) => code !== "parameter_unsupported")).toEqual([])
  expect(JSON.stringify(fake.requests.at(-1)?.body)).toContain(signature[0]!)
})

test("betas of the client go up beside the operator's; its version does not", () => {
  const wire = servingWire(create({ headers: { "Anthropic-Beta": "own-1" } }), "claude-opus-4-8")
  const forwarded = { "anthropic-beta": "context-management-2025-06-27", "anthropic-version": "2026-10-21" }
  const { headers } = wire.endpoint({ model: "claude-opus-4-8", stream: false, forwarded })
  expect(headers["anthropic-beta"]).toBe("own-1,context-management-2025-06-27")
  expect(headers).not.toHaveProperty("anthropic-version")
})
