import { describe, expect, test } from "bun:test"
import type { ChatPart } from "../../src/contract/index.ts"
import { chatCompletionsClient, openrouterFace } from "../../src/dialects/index.ts"
import { asked } from "../kit/asked.ts"

const identity = { id: "gen-1", model: "a/b", provider: "acme", providerName: "Acme", createdSeconds: 1 }
const claude = "anthropic-claude-v1"
const decode = (message: object) =>
  chatCompletionsClient.decodeRequest({ model: "a/b", messages: [{ role: "assistant", ...message } as never] })
    .messages[0]?.content

describe("reasoning that a client did not send back whole", () => {
  const signature = { type: "reasoning.text", signature: "sig", format: claude, index: 0 }

  test("a signature whose text was lost is no signature", () => {
    const content = decode({
      reasoning: ".",
      reasoning_content: ".",
      reasoning_signature: "sig",
      reasoning_details: [signature],
    })
    expect(content).toEqual([{ type: "reasoning", format: "unknown", text: "." }])
  })

  test("a signature of thinking that was never shown stays", () => {
    const content = decode({ reasoning_details: [signature] })
    expect(content).toEqual([{ type: "reasoning", format: claude, signature: "sig" }])
  })

  test("a text and its signature apart stay", () => {
    const content = decode({
      reasoning: "hm",
      reasoning_details: [{ type: "reasoning.text", text: "hm", format: claude, index: 0 }, signature],
    })
    expect(content).toHaveLength(2)
    expect(content).toContainEqual({ type: "reasoning", format: claude, signature: "sig" })
  })

  test("what is encrypted stays, whatever else was lost", () => {
    const encrypted = { type: "reasoning.encrypted", data: "e", format: "openai-responses-v1", index: 1 }
    expect(decode({ reasoning: "b", reasoning_details: [encrypted] })).toEqual([
      { type: "reasoning", format: "openai-responses-v1", encrypted: "e" },
    ])
  })
})

test("a call's signature that is known at once stands beside the name, and nowhere else", () => {
  const parts: readonly ChatPart[] = [
    { type: "start", id: "x", model: "m" },
    { type: "tool-call-start", index: 0, id: "c1", name: "f", kind: "function", signature: "g" },
    { type: "tool-call-delta", index: 0, arguments: "{}" },
    { type: "tool-call-end", index: 0, signature: "g" },
    { type: "finish", reason: "tool-calls", raw: "STOP" },
  ]
  const encoder = chatCompletionsClient.encodeStream(identity, openrouterFace, {
    includeUsage: false,
    price: () => 0,
    context: { requestId: "r" },
    request: asked,
  })
  const text = parts.map((part) => encoder.push(part)).join("") + encoder.end()
  const chunks = text
    .split("\n\n")
    .filter((line) => line.startsWith("data: {"))
    .map((line) => JSON.parse(line.slice(6)))
  const fragments = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])
  const google = { google: { thought_signature: "g" } }
  expect(fragments).toEqual([
    { index: 0, id: "c1", type: "function", function: { name: "f", arguments: "" }, extra_content: google },
    { index: 0, function: { arguments: "{}" } },
  ])
  const whole = chatCompletionsClient.encodeReply(parts, identity, openrouterFace, 0, asked)
  expect(whole).toMatchObject({ choices: [{ message: { tool_calls: [{ id: "c1", extra_content: google }] } }] })
})
