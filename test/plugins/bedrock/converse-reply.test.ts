import { afterAll, describe, expect, test } from "bun:test"
import type { ChatRequest, JsonObject, Tool } from "../../../src/contract/index.ts"
import { streamReply, replies as table } from "../../kit/fake-bedrock/answers.ts"
import { exceptions } from "../../kit/fake-bedrock/failures.ts"
import { concat, eventFrame } from "../../kit/fake-bedrock/frames.ts"
import { startFakeBedrock } from "../../kit/fake-bedrock.ts"
import { foldParts } from "../../kit/fold-parts.ts"
import { chat } from "../../kit/wire-client.ts"
import { decodeBytes, provider, tell, wireFor } from "./kit.ts"

const fake = startFakeBedrock()
afterAll(() => fake.stop())

const model = "amazon.nova-pro-v1:0"
const wire = wireFor(provider({ url: fake.url }), model)
const weather: Tool = { type: "function", name: "weather", parameters: { type: "object", properties: {} } }
const json: ChatRequest["responseFormat"] = { type: "json-schema", name: "city", schema: { type: "object" } }

const requestOf = (text: string): Partial<ChatRequest> & { text: string } => ({
  text,
  ...(text.includes("tool") ? { tools: [weather, { type: "function", name: "now" }] } : {}),
})

describe("a stream and a whole reply give the same answer", () => {
  for (const text of ["hello", ...Object.keys(table)])
    test(text, async () => {
      const whole = await tell(wire, model, chat(requestOf(text)))
      const streamed = await tell(wire, model, chat({ ...requestOf(text), stream: true }))
      expect(foldParts(streamed.parts)).toEqual(foldParts(whole.parts))
      expect(foldParts(whole.parts).finish).toHaveLength(1)
    })
})

describe("a stream cut at every byte gives the same parts", () => {
  for (const text of ["tool", "thinking", "redacted", "cited", "stop sequence", "zero tool"])
    test(text, () => {
      const request = chat({ ...requestOf(text), stream: true })
      const bytes = concat(streamReply(table[text]!))
      const whole = decodeBytes(wire, model, request, bytes)
      for (let at = 1; at < bytes.length; at++) expect(decodeBytes(wire, model, request, bytes, [at])).toEqual(whole)
    })
})

const folded = async (text: string, fields: Partial<ChatRequest> = {}) =>
  foldParts((await tell(wire, model, chat({ ...requestOf(text), stream: true, ...fields }))).parts)

test("text and reasoning open with their first delta, since nothing announces them", async () => {
  const { blocks } = await folded("thinking")
  expect(blocks).toEqual([
    { type: "reasoning", index: 0, format: "bedrock-amazon-v1", text: "Two and two.", signature: "c2lnbmF0dXJl" },
    { type: "text", index: 1, text: "The answer is 4." },
  ])
})

test("redacted reasoning that comes in pieces is one value, byte for byte", async () => {
  expect((await folded("redacted")).blocks[0]).toMatchObject({ type: "reasoning", encrypted: "AAECAwQFBgcICQ==" })
})

test("calls side by side, and one without arguments", async () => {
  const parallel = (await folded("parallel tools")).blocks
  expect(parallel.map(({ id, arguments: input }) => [id, input])).toEqual([
    ["tooluse_1", '{"city":"Köln"}'],
    ["tooluse_2", '{"city":"Oslo"}'],
  ])
  expect((await folded("zero tool")).blocks[0]).toMatchObject({ name: "now", arguments: "{}" })
})

test("the tool of a structured answer becomes the answer's text", async () => {
  const answer = await folded("answer tool", { responseFormat: json, tools: [] })
  expect(answer.blocks).toEqual([{ type: "text", index: 1, text: '{"city":"Köln"}' }])
  expect(answer.finish[0]).toMatchObject({ reason: "stop" })
})

test("citations of the web carry their address; places in documents stay with those who know them", async () => {
  const { blocks } = await folded("cited")
  expect(blocks.find(({ type }) => type === "citation")).toMatchObject({
    url: "https://example.com/water",
    title: "Water",
    content: "wet",
    startIndex: 0,
    endIndex: 13,
  })
  expect(blocks.find(({ type }) => type === "opaque")).toMatchObject({ dialect: "bedrock-converse" })
})

test("usage comes after the finish, in disjoint buckets with an hour's writes apart", async () => {
  const { parts } = await tell(wire, model, chat({ text: "cache", stream: true }))
  expect(parts.slice(-2).map(({ type }) => type)).toEqual(["finish", "usage"])
  expect(foldParts(parts).usage).toEqual({
    input: { fresh: 5, cacheRead: 100, cacheWrite: 100, cacheWrite1h: 200, audio: 0, image: 0 },
    output: { text: 7, reasoning: 0, audio: 0, image: 0 },
  })
})

describe("finish reasons", () => {
  const expected = {
    hello: ["stop", "end_turn"],
    tool: ["tool-calls", "tool_use"],
    "max tokens": ["length", "max_tokens"],
    "stop sequence": ["stop", "stop_sequence"],
    guardrail: ["content-filter", "guardrail_intervened"],
    malformed: ["error", "malformed_tool_use"],
  }
  for (const [text, [reason, raw]] of Object.entries(expected))
    test(raw as string, async () => {
      expect((await folded(text)).finish[0]).toMatchObject({ reason, raw })
    })

  test("the stop sequence that was met", async () => {
    expect((await folded("stop sequence")).finish[0]).toMatchObject({ stopSequence: "three" })
  })
})

describe("exceptions in the middle of a stream", () => {
  const codes: Readonly<Record<string, string>> = {
    "stream internal": "provider_down",
    "stream model": "provider_down",
    "stream unavailable": "provider_overloaded",
    "stream throttled": "rate_limited",
    "stream invalid": "upstream_invalid_request",
    "stream timeout": "provider_timeout",
  }
  for (const text of Object.keys(exceptions))
    test(text, async () => {
      const { parts } = await tell(wire, model, chat({ text, stream: true }))
      const last = parts.at(-1)
      expect(last?.type === "error" && last.error.code).toBe(codes[text] as never)
      expect(last?.type === "error" && last.error.message).not.toBe("")
    })
})

test("a stream that ends in a frame throws, one that ends between two yields an error", async () => {
  expect((await tell(wire, model, chat({ text: "cut", stream: true })).catch((thrown) => thrown)).code).toBe(
    "stream_interrupted",
  )
  expect((await folded("short")).error?.code).toBe("stream_interrupted")
})

test("a message without its usage is complete all the same", () => {
  const frames = streamReply(table["max tokens"]!).slice(0, -1)
  const answer = foldParts(decodeBytes(wire, model, chat({ stream: true }), concat(frames)))
  expect([answer.error, answer.usage, answer.finish.length]).toEqual([undefined, undefined, 1])
})

test("events and blocks of the future break nothing", () => {
  const frames = streamReply(table.thinking!)
  const strange: JsonObject = { contentBlockIndex: 7, delta: { hologram: { depth: 3 } } }
  const bytes = concat([
    eventFrame("tomorrow", { x: 1 }),
    ...frames.slice(0, 2),
    eventFrame("contentBlockDelta", strange),
    ...frames.slice(2),
  ])
  const { blocks, error } = foldParts(decodeBytes(wire, model, chat({ stream: true }), bytes))
  expect(error).toBeUndefined()
  expect(blocks.find(({ type }) => type === "opaque")).toMatchObject({ data: { hologram: { depth: 3 } } })
})

test("an answer that is none, and an exception inside a 200", () => {
  const source = { model, profile: wire.profile(model), request: chat(), newId: (prefix: string) => prefix }
  expect(() => wire.dialect.decodeReply({ choices: [] }, source)).toThrow("not a message")
  expect(() =>
    wire.dialect.decodeReply({ __type: "com.amazon#ThrottlingException", message: "Rate exceeded" }, source),
  ).toThrow("Rate exceeded")
})
