import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import Anthropic from "@anthropic-ai/sdk"
import { GoogleGenAI } from "@google/genai"
import OpenAI from "openai"
import type { ChatPart } from "../../src/contract/index.ts"
import { inferenceKey } from "../kit/gateway.ts"
import { type ScriptedRig, startScripted, usage } from "../kit/scripted-provider.ts"

/** The vendors' own clients judge remembered answers: whole and streamed, from an answer that was made either way. */

let rig: ScriptedRig
beforeEach(async () => {
  rig = await startScripted({ cache: { enabled: true } })
  rig.answerBy(async function* () {
    yield* answer
  })
})
afterEach(() => rig.stop())

const answer: readonly ChatPart[] = [
  { type: "start", id: "upstream-1" },
  { type: "reasoning-start", index: 0, format: "unknown" },
  { type: "reasoning-delta", index: 0, text: "Two " },
  { type: "reasoning-delta", index: 0, text: "calls." },
  { type: "reasoning-end", index: 0 },
  { type: "text-start", index: 1 },
  { type: "text-delta", index: 1, text: "Looking " },
  { type: "text-delta", index: 1, text: "at both." },
  {
    type: "citation",
    index: 1,
    url: "https://example.com/a",
    title: "A",
    startIndex: 0,
    endIndex: 7,
    content: "Looking",
  },
  { type: "text-end", index: 1 },
  { type: "tool-call-start", index: 2, id: "call_a", name: "weather", kind: "function" },
  { type: "tool-call-delta", index: 2, arguments: '{"city":' },
  { type: "tool-call-delta", index: 2, arguments: '"Oslo"}' },
  { type: "tool-call-end", index: 2 },
  { type: "tool-call-start", index: 3, id: "call_b", name: "weather", kind: "function" },
  { type: "tool-call-delta", index: 3, arguments: '{"city":"Rome"}' },
  { type: "tool-call-end", index: 3 },
  { type: "finish", reason: "tool-calls", raw: "tool_calls" },
  { type: "usage", usage: usage(9) },
]

/** What a client understood of an answer. */
interface Understood {
  readonly id: string | undefined
  readonly text: string
  readonly calls: readonly (readonly [name: string, args: unknown])[]
  readonly callIds: readonly string[]
  readonly cited: boolean
  readonly tokens: number | undefined
}

const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] } as const
const model = "scripted/model"
const openai = (base: string) =>
  new OpenAI({ baseURL: `${rig.gateway.url}${base}`, apiKey: inferenceKey, maxRetries: 0 })

async function chat(base: string, stream: boolean): Promise<Understood> {
  const asked = {
    model,
    messages: [{ role: "user" as const, content: "hi" }],
    tools: [{ type: "function" as const, function: { name: "weather", parameters: schema } }],
  }
  const reply = stream
    ? await openai(base)
        .chat.completions.stream({ ...asked, stream_options: { include_usage: true } })
        .finalChatCompletion()
    : await openai(base).chat.completions.create(asked)
  const { message } = reply.choices[0]!
  const calls = (message.tool_calls ?? []).filter((call) => call.type === "function")
  return {
    id: reply.id,
    text: message.content ?? "",
    calls: calls.map((call) => [call.function.name, JSON.parse(call.function.arguments)]),
    callIds: calls.map(({ id }) => id),
    cited: JSON.stringify(reply).includes("https://example.com/a"),
    tokens: reply.usage?.total_tokens,
  }
}

async function responses(base: string, stream: boolean): Promise<Understood> {
  const asked = {
    model,
    input: "hi",
    store: false,
    tools: [{ type: "function" as const, name: "weather", parameters: schema, strict: false }],
  }
  const reply = stream
    ? await openai(base).responses.stream(asked).finalResponse()
    : await openai(base).responses.create(asked)
  const calls = reply.output.flatMap((item) => (item.type === "function_call" ? [item] : []))
  return {
    id: reply.id,
    text: reply.output_text,
    calls: calls.map((call) => [call.name, JSON.parse(call.arguments)]),
    callIds: calls.map(({ call_id }) => call_id),
    cited: JSON.stringify(reply).includes("https://example.com/a"),
    tokens: reply.usage?.total_tokens,
  }
}

async function messages(base: string, stream: boolean): Promise<Understood> {
  const client = new Anthropic({
    baseURL: `${rig.gateway.url}${base.replace(/\/v1$/, "")}`,
    apiKey: inferenceKey,
    maxRetries: 0,
  })
  const asked = {
    model,
    max_tokens: 100,
    messages: [{ role: "user" as const, content: "hi" }],
    tools: [{ name: "weather", input_schema: schema as unknown as Anthropic.Tool.InputSchema }],
  }
  const reply = stream ? await client.messages.stream(asked).finalMessage() : await client.messages.create(asked)
  const calls = reply.content.filter((block) => block.type === "tool_use")
  return {
    id: reply.id,
    text: reply.content.map((block) => (block.type === "text" ? block.text : "")).join(""),
    calls: calls.map(({ name, input }) => [name, input]),
    callIds: calls.map(({ id }) => id),
    cited: JSON.stringify(reply).includes("https://example.com/a"),
    tokens: reply.usage.input_tokens + reply.usage.output_tokens,
  }
}

async function gemini(_base: string, stream: boolean): Promise<Understood> {
  const client = new GoogleGenAI({ apiKey: inferenceKey, httpOptions: { baseUrl: rig.gateway.url } })
  const asked = {
    model,
    contents: "hi",
    config: { tools: [{ functionDeclarations: [{ name: "weather", parametersJsonSchema: schema }] }] },
  }
  const replies = stream
    ? await Array.fromAsync(await client.models.generateContentStream(asked))
    : [await client.models.generateContent(asked)]
  const parts = replies.flatMap((reply) => reply.candidates?.[0]?.content?.parts ?? [])
  const calls = parts.flatMap(({ functionCall }) => functionCall ?? [])
  return {
    id: replies.at(-1)?.responseId,
    text: parts.map(({ text, thought }) => (thought ? "" : (text ?? ""))).join(""),
    calls: calls.map(({ name, args }) => [name ?? "", args]),
    callIds: calls.map(({ id }) => id ?? ""),
    cited: JSON.stringify(replies).includes("https://example.com/a"),
    tokens: replies.at(-1)?.usageMetadata?.totalTokenCount ?? 0,
  }
}

const clients = {
  "openai chat on /v1": [chat, "/v1"],
  "openai chat on /api/v1": [chat, "/api/v1"],
  "openai responses on /v1": [responses, "/v1"],
  "openai responses on /api/v1": [responses, "/api/v1"],
  "@anthropic-ai/sdk on /v1": [messages, "/v1"],
  "@anthropic-ai/sdk on /api/v1": [messages, "/api/v1"],
  "@google/genai": [gemini, "/v1beta"],
} as const

for (const [name, [ask, base]] of Object.entries(clients)) {
  describe(name, () => {
    for (const before of [false, true])
      for (const now of [false, true])
        test(`${before ? "streamed" : "whole"} before, ${now ? "streamed" : "whole"} now`, async () => {
          const made = await ask(base, before)
          const again = await ask(base, now)
          expect(rig.calls()).toBe(1)
          expect(made).toMatchObject({ text: "Looking at both.", tokens: 19 })
          expect(made.calls).toEqual([
            ["weather", { city: "Oslo" }],
            ["weather", { city: "Rome" }],
          ])
          expect(again).toMatchObject({ text: made.text, calls: made.calls as never, cited: made.cited, tokens: 0 })
          // What must not be there twice in one conversation.
          expect(again.id).not.toBe(made.id!)
          for (const id of again.callIds) expect(made.callIds).not.toContain(id)
          expect(new Set(again.callIds).size).toBe(2)
        })
  })
}

describe("completions", () => {
  for (const stream of [false, true])
    test(stream ? "streamed" : "whole", async () => {
      const client = openai("/v1")
      const ask = async () => {
        if (!stream) return (await client.completions.create({ model, prompt: "hi" })).choices[0]!.text
        const chunks = await Array.fromAsync(await client.completions.create({ model, prompt: "hi", stream: true }))
        return chunks.map(({ choices }) => choices[0]?.text ?? "").join("")
      }
      rig.answerBy(async function* () {
        yield* answer.filter(({ type }) => !type.startsWith("tool-call"))
      })
      expect([await ask(), await ask()]).toEqual(["Looking at both.", "Looking at both."])
      expect(rig.calls()).toBe(1)
    })
})

test("one format's answer is another's where the request is the same in both", async () => {
  const chatted = await rig.gateway.chat({ model, messages: [{ role: "user", content: "hi" }], max_tokens: 100 })
  const text = ((await chatted.json()) as { choices: [{ message: { content: string } }] }).choices[0].message.content
  const ask = (max_tokens: number) =>
    rig.gateway.post("/v1/messages", { model, messages: [{ role: "user", content: "hi" }], max_tokens })
  const same = await ask(100)
  expect(same.headers.get("x-requesty-cache")).toBe("HIT")
  expect(JSON.stringify(await same.json())).toContain(text)
  expect((await ask(101)).headers.get("x-requesty-cache")).toBe("MISS")
})
