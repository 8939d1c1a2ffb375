import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { defineVendor } from "../../../plugins/anthropic/provider.ts"
import { vendors } from "../../../plugins/anthropic/vendors.ts"
import { google } from "../../../plugins/google/provider.ts"
import type { ChatPart, JsonObject, WireChat } from "../../../src/contract/index.ts"
import { messagesClient } from "../../../src/dialects/index.ts"
import { startFakeAnthropic } from "../../kit/fake-anthropic.ts"
import { startFakeGemini } from "../../kit/fake-gemini.ts"
import { eventsOf, foldEvents, streamText, whole } from "../../kit/messages.ts"
import { ask, wireOf } from "../../kit/wire-client.ts"
import type { FakeUpstream } from "../../kit/wire-server.ts"

let fakes: FakeUpstream[]
let wires: Record<"claude-sonnet-4-5" | "gemini-3-flash", WireChat>
beforeAll(() => {
  fakes = [startFakeAnthropic(), startFakeGemini()]
  const settings = (id: string, at: number) => ({ id, apiKey: "k", baseUrl: fakes[at]!.url, headers: {}, options: {} })
  wires = {
    "claude-sonnet-4-5": wireOf(defineVendor(vendors[0]!).create(settings("anthropic", 0))),
    "gemini-3-flash": wireOf(google.create(settings("google", 1))),
  }
})
afterAll(() => Promise.all(fakes.map((fake) => fake.stop())))

const tools = [
  { name: "get_weather", input_schema: { type: "object", properties: {} } },
  { name: "get_time", input_schema: { type: "object", properties: {} } },
]
const base = { model: "a/b", max_tokens: 8000, tools }

type Blocks = { type: string; id?: string; thinking?: string; signature?: string }[]

const complete = async (model: keyof typeof wires, body: JsonObject, stream: boolean) => {
  const request = messagesClient.decodeRequest({ ...body, stream })
  const asked = await ask(wires[model], model, request)
  const reply = stream ? foldEvents(eventsOf(streamText(asked.parts, { request }))) : whole(asked.parts, { request })
  return { ...asked, reply, content: reply.content as Blocks }
}

const resultsOf = (content: Blocks) =>
  content
    .filter(({ type }) => type === "tool_use")
    .map(({ id }) => ({ type: "tool_result", tool_use_id: id!, content: "rain" }))

const question = { role: "user", content: "thinking tool" }

describe("a messages client keeps a thinking model's turn alive by echoing what it got", () => {
  for (const model of ["claude-sonnet-4-5", "gemini-3-flash"] as const)
    for (const stream of [true, false])
      for (const display of ["summarized", "omitted"])
        test(`${model} ${stream ? "streamed" : "whole"}, ${display}`, async () => {
          const body = { ...base, thinking: { type: "enabled", budget_tokens: 2000, display } } as JsonObject
          const first = await complete(model, { ...body, messages: [question] }, stream)
          expect(first.reply.stop_reason).toBe("tool_use")
          const thinking = first.content.find(({ type }) => type === "thinking")
          const isHidden = display === "omitted" && model !== "claude-sonnet-4-5"
          expect(thinking?.thinking).toBe(isHidden ? "" : "The user wants the weather.")
          const results = resultsOf(first.content)
          expect(results.length).toBeGreaterThan(0)
          const messages = [question, { role: "assistant", content: first.content }, { role: "user", content: results }]
          const second = await complete(model, { ...body, messages } as JsonObject, stream)
          expect(second.losses).toEqual([])
          expect(JSON.stringify(second.body)).not.toContain("sbx1.")
          expect(JSON.stringify(second.body)).not.toContain("skip_thought_signature_validator")
          expect(second.reply.stop_reason).toBe("end_turn")
        })
})

test("thinking of one vendor stays away from the other, and is reported", async () => {
  const body = { ...base, thinking: { type: "enabled", budget_tokens: 2000 } }
  const pairs = [
    ["claude-sonnet-4-5", "gemini-3-flash"],
    ["gemini-3-flash", "claude-sonnet-4-5"],
  ] as const
  for (const [from, to] of pairs) {
    const first = await complete(from, { ...body, messages: [question] }, true)
    const messages = [
      question,
      { role: "assistant", content: first.content },
      { role: "user", content: resultsOf(first.content) },
    ]
    const second = await complete(to, { ...body, messages } as JsonObject, true)
    const sent = JSON.stringify(second.body)
    expect(sent).not.toContain("The user wants the weather.")
    expect(sent).not.toContain("sbx1.")
    expect(second.losses.some(({ code }) => code === "foreign_reasoning")).toBe(true)
    expect(second.reply.stop_reason).toBe("end_turn")
  }
})

test("parallel calls with OpenAI's encrypted reasoning come back over two turns as the upstream made them", () => {
  const turn = (at: number): ChatPart[] => [
    { type: "start" },
    { type: "reasoning-start", index: 0, format: "openai-responses-v1", id: `rs_${at}`, summary: true },
    { type: "reasoning-delta", index: 0, text: "Both." },
    { type: "reasoning-delta", index: 0, encrypted: `secret ${at}` },
    { type: "reasoning-end", index: 0 },
    { type: "tool-call-start", index: 1, id: `call_${at}a`, name: "get_weather", kind: "function" },
    { type: "tool-call-start", index: 2, id: `call_${at}b`, name: "get_time", kind: "function" },
    { type: "tool-call-delta", index: 2, arguments: '{"x":' },
    { type: "tool-call-delta", index: 1, arguments: '{"y":1}' },
    { type: "tool-call-delta", index: 2, arguments: "2}" },
    { type: "tool-call-end", index: 1 },
    { type: "tool-call-end", index: 2 },
    { type: "finish", reason: "tool-calls", raw: "completed" },
  ]
  const messages: JsonObject[] = [{ role: "user", content: "q" }]
  for (const at of [1, 2]) {
    const { content } = foldEvents(eventsOf(streamText(turn(at))))
    messages.push(
      { role: "assistant", content: content! },
      { role: "user", content: resultsOf(content as Blocks) as never },
    )
  }
  const request = messagesClient.decodeRequest({ ...base, messages })
  const assistants = request.messages.filter(({ role }) => role === "assistant")
  expect(assistants).toHaveLength(2)
  for (const [index, message] of assistants.entries())
    expect(message.content).toEqual([
      {
        type: "reasoning",
        format: "openai-responses-v1",
        text: "Both.",
        encrypted: `secret ${index + 1}`,
        id: `rs_${index + 1}`,
        summary: true,
      },
      { type: "tool-call", id: `call_${index + 1}a`, name: "get_weather", arguments: '{"y":1}', kind: "function" },
      { type: "tool-call", id: `call_${index + 1}b`, name: "get_time", arguments: '{"x":2}', kind: "function" },
    ])
  expect(request.messages.filter(({ role }) => role === "tool")).toHaveLength(4)
})
