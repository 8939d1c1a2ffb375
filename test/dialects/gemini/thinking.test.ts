import { describe, expect, test } from "bun:test"
import { google } from "../../../plugins/google/provider.ts"
import type { Content, JsonObject, Message, ReasoningRequest, Tool } from "../../../src/contract/index.ts"
import { signatureOf, validate } from "../../kit/fake-gemini/validate.ts"
import { chat, encode, user, wireOf } from "../../kit/wire-client.ts"

const wire = wireOf(google.create({ id: "google", apiKey: "k", headers: {}, options: {} }))
const third = "gemini-3-flash"
const second = "gemini-2.5-flash"
const tools: Tool[] = [{ type: "function", name: "get_weather" }]
const call: Content = {
  type: "tool-call",
  id: "c1",
  name: "get_weather",
  arguments: '{"city":"Paris"}',
  kind: "function",
}
const result: Message = { role: "tool", callId: "c1", content: [{ type: "text", text: "ok" }] }
const sentinel = "skip_thought_signature_validator"

describe("thinking of Gemini", () => {
  const rows: readonly [string, ReasoningRequest, JsonObject | undefined, readonly string[]][] = [
    [third, { effort: "minimal" }, { thinkingLevel: "minimal", includeThoughts: true }, []],
    [
      third,
      { effort: "xhigh", exclude: true },
      { thinkingLevel: "high", includeThoughts: false },
      ["reasoning.effort"],
    ],
    [third, { effort: "none" }, { thinkingLevel: "minimal", includeThoughts: false }, ["reasoning"]],
    [third, { budget: 2000 }, { thinkingBudget: 2000, includeThoughts: true }, []],
    ["gemini-3-pro-preview", { effort: "none" }, { thinkingLevel: "low", includeThoughts: false }, ["reasoning"]],
    [second, { effort: "low" }, { thinkingBudget: 2000, includeThoughts: true }, []],
    [second, { effort: "none" }, { thinkingBudget: 0, includeThoughts: false }, []],
    [second, { budget: 99_999 }, { thinkingBudget: 24_576, includeThoughts: true }, ["reasoning.max_tokens"]],
    ["gemini-2.5-pro", { enabled: false }, { thinkingBudget: 128, includeThoughts: false }, ["reasoning"]],
    ["gemini-2.0-flash", { effort: "high" }, undefined, ["reasoning"]],
  ]
  for (const [model, reasoning, expected, losses] of rows)
    test(`${model} ${JSON.stringify(reasoning)}`, () => {
      const { body, losses: lost } = encode(wire, model, chat({ reasoning, maxOutputTokens: 10_000 }))
      expect((body.generationConfig as JsonObject).thinkingConfig).toEqual(expected as JsonObject)
      expect(lost.map(({ path }) => path)).toEqual([...losses])
      expect(validate(model, body)).toBeUndefined()
    })
})

describe("thought signatures", () => {
  const signature = signatureOf('{"city":"Paris"}')
  const sent = (content: readonly Content[]) => {
    const messages: Message[] = [
      user("x"),
      { role: "assistant", content },
      ...(content.some(({ type }) => type === "tool-call") ? [result] : []),
    ]
    const { body, losses } = encode(wire, third, chat({ tools, messages }))
    const parts = ((body.contents as JsonObject[])[1] as { parts: JsonObject[] }).parts
    return { parts, losses, refusal: validate(third, body) }
  }

  test("come back on the call, from the call itself or from reasoning with its id", () => {
    const onCall = sent([{ ...call, signature } as Content]).parts
    expect(onCall).toMatchObject([{ thoughtSignature: signature }])
    const { parts, refusal } = sent([
      { type: "reasoning", encrypted: signature, id: "c1", format: "google-gemini-v1" },
      call,
    ])
    expect(parts).toEqual([
      { functionCall: { id: "c1", name: "get_weather", args: { city: "Paris" } }, thoughtSignature: signature },
    ])
    expect(refusal).toBeUndefined()
  })

  test("of a text come back on it, thoughts as thoughts", () => {
    const { parts } = sent([
      { type: "reasoning", text: "hm", format: "google-gemini-v1" },
      { type: "reasoning", encrypted: "sig", format: "google-gemini-v1" },
      { type: "text", text: "answer" },
    ])
    expect(parts).toEqual([
      { text: "hm", thought: true },
      { text: "answer", thoughtSignature: "sig" },
    ])
  })

  test("of other vendors stay away: the sentinel stands in", () => {
    const { parts, losses, refusal } = sent([
      { type: "reasoning", text: "secret", signature: "s", format: "anthropic-claude-v1" },
      call,
    ])
    expect(JSON.stringify(parts)).not.toContain("secret")
    expect(parts).toMatchObject([{ thoughtSignature: sentinel }])
    expect(losses.map(({ path }) => path)).toEqual(["messages[1].content[0]"])
    expect(refusal).toBeUndefined()
  })
})
