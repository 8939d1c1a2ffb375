import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { defineVendor } from "../../../plugins/anthropic/provider.ts"
import { vendors } from "../../../plugins/anthropic/vendors.ts"
import { google } from "../../../plugins/google/provider.ts"
import type { Json, JsonObject, WireChat } from "../../../src/contract/index.ts"
import { chatCompletionsClient, faces } from "../../../src/dialects/index.ts"
import { startFakeAnthropic } from "../../kit/fake-anthropic.ts"
import { startFakeGemini } from "../../kit/fake-gemini.ts"
import { ask, wireOf } from "../../kit/wire-client.ts"
import type { FakeUpstream } from "../../kit/wire-server.ts"

let fakes: FakeUpstream[]
let wires: Record<"claude-sonnet-4-5" | "gemini-3-flash", WireChat>
beforeAll(() => {
  fakes = [startFakeAnthropic(), startFakeGemini()]
  const settings = (id: string, at: number) => ({
    id,
    apiKey: "k",
    baseUrl: fakes[at]!.url,
    headers: {},
    options: {},
  })
  wires = {
    "claude-sonnet-4-5": wireOf(defineVendor(vendors[0]!).create(settings("anthropic", 0))),
    "gemini-3-flash": wireOf(google.create(settings("google", 1))),
  }
})
afterAll(() => Promise.all(fakes.map((fake) => fake.stop())))

const identity = { id: "gen-1", model: "a/b", provider: "p", providerName: "P", createdSeconds: 1 }
const face = Object.values(faces)[0]!

const complete = async (model: keyof typeof wires, body: JsonObject, stream: boolean) => {
  const request = chatCompletionsClient.decodeRequest({ ...body, stream })
  const asked = await ask(wires[model], model, request)
  return { ...asked, reply: chatCompletionsClient.encodeReply(asked.parts, identity, face, 0, request) }
}

const tools: Json = [
  { type: "function", function: { name: "get_weather", parameters: { type: "object", properties: {} } } },
]

describe("a chat client keeps a thinking model's turn alive by echoing what it got", () => {
  for (const model of ["claude-sonnet-4-5", "gemini-3-flash"] as const)
    for (const stream of [true, false])
      test(`${model} ${stream ? "streamed" : "whole"}`, async () => {
        const body = { model: "a/b", tools, reasoning: { effort: "low" } }
        const question = { role: "user", content: "thinking tool" }
        const first = await complete(model, { ...body, messages: [question] }, stream)
        const message = (first.reply.choices as { message: JsonObject }[])[0]!.message
        const calls = message.tool_calls as { id: string }[]
        expect(message.reasoning).toBe("The user wants the weather.")
        expect(calls).toHaveLength(1)
        const answer = { role: "tool", tool_call_id: calls[0]!.id, content: "rain" }
        const second = await complete(model, { ...body, messages: [question, message, answer] }, stream)
        expect(second.losses).toEqual([])
        expect(JSON.stringify(second.body)).not.toContain("skip_thought_signature_validator")
        expect((second.reply.choices as { finish_reason: string }[])[0]!.finish_reason).toBe("stop")
      })
})

test("thinking of Claude stays away from Gemini, and the other way round", async () => {
  const question = { role: "user", content: "thinking tool" }
  const body = { model: "a/b", tools, reasoning: { effort: "low" } }
  const pairs = [
    ["claude-sonnet-4-5", "gemini-3-flash"],
    ["gemini-3-flash", "claude-sonnet-4-5"],
  ] as const
  for (const [from, to] of pairs) {
    const first = await complete(from, { ...body, messages: [question] }, true)
    const message = (first.reply.choices as { message: JsonObject }[])[0]!.message
    const calls = message.tool_calls as { id: string }[]
    const answer = { role: "tool", tool_call_id: calls[0]!.id, content: "rain" }
    const second = await complete(to, { ...body, messages: [question, message, answer] }, true)
    expect(JSON.stringify(second.body)).not.toContain("The user wants the weather.")
    expect(second.losses.length).toBeGreaterThan(0)
  }
})
