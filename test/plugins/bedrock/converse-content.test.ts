import { describe, expect, test } from "bun:test"
import { type ChatRequest, isObject, type JsonObject, type Message, type Tool } from "../../../src/contract/index.ts"
import { chat, user } from "../../kit/wire-client.ts"
import { encodeFor, keyed, provider, wireFor } from "./kit.ts"

const nova = "eu.amazon.nova-pro-v1:0"
const claude = "anthropic.claude-sonnet-4-5-20250929-v1:0"
const converseOnly = provider({ options: { ...keyed, wires: ["converse"] } })

const encode = (model: string, fields: Partial<ChatRequest> & { text?: string } = {}) =>
  encodeFor(wireFor(converseOnly, model), model, chat(fields))
const bodyOf = (model: string, fields: Partial<ChatRequest> & { text?: string } = {}): JsonObject =>
  encode(model, fields).body
const lossesOf = (model: string, fields: Partial<ChatRequest>) =>
  encode(model, fields).losses.map(({ path, code }) => [path, code])

const weather: Tool = {
  type: "function",
  name: "weather",
  description: " ",
  parameters: { properties: { city: { type: "string" } } },
}
const call = (id: string, name = "weather", input = '{"city":"Rome"}') =>
  ({ type: "tool-call", id, name, arguments: input, kind: "function" }) as const
const history: readonly Message[] = [
  user("Weather?"),
  { role: "assistant", content: [{ type: "text", text: "Let me look." }, call("call_1")] },
  { role: "tool", callId: "call_1", content: [{ type: "text", text: "sunny" }] },
]
const turns = (body: JsonObject) => body.messages as { role: string; content: JsonObject[] }[]

describe("media", () => {
  const file = (name: string | undefined, base64 = "JVBERi0=", mime = "application/pdf") =>
    ({
      type: "media",
      kind: "file",
      source: { type: "data", base64 },
      mime,
      ...(name === undefined ? {} : { name }),
    }) as const
  const documents = (...content: ReturnType<typeof file>[]) =>
    (
      turns(bodyOf(nova, { messages: [{ role: "user", content: [...content, { type: "text", text: "read" }] }] }))[0]
        ?.content ?? []
    ).flatMap(({ document }) => (isObject(document) ? [document] : []))

  test("names of documents are those that Bedrock takes, each once", () => {
    const names = documents(
      file("Übersicht_2026 (final).pdf"),
      file(undefined),
      file("a.b..c.pdf"),
      file("plan.pdf"),
      file("plan.docx"),
      file("…"),
      file(undefined),
    )
    expect(names.map(({ name }) => name)).toEqual([
      "Ubersicht 2026 (final)",
      "document-1",
      "a b c",
      "plan",
      "plan-2",
      "document-2",
      "document-3",
    ])
  })

  test("formats by MIME type, else by the name", () => {
    const odd = "application/octet-stream"
    const formats = documents(
      file("x.pdf"),
      file("x", "QQ==", "text/csv"),
      file("x.md", "QQ==", odd),
      file("x", "QQ==", "text/x-python"),
      file("x.htm", "QQ==", odd),
    )
    expect(formats.map(({ format }) => format)).toEqual(["pdf", "csv", "md", "txt", "html"])
  })

  test("a document alone gets a text beside it", () => {
    const { body, losses } = encode(nova, { messages: [{ role: "user", content: [file("a.pdf")] }] })
    expect(turns(body)[0]?.content.at(-1)).toEqual({ text: "." })
    expect(losses.map(({ code }) => code)).toEqual(["message_approximated"])
  })

  test("objects in S3 by reference; other URLs are the host's to load", () => {
    const image = (url: string) =>
      ({ type: "media", kind: "image", source: { type: "url", url }, mime: "image/webp" }) as const
    const content = turns(bodyOf(nova, { messages: [{ role: "user", content: [image("s3://bucket/a.webp")] }] }))[0]
      ?.content
    expect(content).toEqual([{ image: { format: "webp", source: { s3Location: { uri: "s3://bucket/a.webp" } } } }])
    expect(() => bodyOf(nova, { messages: [{ role: "user", content: [image("https://x.example/a.webp")] }] })).toThrow(
      "does not fetch URLs",
    )
  })

  test("what the model cannot see is told", () => {
    const image = { type: "media", kind: "image", source: { type: "data", base64: "iVBORw0KGgo=" } } as const
    expect(
      lossesOf("openai.gpt-oss-120b-1:0", {
        messages: [{ role: "user", content: [image, { type: "text", text: "?" }] }],
      }),
    ).toEqual([["messages[0].content[0]", "media_unsupported"]])
  })

  test("images of a failed call stand behind its result", () => {
    const image = { type: "media", kind: "image", source: { type: "data", base64: "iVBORw0KGgo=" } } as const
    const messages: Message[] = [
      ...history.slice(0, 2),
      { role: "tool", callId: "call_1", content: [image], isError: true },
    ]
    const { body, losses } = encode(nova, { messages, tools: [weather] })
    expect(turns(body)[2]?.content.map((block) => Object.keys(block)[0])).toEqual(["toolResult", "image"])
    expect(losses.map(({ code }) => code)).toEqual(["media_moved"])
  })
})

describe("cache points", () => {
  const long = (ttl?: "5m" | "1h") => ({ type: "text", text: "long", cache: ttl === undefined ? {} : { ttl } }) as const
  const points = (body: JsonObject) => JSON.stringify(body).match(/"cachePoint":\{[^}]*\}/g) ?? []

  test("the last four of five, told", () => {
    const { body, losses } = encode(claude, {
      messages: [{ role: "user", content: [long(), long(), long(), long(), long()] }],
    })
    expect(points(body)).toHaveLength(4)
    expect(losses.map(({ code }) => code)).toEqual(["cache_breakpoint_lost"])
    expect(turns(body)[0]?.content[1]).toEqual({ text: "long" })
  })

  test("an hour on Claude since 4.5, five minutes elsewhere, and never behind a shorter life", () => {
    const hour = (model: string, ...content: ReturnType<typeof long>[]) =>
      points(bodyOf(model, { messages: [{ role: "user", content }] })).map((point) => point.includes('"1h"'))
    expect(hour(claude, long("1h"), long())).toEqual([true, false])
    expect(hour(claude, long(), long("1h"))).toEqual([false, false])
    expect(hour("anthropic.claude-3-7-sonnet-20250219-v1:0", long("1h"))).toEqual([false])
    expect(hour(nova, long("1h"))).toEqual([false])
  })

  test("behind tools on Claude only, nowhere on models without a cache", () => {
    const cached: Tool = { type: "function", name: "weather", cache: {} }
    expect(points(bodyOf(claude, { tools: [cached] }))).toHaveLength(1)
    expect(lossesOf(nova, { tools: [cached] })).toEqual([["cache_control", "cache_breakpoint_lost"]])
    expect(lossesOf("qwen.qwen3-32b-v1:0", { messages: [{ role: "user", content: [long()] }] })).toEqual([
      ["cache_control", "cache_breakpoint_lost"],
    ])
  })

  test("automatic caching is a point at the end", () => {
    expect(
      turns(bodyOf(claude, { cache: { ttl: "1h" } }))
        .at(-1)
        ?.content.at(-1),
    ).toEqual({ cachePoint: { type: "default", ttl: "1h" } })
  })
})

describe("fields that only Bedrock knows", () => {
  test("are carried from whatever format they were written in; others are told", () => {
    const { body, losses } = encode(nova, {
      extras: {
        "chat-completions": {
          guardrailConfig: { guardrailIdentifier: "g" },
          performanceConfig: { latency: "optimized" },
          logit_x: 1,
        },
      },
    })
    expect(body).toMatchObject({
      guardrailConfig: { guardrailIdentifier: "g" },
      performanceConfig: { latency: "optimized" },
    })
    expect(losses.map(({ path }) => path)).toEqual(["logit_x"])
  })

  test("a client cannot replace the operator's guardrail", () => {
    const guarded = provider({ options: { ...keyed, guardrail: { id: "ours", version: "1" }, latency: "standard" } })
    const extras = {
      "chat-completions": {
        guardrailConfig: { guardrailIdentifier: "theirs" },
        performanceConfig: { latency: "optimized" },
      },
    }
    const { body, losses } = encodeFor(wireFor(guarded, nova), nova, chat({ extras }))
    expect(body.guardrailConfig).toEqual({ guardrailIdentifier: "ours", guardrailVersion: "1" })
    expect(body.performanceConfig).toEqual({ latency: "optimized" })
    expect(losses.map(({ path, code }) => [path, code])).toEqual([["guardrailConfig", "parameter_conflict"]])
  })
})
