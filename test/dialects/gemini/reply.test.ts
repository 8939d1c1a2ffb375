import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { google } from "../../../plugins/google/provider.ts"
import type { Message, Tool, WireChat } from "../../../src/contract/index.ts"
import { answers } from "../../kit/fake-gemini/scenarios.ts"
import { signatureOf } from "../../kit/fake-gemini/validate.ts"
import { startFakeGemini } from "../../kit/fake-gemini.ts"
import { type FoldedAnswer, foldParts } from "../../kit/fold-parts.ts"
import { ask, chat, counter, decodeBytes, user, wireOf } from "../../kit/wire-client.ts"
import type { FakeUpstream } from "../../kit/wire-server.ts"

const third = "gemini-3-flash"
const second = "gemini-2.5-flash"
let fake: FakeUpstream
let wire: WireChat
beforeAll(() => {
  fake = startFakeGemini()
  wire = wireOf(google.create({ id: "google", apiKey: "k", baseUrl: fake.url, headers: {}, options: {} }))
})
afterAll(() => fake.stop())

const tools: Tool[] = [
  { type: "function", name: "get_weather", parameters: { type: "object", properties: { city: { type: "string" } } } },
  { type: "function", name: "9 lives" },
]

const folded = async (text: string, model = third): Promise<FoldedAnswer> =>
  foldParts((await ask(wire, model, chat({ text, stream: true, tools }))).parts)

describe("every answer of the fake", () => {
  const complete = ["hello", ...Object.keys(answers).filter((text) => text !== "malformed")]
  for (const model of [third, second])
    for (const text of complete)
      test(`${model} ${text}: the whole reply is the folded stream`, async () => {
        const request = chat({ text, tools })
        const whole = await ask(wire, model, request)
        const streamed = await ask(wire, model, { ...request, stream: true })
        expect(foldParts(streamed.parts)).toEqual(foldParts(whole.parts))
        expect(foldParts(whole.parts).finish).toHaveLength(1)
      })

  test("gives the same parts wherever its bytes are split", async () => {
    for (const text of ["thinking", "parallel tools", "web search"]) {
      const request = chat({ text, tools, stream: true })
      const { parts, bytes } = await ask(wire, second, request)
      for (let at = 1; at < bytes.length; at++)
        expect(decodeBytes(wire, second, request, bytes, [at])).toEqual([...parts])
      const every = Array.from({ length: bytes.length - 1 }, (_, at) => at + 1)
      expect(decodeBytes(wire, second, request, bytes, every)).toEqual([...parts])
    }
  })
})

describe("the parts of an answer", () => {
  test("text, usage, identity", async () => {
    expect(await folded("hello")).toEqual({
      start: { type: "start", id: "resp_fake", model: third },
      blocks: [{ type: "text", index: 0, text: "Hello from the fake, said in pieces." }],
      usage: {
        input: { fresh: 10, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, audio: 0, image: 0 },
        output: { text: 8, reasoning: 0, audio: 0, image: 0 },
      },
      finish: [{ type: "finish", reason: "stop", raw: "STOP" }],
      error: undefined,
    })
  })

  test("STOP with calls is tool-calls; the signature sits on the first", async () => {
    const { blocks, finish } = await folded("parallel tools")
    expect(blocks).toEqual([
      {
        type: "tool-call",
        index: 0,
        id: "fc_1",
        name: "get_weather",
        kind: "function",
        arguments: '{"city":"Paris"}',
        signature: signatureOf('{"city":"Paris"}'),
      },
      { type: "tool-call", index: 1, id: "fc_2", name: "9 lives", kind: "function", arguments: '{"city":"Oslo"}' },
    ])
    expect(finish).toEqual([{ type: "finish", reason: "tool-calls", raw: "STOP" }])
  })

  test("calls without ids get unique ones", async () => {
    expect((await folded("parallel tools", second)).blocks.map(({ id }) => id)).toEqual(["call_0", "call_1"])
    expect((await folded("zero tool", second)).blocks).toMatchObject([{ arguments: "{}" }])
  })

  test("thoughts, their tokens outside of the candidates' count, the text's signature", async () => {
    const { blocks, usage } = await folded("thinking")
    expect(blocks).toEqual([
      { type: "reasoning", index: 0, format: "google-gemini-v1", text: "Six times seven is 42." },
      { type: "text", index: 1, text: "The answer is 42." },
      { type: "reasoning", index: 2, format: "google-gemini-v1", encrypted: signatureOf("The answer is 42.") },
    ])
    expect(usage?.output).toEqual({ text: 8, reasoning: 25, audio: 0, image: 0 })
  })

  test("usage: cached tokens inside the prompt, tool-use prompts outside, media apart", async () => {
    const { usage } = await folded("cache")
    expect(usage?.input).toEqual({ fresh: 88, cacheRead: 1000, cacheWrite: 0, cacheWrite1h: 0, audio: 42, image: 100 })
  })

  test("no content on MAX_TOKENS, blocked answers, blocked prompts", async () => {
    expect(await folded("no content")).toMatchObject({
      blocks: [],
      finish: [{ reason: "length", raw: "MAX_TOKENS" }],
      usage: { output: { text: 0, reasoning: 60 } },
    })
    expect((await folded("safety")).finish).toMatchObject([{ reason: "content-filter", raw: "SAFETY" }])
    expect((await folded("blocked")).finish).toMatchObject([{ reason: "content-filter", raw: "PROHIBITED_CONTENT" }])
  })

  test("images are media, executed code is opaque", async () => {
    expect((await folded("image")).blocks[1]).toEqual({
      type: "media",
      index: 1,
      media: { type: "media", kind: "image", mime: "image/png", source: { type: "data", base64: "iVBORw0KGgo=" } },
    })
    expect((await folded("code")).blocks.map(({ type }) => type)).toEqual(["opaque", "opaque", "text"])
  })

  test("grounding counts bytes; citations count UTF-16 units", async () => {
    const { blocks, usage } = await folded("web search")
    expect(blocks.at(-1)).toEqual({
      type: "citation",
      index: 0,
      url: "https://example.com/moon",
      title: "Moon",
      content: "the moon is round.",
      startIndex: 7,
      endIndex: 25,
    })
    expect(usage?.counters).toEqual({ webSearch: 1 })
  })
})

describe("an answer that goes wrong", () => {
  test("cut before its finish reason is interrupted", async () => {
    const { error, usage } = await folded("cut")
    expect(error?.code).toBe("stream_interrupted")
    expect(usage?.input.fresh).toBe(10)
  })

  test("errors inside a 200, at the start, in the middle, in a list", async () => {
    expect((await folded("error first")).error?.code).toBe("provider_overloaded")
    expect((await folded("error later")).error?.code).toBe("provider_overloaded")
    await expect(ask(wire, third, chat({ text: "error in 200" }))).rejects.toMatchObject({
      code: "provider_overloaded",
    })
    const source = { profile: wire.profile(third), model: third, request: chat(), newId: counter() }
    const list = [{ error: { code: 429, status: "RESOURCE_EXHAUSTED", message: "slow down" } }]
    expect(() => wire.dialect.decodeReply(list, source)).toThrow("slow down")
    expect(foldParts(wire.dialect.decodeStream(source).push({ data: "<html>" })).error?.code).toBe(
      "bad_provider_response",
    )
  })

  test("a malformed call is an error that may be tried again", async () => {
    expect((await folded("malformed")).error?.code).toBe("bad_provider_response")
    await expect(ask(wire, third, chat({ text: "malformed" }))).rejects.toMatchObject({
      code: "bad_provider_response",
      retry: "same",
    })
  })

  const rows: readonly [string, Record<string, unknown>][] = [
    ["rate limit", { code: "rate_limited", retryAfterMs: 12_000, upstreamStatus: 429 }],
    ["overloaded", { code: "provider_overloaded", retry: "same" }],
    ["server error", { code: "provider_down" }],
    ["deadline", { code: "provider_timeout" }],
    ["bad key", { code: "provider_auth" }],
    ["forbidden", { code: "provider_auth" }],
    ["missing model", { code: "upstream_model_not_found" }],
    [
      "overflow",
      { code: "context_length_exceeded", message: "Input is too long for the model: 1200000 tokens, limit 1048576" },
    ],
    ["bad request", { code: "upstream_invalid_request", retry: "no" }],
  ]
  for (const [text, expected] of rows)
    test(text, () => expect(ask(wire, third, chat({ text }))).rejects.toMatchObject(expected))
})

test("signatures survive the next turn", async () => {
  const first = foldParts((await ask(wire, third, chat({ text: "thinking tool", tools, stream: true }))).parts)
  const called = first.blocks[1]
  const messages: Message[] = [
    user("thinking tool"),
    {
      role: "assistant",
      content: [
        { type: "reasoning", text: String(first.blocks[0]?.text), format: "google-gemini-v1" },
        {
          type: "tool-call",
          id: String(called?.id),
          name: String(called?.name),
          arguments: String(called?.arguments),
          kind: "function",
          signature: String(called?.signature),
        },
      ],
    },
    { role: "tool", callId: String(called?.id), content: [{ type: "text", text: "rain" }] },
  ]
  const next = await ask(wire, third, chat({ messages, tools, stream: true }))
  expect(next.losses).toEqual([])
  expect(JSON.stringify(next.body)).toContain(signatureOf('{"city":"Paris"}'))
  expect(foldParts(next.parts).error).toBeUndefined()
})
