import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { defineVendor } from "../../../plugins/anthropic/provider.ts"
import { vendors } from "../../../plugins/anthropic/vendors.ts"
import type { ChatRequest, Tool, WireChat } from "../../../src/contract/index.ts"
import { answers } from "../../kit/fake-anthropic/scenarios.ts"
import { signatureOf } from "../../kit/fake-anthropic/validate.ts"
import { startFakeAnthropic } from "../../kit/fake-anthropic.ts"
import { type FoldedAnswer, foldParts } from "../../kit/fold-parts.ts"
import { ask, chat, decodeBytes, wireOf } from "../../kit/wire-client.ts"
import type { FakeUpstream } from "../../kit/wire-server.ts"

const model = "claude-sonnet-4-5"
let fake: FakeUpstream
let wire: WireChat
beforeAll(() => {
  fake = startFakeAnthropic()
  wire = wireOf(
    defineVendor(vendors[0]!).create({ id: "anthropic", apiKey: "k", baseUrl: fake.url, headers: {}, options: {} }),
  )
})
afterAll(() => fake.stop())

const tools: Tool[] = [
  { type: "function", name: "get_weather", parameters: { type: "object", properties: { city: { type: "string" } } } },
  { type: "function", name: "get time", parameters: { type: "object", properties: {} } },
]

const folded = async (text: string, request: Partial<ChatRequest> = {}): Promise<FoldedAnswer> =>
  foldParts((await ask(wire, model, chat({ text, stream: true, ...request }))).parts)

describe("every answer of the fake", () => {
  for (const text of ["hello", ...Object.keys(answers)]) {
    test(`${text}: the whole reply is the folded stream`, async () => {
      const request = chat({ text, tools })
      const whole = await ask(wire, model, request)
      const streamed = await ask(wire, model, { ...request, stream: true })
      expect(foldParts(streamed.parts)).toEqual(foldParts(whole.parts))
      expect(foldParts(whole.parts).finish).toHaveLength(1)
    })
  }

  test("gives the same parts wherever its bytes are split", async () => {
    for (const text of ["thinking tool", "parallel tools", "web search"]) {
      const request = chat({ text, tools, stream: true })
      const { parts, bytes } = await ask(wire, model, request)
      for (let at = 1; at < bytes.length; at++)
        expect(decodeBytes(wire, model, request, bytes, [at])).toEqual([...parts])
      const every = Array.from({ length: bytes.length - 1 }, (_, at) => at + 1)
      expect(decodeBytes(wire, model, request, bytes, every)).toEqual([...parts])
    }
  })
})

describe("the parts of an answer", () => {
  test("text, usage and identity", async () => {
    expect(await folded("hello")).toEqual({
      start: { type: "start", id: "msg_01FAKE", model, serviceTier: "standard" },
      blocks: [{ type: "text", index: 0, text: "Hello from the fake, said word by word." }],
      usage: {
        input: { fresh: 25, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, audio: 0, image: 0 },
        output: { text: 12, reasoning: 0, audio: 0, image: 0 },
      },
      finish: [{ type: "finish", reason: "stop", raw: "end_turn" }],
      error: undefined,
    })
  })

  test("parallel calls, with the names that the client used", async () => {
    const { blocks, finish } = await folded("parallel tools", { tools })
    expect(blocks).toEqual([
      { type: "text", index: 0, text: "Looking at both." },
      {
        type: "tool-call",
        index: 1,
        id: "toolu_01a",
        name: "get_weather",
        kind: "function",
        arguments: '{"city":"Paris"}',
      },
      {
        type: "tool-call",
        index: 2,
        id: "toolu_01b",
        name: "get time",
        kind: "function",
        arguments: '{"city":"Oslo"}',
      },
    ])
    expect(finish).toEqual([{ type: "finish", reason: "tool-calls", raw: "tool_use" }])
  })

  test("a call without arguments has {} once", async () => {
    expect((await folded("zero tool", { tools })).blocks).toMatchObject([{ arguments: "{}" }])
  })

  test("thinking with its signature, tokens apart", async () => {
    const { blocks, usage } = await folded("thinking")
    expect(blocks[0]).toEqual({
      type: "reasoning",
      index: 0,
      format: "anthropic-claude-v1",
      text: "Six times seven is 42.",
      signature: signatureOf("Six times seven is 42."),
    })
    expect(usage?.output).toEqual({ text: 15, reasoning: 25, audio: 0, image: 0 })
  })

  test("redacted thinking is encrypted reasoning", async () => {
    expect((await folded("redacted")).blocks[0]).toEqual({
      type: "reasoning",
      index: 0,
      format: "anthropic-claude-v1",
      encrypted: "cmVkYWN0ZWQ=",
    })
  })

  test("citations cover their block, counted over the whole text; server tools stay opaque", async () => {
    const { blocks, usage } = await folded("web search")
    expect(blocks.map(({ type }) => type)).toEqual(["opaque", "opaque", "text", "text", "citation"])
    expect(blocks[0]).toMatchObject({ dialect: "messages", data: { name: "web_search", input: { query: "moon" } } })
    expect(blocks.at(-1)).toEqual({
      type: "citation",
      index: 3,
      url: "https://example.com/moon",
      title: "Moon",
      content: "round",
      startIndex: 13,
      endIndex: 31,
      extras: {
        messages: {
          type: "web_search_result_location",
          url: "https://example.com/moon",
          title: "Moon",
          cited_text: "round",
          encrypted_index: "x",
        },
      },
    })
    expect(usage?.counters).toEqual({ webSearch: 1 })
  })

  test("cache counters are disjoint, writes split by age", async () => {
    const { usage } = await folded("cache")
    expect(usage?.input).toEqual({ fresh: 7, cacheRead: 1000, cacheWrite: 100, cacheWrite1h: 200, audio: 0, image: 0 })
  })

  test("finish reasons", async () => {
    expect((await folded("max tokens")).finish).toMatchObject([{ reason: "length", raw: "max_tokens" }])
    expect((await folded("stop sequence")).finish).toMatchObject([{ reason: "stop", stopSequence: "END" }])
    expect((await folded("pause")).finish).toMatchObject([{ reason: "stop", raw: "pause_turn" }])
    const refused = await folded("refusal")
    expect(refused.finish).toMatchObject([{ reason: "content-filter", raw: "refusal" }])
    expect(refused.blocks).toEqual([{ type: "refusal-delta", index: 0, text: "Not about that." }])
  })
})

describe("a stream that goes wrong", () => {
  test("cut before message_stop is interrupted, with the usage that was counted", async () => {
    const { error, usage } = await folded("cut")
    expect(error?.code).toBe("stream_interrupted")
    expect(usage?.input.fresh).toBe(25)
  })

  test("an error event is an error part, and nothing follows", async () => {
    expect((await folded("error first")).error?.code).toBe("provider_overloaded")
    const later = await folded("error later")
    expect(later.error?.code).toBe("provider_overloaded")
    expect(later.blocks).toHaveLength(1)
    await expect(ask(wire, model, chat({ text: "error in 200" }))).rejects.toMatchObject({
      code: "provider_overloaded",
    })
  })

  const decode = (...events: string[]) => {
    const decoder = wire.dialect.decodeStream({
      profile: wire.profile(model),
      model,
      request: chat({ stream: true }),
      newId: (prefix) => prefix,
    })
    return [...events.flatMap((data) => decoder.push({ data })), ...decoder.end()]
  }

  test("unknown events, deltas and blocks are passed over; forgotten starts and stops are made up", () => {
    const parts = decode(
      '{"type":"from_the_future"}',
      '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}',
      '{"type":"content_block_delta","index":0,"delta":{"type":"from_the_future"}}',
      '{"type":"content_block_delta","index":9,"delta":{"type":"input_json_delta","partial_json":"{"}}',
      '{"type":"content_block_start","index":1,"content_block":{"type":"new_block","x":1}}',
      "[DONE]",
      '{"type":"message_stop"}',
    )
    expect(foldParts(parts)).toMatchObject({
      start: { type: "start" },
      blocks: [
        { type: "text", text: "a" },
        { type: "opaque", data: { type: "new_block", x: 1 } },
      ],
      finish: [{ reason: "other", raw: null }],
    })
  })

  test("what is not JSON, or an error without a type, is an error", () => {
    expect(foldParts(decode("<html>")).error?.code).toBe("bad_provider_response")
    expect(foldParts(decode('{"error":{"message":"rate limit","type":"rate_limit_error"}}')).error?.code).toBe(
      "rate_limited",
    )
    expect(() => wire.dialect.decodeReply("x", { profile: {}, model, request: chat(), newId: String })).toThrow()
  })

  test("message_delta may correct the input counters", () => {
    const parts = decode(
      '{"type":"message_start","message":{"usage":{"input_tokens":10,"cache_read_input_tokens":5,"output_tokens":1}}}',
      '{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":12,"cache_read_input_tokens":null,"output_tokens":9}}',
      '{"type":"message_stop"}',
    )
    expect(foldParts(parts).usage).toMatchObject({ input: { fresh: 12, cacheRead: 5 }, output: { text: 9 } })
  })
})
