import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { defineVendor } from "../../../plugins/anthropic/provider.ts"
import { vendors } from "../../../plugins/anthropic/vendors.ts"
import type { ChatRequest, JsonObject, Tool, ToolChoice, WireChat } from "../../../src/contract/index.ts"
import { validate } from "../../kit/fake-anthropic/validate.ts"
import { startFakeAnthropic } from "../../kit/fake-anthropic.ts"
import { foldParts } from "../../kit/fold-parts.ts"
import { ask, chat, encode, wireOf } from "../../kit/wire-client.ts"
import type { FakeUpstream } from "../../kit/wire-server.ts"

const structured = "claude-sonnet-4-5"
const unstructured = "claude-sonnet-4-20250514"
const newest = "claude-opus-5-5"
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
  { type: "function", name: "a", parameters: { type: "object", properties: {} } },
  { type: "function", name: "b", description: "B" },
]

describe("tool choice", () => {
  const rows: readonly [ToolChoice, Partial<ChatRequest>, string, JsonObject, readonly string[], number][] = [
    ["auto", {}, structured, { type: "auto" }, ["a", "b"], 0],
    ["none", {}, structured, { type: "none" }, ["a", "b"], 0],
    ["required", {}, structured, { type: "any" }, ["a", "b"], 0],
    [{ name: "b" }, {}, structured, { type: "tool", name: "b" }, ["a", "b"], 0],
    [
      "auto",
      { parallelToolCalls: false },
      structured,
      { type: "auto", disable_parallel_tool_use: true },
      ["a", "b"],
      0,
    ],
    [{ name: "b" }, { reasoning: { effort: "low" } }, structured, { type: "auto" }, ["b"], 1],
    ["required", { reasoning: { effort: "low" } }, structured, { type: "auto" }, ["a", "b"], 1],
    [{ name: "b" }, {}, newest, { type: "auto" }, ["b"], 1],
    [
      {
        dialect: "chat-completions",
        opaque: {
          type: "allowed_tools",
          allowed_tools: { mode: "required", tools: [{ type: "function", function: { name: "a" } }] },
        },
      },
      {},
      structured,
      { type: "any" },
      ["a"],
      0,
    ],
  ]
  for (const [toolChoice, fields, model, expected, names, losses] of rows)
    test(`${JSON.stringify(toolChoice)} ${JSON.stringify(fields)} ${model}`, () => {
      const { body, losses: lost } = encode(wire, model, chat({ tools, toolChoice, ...fields }))
      expect(body.tool_choice).toEqual(expected)
      expect((body.tools as JsonObject[]).map(({ name }) => name as string)).toEqual([...names])
      expect(lost).toHaveLength(losses)
      expect(validate(body)).toBeUndefined()
    })
})

describe("tools", () => {
  test("eager arguments in streams, strict only where schemas are compiled, other vendors' tools dropped", () => {
    const strict: Tool = {
      type: "function",
      name: "s",
      strict: true,
      parameters: { type: "object", properties: { n: { type: "integer", minimum: 1 } } },
    }
    const foreign: Tool = { type: "opaque", dialect: "chat-completions", data: { type: "web_search" } }
    const own: Tool = { type: "opaque", dialect: "messages", data: { type: "web_search_20250305", name: "web_search" } }
    const { body, losses } = encode(wire, structured, chat({ tools: [strict, foreign, own], stream: true }))
    expect(body.tools).toEqual([
      {
        name: "s",
        input_schema: {
          type: "object",
          properties: { n: { type: "integer", description: "minimum: 1" } },
          additionalProperties: false,
        },
        strict: true,
        eager_input_streaming: true,
      },
      { type: "web_search_20250305", name: "web_search" },
    ])
    expect(losses.map(({ path, action }) => `${path} ${action}`)).toEqual([
      "tools[0].function.parameters.properties.n.minimum moved",
      "tools[1] dropped",
    ])
    expect(encode(wire, unstructured, chat({ tools: [strict] })).losses.map(({ path }) => path)).toEqual([
      "tools[0].function.strict",
    ])
  })

  test("a free-text tool is wrapped, and its calls are unwrapped", async () => {
    const custom: Tool = { type: "custom", name: "patch", format: { type: "grammar", syntax: "lark", definition: "x" } }
    const { body } = encode(wire, structured, chat({ tools: [custom] }))
    expect(body.tools).toMatchObject([{ name: "patch", input_schema: { required: ["input"] } }])
    const decoder = wire.dialect.decodeStream({
      profile: wire.profile(structured),
      model: structured,
      request: chat({ tools: [custom] }),
      newId: String,
    })
    const parts = [
      '{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"patch","input":{}}}',
      '{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\\"input\\":"}}',
      '{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"\\"line\\"}"}}',
      '{"type":"content_block_stop","index":0}',
      '{"type":"message_stop"}',
    ].flatMap((data) => decoder.push({ data }))
    expect(foldParts(parts).blocks).toEqual([
      { type: "tool-call", index: 0, id: "t", name: "patch", kind: "custom", arguments: "line" },
    ])
  })

  test("names that the API refuses are mapped both ways", async () => {
    const odd: Tool[] = [
      { type: "function", name: "fs.read" },
      { type: "function", name: "fs_read" },
    ]
    const { parts, body } = await ask(wire, structured, chat({ text: "tool", tools: odd }))
    const sent = (body.tools as JsonObject[]).map(({ name }) => name)
    expect(new Set(sent).size).toBe(2)
    expect(sent[1]).toBe("fs_read")
    expect(foldParts(parts).blocks).toMatchObject([{ name: "fs.read" }])
  })
})

describe("structured output", () => {
  const responseFormat: ChatRequest["responseFormat"] = {
    type: "json-schema",
    name: "answer",
    strict: true,
    schema: {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      properties: {
        answer: { type: "number", minimum: 0, maximum: 100 },
        kind: {
          oneOf: [
            { type: "string", format: "uuid" },
            { type: "string", format: "phone" },
          ],
        },
        nested: { type: "array", items: { type: "object", properties: {}, additionalProperties: true } },
      },
      required: ["answer"],
    },
  }

  test("native: the schema is cleaned, what it loses is told", () => {
    const { body, losses } = encode(wire, structured, chat({ responseFormat }))
    expect(body.output_config).toEqual({
      format: {
        type: "json_schema",
        schema: {
          type: "object",
          additionalProperties: false,
          properties: {
            answer: { type: "number", description: "minimum: 0, maximum: 100" },
            kind: {
              anyOf: [
                { type: "string", format: "uuid" },
                { type: "string", description: 'format: "phone"' },
              ],
            },
            nested: { type: "array", items: { type: "object", properties: {}, additionalProperties: false } },
          },
          required: ["answer"],
        },
      },
    })
    expect(losses.map(({ action }) => action)).toEqual(["moved", "moved", "moved", "approximated", "dropped"])
    expect(validate(body)).toBeUndefined()
  })

  for (const stream of [true, false])
    test(`one-tool trick: its arguments become the text (${stream ? "stream" : "whole"})`, async () => {
      const { body, parts } = await ask(wire, unstructured, chat({ text: "json please", responseFormat, stream }))
      expect(body.tool_choice).toEqual({ type: "tool", name: "json", disable_parallel_tool_use: true })
      const { blocks, finish } = foldParts(parts)
      expect(blocks).toEqual([{ type: "text", index: 1, text: '{"answer":42}' }])
      expect(finish).toEqual([{ type: "finish", reason: "stop", raw: "tool_use" }])
    })

  test("one-tool trick: a client's tool may be called instead, text then is text", async () => {
    const { body, parts } = await ask(
      wire,
      unstructured,
      chat({ text: "parallel tools", responseFormat: { type: "json-object" }, tools, stream: true }),
    )
    expect(body.tool_choice).toEqual({ type: "any", disable_parallel_tool_use: true })
    expect(foldParts(parts).blocks.map(({ type }) => type)).toEqual(["text", "tool-call", "tool-call"])
  })

  test("one-tool trick with thinking cannot be forced; a text answer is kept", async () => {
    const { losses, parts } = await ask(
      wire,
      unstructured,
      chat({ text: "hello", responseFormat, reasoning: { effort: "low" }, stream: true }),
    )
    expect(losses.map(({ path }) => path)).toContain("response_format")
    expect(foldParts(parts).blocks).toMatchObject([{ type: "text", text: "Hello from the fake, said word by word." }])
  })

  test("plain JSON mode is asked for in words", () => {
    const { body, losses } = encode(wire, structured, chat({ responseFormat: { type: "json-object" } }))
    expect(JSON.stringify(body.system)).toContain("JSON object")
    expect(losses).toHaveLength(1)
  })
})
