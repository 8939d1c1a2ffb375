import { describe, expect, test } from "bun:test"
import { createAnthropic } from "@ai-sdk/anthropic"
import Anthropic from "@anthropic-ai/sdk"
import { generateText, jsonSchema, stepCountIs, streamText as streamTextOf, tool } from "ai"
import { type ChatPart, type Face, GatewayError, type Json, type ReplyPatch } from "../../../src/contract/index.ts"
import { messages, messagesClient, openrouterFace, requestyFace } from "../../../src/dialects/index.ts"
import { estimate } from "../../kit/chat-completions.ts"
import { identity, streamText, whole } from "../../kit/messages.ts"

/** The vendors' own clients judge what the encoders and the native lane write. No server: their `fetch` is given. */

const usage: ChatPart = {
  type: "usage",
  usage: {
    input: { fresh: 10, cacheRead: 5, cacheWrite: 0, cacheWrite1h: 0, audio: 0, image: 0 },
    output: { text: 4, reasoning: 3, audio: 0, image: 0 },
  },
}

const thinkingAndCalls: readonly ChatPart[] = [
  { type: "start" },
  { type: "reasoning-start", index: 0, format: "openai-responses-v1", id: "rs_1" },
  { type: "reasoning-delta", index: 0, text: "Two calls." },
  { type: "reasoning-delta", index: 0, encrypted: "secret" },
  { type: "reasoning-end", index: 0 },
  { type: "reasoning-start", index: 1, format: "google-gemini-v1" },
  { type: "reasoning-delta", index: 1, encrypted: "alone" },
  { type: "reasoning-end", index: 1 },
  { type: "text-start", index: 2 },
  { type: "text-delta", index: 2, text: "Looking " },
  { type: "text-delta", index: 2, text: "at both." },
  { type: "citation", index: 2, url: "https://example.com", title: "E", content: "both" },
  { type: "text-end", index: 2 },
  { type: "tool-call-start", index: 3, id: "call_a", name: "weather", kind: "function" },
  { type: "tool-call-start", index: 4, id: "call_b", name: "weather", kind: "function" },
  { type: "tool-call-delta", index: 3, arguments: '{"city"' },
  { type: "tool-call-delta", index: 4, arguments: "" },
  { type: "tool-call-delta", index: 3, arguments: ':"Oslo"' },
  { type: "tool-call-delta", index: 3, arguments: "}" },
  { type: "tool-call-end", index: 3 },
  { type: "tool-call-end", index: 4 },
  usage,
  { type: "finish", reason: "tool-calls", raw: "tool_calls" },
]
const searched: readonly ChatPart[] = [
  { type: "start" },
  {
    type: "opaque",
    index: 0,
    dialect: "messages",
    data: { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "moon" } },
  },
  {
    type: "opaque",
    index: 1,
    dialect: "messages",
    data: {
      type: "web_search_tool_result",
      tool_use_id: "srvtoolu_1",
      content: [
        {
          type: "web_search_result",
          url: "https://example.com",
          title: "Moon",
          encrypted_content: "e",
          page_age: null,
        },
      ],
    },
  },
  { type: "text-start", index: 2 },
  { type: "text-delta", index: 2, text: "Round." },
  { type: "text-end", index: 2 },
  usage,
  { type: "finish", reason: "stop", raw: "end_turn" },
]
const plain: readonly ChatPart[] = [
  { type: "start" },
  { type: "text-start", index: 0 },
  { type: "text-delta", index: 0, text: '{"answer":42}' },
  { type: "text-end", index: 0 },
  usage,
  { type: "finish", reason: "stop", raw: "stop" },
]

/** The same answers as an upstream of this format would give them, let through the native lane. */
const patch = (face: Face): ReplyPatch => ({
  id: "msg_1",
  model: "a/b",
  face: face.name,
  provider: "Acme",
  includeUsage: true,
  price: () => 0.5,
  estimate,
})
const lanes = {
  translated: { stream: streamText, whole },
  native: {
    stream: (parts: readonly ChatPart[], options: { face: Face }) => {
      const tap = messages.native!.stream(patch(options.face), "acme")
      const out = tap.push(new TextEncoder().encode(streamText(parts))) ?? new Uint8Array()
      return Buffer.concat([out, tap.end() ?? new Uint8Array()]).toString()
    },
    whole: (parts: readonly ChatPart[], options: { face: Face }) =>
      JSON.parse(messages.native!.reply(JSON.stringify(whole(parts)), patch(options.face), "acme").text),
  },
}

/** The gateway's answer to a body that it refuses. */
const refusalOf = (body: Json): Response | undefined => {
  try {
    messagesClient.decodeRequest(body)
  } catch (error) {
    if (!GatewayError.is(error)) throw error
    const status = messagesClient.errorStatus!(error, requestyFace)
    return Response.json(messagesClient.errorBody(error, requestyFace, { requestId: "r" }), { status })
  }
  return undefined
}

const cases = (["translated", "native"] as const).flatMap((lane) =>
  [requestyFace, openrouterFace].map((face) => ({ lane, name: face.name, face })),
)

describe.each(cases)("$lane lane, $name face", ({ lane, face }) => {
  /** Answers each request with the next of the answers, streamed where that is asked for. */
  const answering = (...answers: (readonly ChatPart[])[]) => {
    const bodies: { messages: object[] }[] = []
    const send = async (_url: unknown, init: { body: string }) => {
      const body = JSON.parse(init.body)
      const refusal = refusalOf(body)
      if (refusal) return refusal
      const parts = answers[Math.min(bodies.length, answers.length - 1)]!
      bodies.push(body)
      return body.stream
        ? new Response(lanes[lane].stream(parts, { face }), { headers: { "content-type": "text/event-stream" } })
        : Response.json(lanes[lane].whole(parts, { face }))
    }
    return { fetch: send as unknown as typeof fetch, bodies }
  }
  const sdk = (given: { fetch: typeof fetch }) => new Anthropic({ apiKey: "k", maxRetries: 0, fetch: given.fetch })
  const ask = { model: "a/b", max_tokens: 100, messages: [{ role: "user" as const, content: "hi" }] }
  const expectCalls = (message: { content: { type: string }[]; stop_reason: string | null; usage: object }) => {
    expect(message.content.map(({ type }) => type)).toEqual([
      "thinking",
      "redacted_thinking",
      "text",
      "tool_use",
      "tool_use",
    ])
    expect(message.content[3]).toMatchObject({ id: "call_a", input: { city: "Oslo" } })
    expect(message.content[4]).toMatchObject({ id: "call_b", input: {} })
    expect(message.stop_reason).toBe("tool_use")
    expect(message.usage).toMatchObject({ input_tokens: 10, cache_read_input_tokens: 5, output_tokens: 7, cost: 0.5 })
  }

  test("@anthropic-ai/sdk: create", async () => {
    expectCalls(await sdk(answering(thinkingAndCalls)).messages.create(ask))
  })

  test("@anthropic-ai/sdk: create, streamed", async () => {
    const types: string[] = []
    const stream = await sdk(answering(thinkingAndCalls)).messages.create({ ...ask, stream: true })
    for await (const event of stream) types.push(event.type)
    expect(types.at(0)).toBe("message_start")
    expect(types.at(-1)).toBe("message_stop")
  })

  test("@anthropic-ai/sdk: the stream helper", async () => {
    const stream = sdk(answering(thinkingAndCalls)).messages.stream(ask)
    const texts: string[] = []
    const thoughts: string[] = []
    stream.on("text", (text) => texts.push(text)).on("thinking", (text) => thoughts.push(text))
    const message = await stream.finalMessage()
    expect(texts).toEqual(["Looking ", "at both."])
    expect(thoughts).toEqual(["Two calls."])
    // The helper keeps the cost that stands at the start, which may not know the output yet.
    expectCalls({ ...message, usage: { ...message.usage, cost: 0.5 } })
    expect((message.content[2] as { citations?: object[] }).citations).toMatchObject([{ url: "https://example.com" }])
  })

  test("@anthropic-ai/sdk: the beta tool runner calls tools and sends back what it got", async () => {
    const given = answering(thinkingAndCalls, plain)
    const seen: unknown[] = []
    const weather = {
      type: "custom" as const,
      name: "weather",
      input_schema: { type: "object" as const, properties: { city: { type: "string" } } },
      parse: (input: unknown) => input,
      run: (input: unknown) => {
        seen.push(input)
        return "rain"
      },
    }
    const final = await sdk(given).beta.messages.toolRunner({ ...ask, tools: [weather] })
    expect(seen).toEqual([{ city: "Oslo" }, {}])
    expect(final.stop_reason).toBe("end_turn")
    // Its first try asks for a thread; told that there are none, it sends whole conversations.
    expect(given.bodies).toHaveLength(2)
    const [, echoed, results] = given.bodies[1]!.messages as { content: { type: string }[] }[]
    expect(echoed?.content[0]).toMatchObject({ type: "thinking", signature: expect.stringContaining("sbx1.") })
    expect(results?.content.map(({ type }) => type)).toEqual(["tool_result", "tool_result"])
  })

  test("@anthropic-ai/sdk: the parse helper", async () => {
    const schema = { type: "object", properties: { answer: { type: "integer" } } } as const
    const format = { type: "json_schema" as const, schema, parse: (text: string) => JSON.parse(text) as unknown }
    const message = await sdk(answering(plain)).beta.messages.parse({ ...ask, output_config: { format } } as never)
    expect(message.parsed_output as unknown).toEqual({ answer: 42 })
  })

  test("@anthropic-ai/sdk: server tools", async () => {
    for (const message of [
      await sdk(answering(searched)).messages.create(ask),
      await sdk(answering(searched)).messages.stream(ask).finalMessage(),
    ]) {
      expect(message.content.map(({ type }) => type)).toEqual(["server_tool_use", "web_search_tool_result", "text"])
      expect(message.content[0]).toMatchObject({ input: { query: "moon" } })
    }
  })

  const aiSdk = (given: { fetch: typeof fetch }) => createAnthropic({ apiKey: "k", fetch: given.fetch })("a/b")
  const tools = () => ({
    weather: tool({
      inputSchema: jsonSchema<{ city?: string }>({ type: "object", properties: { city: { type: "string" } } }),
      execute: async () => "rain",
    }),
  })

  test("@ai-sdk/anthropic: an agent's loop, whole", async () => {
    const given = answering(thinkingAndCalls, plain)
    const result = await generateText({
      model: aiSdk(given),
      prompt: "hi",
      maxOutputTokens: 100,
      tools: tools(),
      stopWhen: stepCountIs(3),
    })
    expect(result.text).toBe('{"answer":42}')
    expect(result.steps[0]?.toolCalls.map(({ input }) => input)).toEqual([{ city: "Oslo" }, {}])
    expect(JSON.stringify(given.bodies[1])).toContain("sbx1.")
  })

  test("@ai-sdk/anthropic: an agent's loop, streamed", async () => {
    const given = answering(thinkingAndCalls, plain)
    const result = streamTextOf({
      model: aiSdk(given),
      prompt: "hi",
      maxOutputTokens: 100,
      tools: tools(),
      stopWhen: stepCountIs(3),
    })
    await result.consumeStream()
    const steps = await result.steps
    expect(steps.map(({ finishReason }) => finishReason)).toEqual(["tool-calls", "stop"])
    expect(steps[0]?.reasoningText).toBe("Two calls.")
    expect(steps[0]?.usage).toMatchObject({ inputTokens: 15, outputTokens: 7 })
    const echoed = (given.bodies[1]!.messages as { content: { type: string; data?: string }[] }[])[1]
    expect(echoed?.content.slice(0, 2)).toMatchObject([{ type: "thinking" }, { type: "redacted_thinking" }])
  })

  test("@ai-sdk/anthropic: server tools", async () => {
    const model = () => aiSdk(answering(searched))
    expect((await generateText({ model: model(), prompt: "hi", maxOutputTokens: 100 })).text).toBe("Round.")
    const streamed = streamTextOf({ model: model(), prompt: "hi", maxOutputTokens: 100 })
    expect(await streamed.text).toBe("Round.")
  })
})

test("the answers name who gave them", () => {
  expect(whole(plain)).toMatchObject({ id: identity.id, model: identity.model, provider: "Acme" })
})
