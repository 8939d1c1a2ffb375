import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import fc from "fast-check"
import { defineVendor } from "../../../plugins/anthropic/provider.ts"
import { vendors } from "../../../plugins/anthropic/vendors.ts"
import type { Content, Message, WireChat } from "../../../src/contract/index.ts"
import { pairTools } from "../../../src/dialects/index.ts"
import { conversations } from "../../kit/conversations.ts"
import { validate } from "../../kit/fake-anthropic/validate.ts"
import { startFakeAnthropic } from "../../kit/fake-anthropic.ts"
import { foldParts } from "../../kit/fold-parts.ts"
import { ask, chat, encode, user, wireOf } from "../../kit/wire-client.ts"
import type { FakeUpstream } from "../../kit/wire-server.ts"

let fake: FakeUpstream
let wire: WireChat
beforeAll(() => {
  fake = startFakeAnthropic()
  wire = wireOf(
    defineVendor(vendors[0]!).create({ id: "anthropic", apiKey: "k", baseUrl: fake.url, headers: {}, options: {} }),
  )
})
afterAll(() => fake.stop())

const tools = [{ type: "function" as const, name: "get_weather", parameters: { type: "object", properties: {} } }]
const call = (id: string): Content => ({
  type: "tool-call",
  id,
  name: "get_weather",
  arguments: "{}",
  kind: "function",
})
const result = (callId: string, text: string): Message => ({ role: "tool", callId, content: [{ type: "text", text }] })

test("signed thinking with a tool call survives the next turn", async () => {
  const reasoning = { effort: "low" as const }
  const first = await ask(wire, "claude-sonnet-4-5", chat({ text: "thinking tool", tools, reasoning, stream: true }))
  const [thought, called] = foldParts(first.parts).blocks
  const messages: Message[] = [
    user("thinking tool"),
    {
      role: "assistant",
      content: [
        {
          type: "reasoning",
          text: String(thought?.text),
          signature: String(thought?.signature),
          format: String(thought?.format),
        },
        {
          type: "tool-call",
          id: String(called?.id),
          name: String(called?.name),
          arguments: String(called?.arguments),
          kind: "function",
        },
      ],
    },
    result(String(called?.id), "rain"),
  ]
  const second = await ask(wire, "claude-sonnet-4-5", chat({ messages, tools, reasoning, stream: true }))
  expect(second.losses).toEqual([])
  expect(second.body.thinking).toMatchObject({ type: "enabled" })
  expect(foldParts(second.parts).error).toBeUndefined()
})

describe("calls and results", () => {
  const roles = (messages: Message[]) => {
    const lost: string[] = []
    const placed = pairTools(messages, ({ path, action }) => lost.push(`${path} ${action}`))
    const shape = placed.map(({ message, path }) =>
      message.role === "tool"
        ? `${path} tool ${message.callId}${message.isError ? "!" : ""}`
        : `${path} ${message.role}`,
    )
    return { shape, lost }
  }

  test("results follow their calls in order, what stood between comes after", () => {
    const { shape, lost } = roles([
      user("x"),
      { role: "assistant", content: [call("a"), call("b")] },
      result("b", "B"),
      { role: "system", content: [] },
      result("a", "A"),
    ])
    expect(shape).toEqual([
      "messages[0] user",
      "messages[1] assistant",
      "messages[4] tool a",
      "messages[2] tool b",
      "messages[3] system",
    ])
    expect(lost).toEqual([])
  })

  test("a missing result is made up, one without a call is dropped", () => {
    const { shape, lost } = roles([
      result("z", "Z"),
      user("x"),
      { role: "assistant", content: [call("a")] },
      user("go on"),
      result("z", "Z"),
    ])
    expect(shape).toEqual(["messages[1] user", "messages[2] assistant", "messages[2] tool a!", "messages[3] user"])
    expect(lost).toEqual(["messages[0] dropped", "messages[2] approximated", "messages[4] dropped"])
  })

  test("ids that come twice become unique", () => {
    const turn: Message[] = [{ role: "assistant", content: [call("a"), call("a")] }, result("a", "1"), result("a", "2")]
    const { shape } = roles([user("x"), ...turn, ...turn])
    expect(shape.filter((line) => line.includes("tool"))).toEqual([
      "messages[2] tool a",
      "messages[3] tool a-2",
      "messages[5] tool a-3",
      "messages[6] tool a-4",
    ])
  })
})

test("whatever a conversation looks like, the API takes it", () => {
  fc.assert(
    fc.property(
      conversations,
      fc.constantFrom("claude-sonnet-4-5", "claude-opus-5-5", "claude-sonnet-4-20250514"),
      (messages, model) => {
        const { body } = encode(wire, model, chat({ messages, tools }))
        expect(validate(body)).toBeUndefined()
      },
    ),
    { numRuns: 400 },
  )
})
