import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import Anthropic from "@anthropic-ai/sdk"
import { LLMock } from "@copilotkit/aimock"
import { defineVendor } from "../../../plugins/anthropic/provider.ts"
import { vendors } from "../../../plugins/anthropic/vendors.ts"
import { google } from "../../../plugins/google/provider.ts"
import { startFakeAnthropic } from "../../kit/fake-anthropic.ts"
import { foldParts } from "../../kit/fold-parts.ts"
import { ask, chat, wireOf } from "../../kit/wire-client.ts"
import type { FakeUpstream } from "../../kit/wire-server.ts"

let fake: FakeUpstream
let mock: LLMock
beforeAll(async () => {
  fake = startFakeAnthropic()
  mock = new LLMock({ host: "127.0.0.1", port: 0, logLevel: "silent" })
  mock.onMessage("hello", { content: "Hi from the mock" })
  mock.onMessage("tool", { toolCalls: [{ name: "f", arguments: '{"a":1}' }] })
  await mock.start()
})
afterAll(async () => {
  await Promise.all([fake.stop(), mock.stop()])
})

test("Anthropic's own SDK reads the fake as it reads the real API", async () => {
  const client = new Anthropic({ apiKey: "k", baseURL: fake.url, maxRetries: 0 })
  const message = await client.messages
    .stream({
      model: "claude-opus-5",
      max_tokens: 100,
      messages: [{ role: "user", content: [{ type: "text", text: "thinking" }] }],
    })
    .finalMessage()
  expect(message.content.map(({ type }) => type)).toEqual(["thinking", "text"])
  expect(message.stop_reason).toBe("end_turn")
})

describe("a mock that others wrote", () => {
  const tools = [{ type: "function" as const, name: "f" }]
  const wires = () => [
    wireOf(
      defineVendor(vendors[0]!).create({ id: "anthropic", apiKey: "k", baseUrl: mock.url, headers: {}, options: {} }),
    ),
    wireOf(google.create({ id: "google", apiKey: "k", baseUrl: mock.url, headers: {}, options: {} })),
  ]
  for (const stream of [true, false])
    test(stream ? "streamed" : "whole", async () => {
      for (const [at, wire] of wires().entries()) {
        const model = at === 0 ? "claude-sonnet-4-5" : "gemini-2.5-flash"
        const said = foldParts((await ask(wire, model, chat({ text: "hello", stream }))).parts)
        expect(said).toMatchObject({
          blocks: [{ type: "text", text: "Hi from the mock" }],
          finish: [{ reason: "stop" }],
        })
        const called = foldParts((await ask(wire, model, chat({ text: "tool", tools, stream }))).parts)
        expect(called.blocks).toMatchObject([{ type: "tool-call", name: "f", arguments: '{"a":1}' }])
      }
    })
})
