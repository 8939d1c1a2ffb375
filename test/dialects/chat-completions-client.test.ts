import { describe, expect, test } from "bun:test"
import { type ChatPart, emptyUsage, type Face, GatewayError } from "../../src/contract/index.ts"
import { chatCompletionsClient, openrouterFace, requestyFace } from "../../src/dialects/index.ts"
import { asked } from "../kit/asked.ts"

const identity = { id: "gen-1", model: "a/b", provider: "acme", providerName: "Acme", createdSeconds: 5 }
const answer: readonly ChatPart[] = [
  { type: "start", id: "u", model: "m", systemFingerprint: "fp" },
  { type: "reasoning-start", format: "anthropic-claude-v1", index: 0 },
  { type: "reasoning-delta", text: "hm", index: 0 },
  { type: "reasoning-delta", signature: "s", index: 0 },
  { type: "reasoning-end", index: 0 },
  { type: "text-start", index: 1 },
  { type: "text-delta", text: "Hi", index: 1 },
  { type: "citation", url: "https://x", index: 1 },
  { type: "text-end", index: 1 },
  { type: "tool-call-start", id: "c1", name: "f", kind: "function", index: 2 },
  { type: "tool-call-delta", arguments: "{}", index: 2 },
  { type: "tool-call-end", signature: "g", index: 2 },
  { type: "finish", reason: "tool-calls", raw: "tool_use" },
  { type: "usage", usage: emptyUsage },
]

const stream = (parts: readonly ChatPart[], face: Face, includeUsage: boolean, error?: GatewayError) => {
  const encoder = chatCompletionsClient.encodeStream(identity, face, {
    includeUsage,
    price: () => 0.5,
    context: { requestId: "r" },
    request: asked,
  })
  const text = parts.map((part) => encoder.push(part)).join("") + encoder.end(error)
  expect(encoder.end()).toBe("")
  return text
    .trim()
    .split("\n\n")
    .map((event) => event.replace(/^data: /, ""))
}
const chunks = (events: readonly string[]) =>
  events.filter((event) => event !== "[DONE]").map((event) => JSON.parse(event))

describe.each([openrouterFace, requestyFace])("a stream on the $name face", (face) => {
  const events = stream(answer, face, true)
  const all = chunks(events)
  const deltas = all.flatMap(({ choices }) => choices.map((choice: { delta: object }) => choice.delta))

  test("every chunk has identity, a text as fingerprint, and choices with index, delta and finish_reason", () => {
    for (const chunk of all) {
      expect(chunk).toMatchObject({
        id: "gen-1",
        object: "chat.completion.chunk",
        created: 5,
        model: "a/b",
        provider: "Acme",
        system_fingerprint: "fp",
      })
      for (const choice of chunk.choices)
        expect(Object.keys(choice)).toEqual(expect.arrayContaining(["index", "delta", "finish_reason"]))
    }
  })

  test("the role comes once, first", () => {
    expect(deltas.map((delta: { role?: string }) => delta.role).filter(Boolean)).toEqual(["assistant"])
    expect(deltas[0].role).toBe("assistant")
  })

  test("reasoning is there in both spellings, its signature with its format", () => {
    expect(deltas[0]).toMatchObject({
      reasoning: "hm",
      reasoning_content: "hm",
      reasoning_details: [{ type: "reasoning.text", text: "hm", format: "anthropic-claude-v1", index: 0 }],
    })
    expect(deltas[1]).toMatchObject({ reasoning_signature: "s", reasoning_details: [{ signature: "s", index: 0 }] })
  })

  test("the first fragment of a call has index, id, type and name; Gemini's signature follows the call", () => {
    const fragments = deltas.flatMap((delta: { tool_calls?: object[] }) => delta.tool_calls ?? [])
    expect(fragments).toEqual([
      { index: 0, id: "c1", type: "function", function: { name: "f", arguments: "" } },
      { index: 0, function: { arguments: "{}" } },
      { index: 0, function: { arguments: "" }, extra_content: { google: { thought_signature: "g" } } },
    ])
  })

  test("the finish reason has a chunk of its own, then usage, then [DONE]", () => {
    expect(all.at(-2).choices).toEqual([
      { index: 0, delta: {}, finish_reason: "tool_calls", native_finish_reason: "tool_use" },
    ])
    expect(all.at(-1)).toMatchObject({ choices: [], usage: { cost: 0.5 } })
    expect(events.at(-1)).toBe("[DONE]")
  })

  test("an error is one event and the end", () => {
    const cut = answer.slice(0, 7)
    const error = new GatewayError("stream_interrupted", "cut")
    for (const failed of [
      stream([...cut, { type: "error", error }, ...answer.slice(7)], face, true),
      stream(cut, face, true, error),
    ]) {
      expect(failed).not.toContain("[DONE]")
      expect(chunks(failed).filter((chunk) => chunk.error).length).toBe(1)
      expect(JSON.parse(failed.at(-1) ?? "").error.message).toBe("cut")
    }
  })
})

test("usage that nobody asked for is shown on the OpenRouter face only", () => {
  expect(stream(answer, requestyFace, false).join("")).not.toContain('"usage"')
  expect(stream(answer, openrouterFace, false).join("")).toContain('"usage"')
})

test("a whole reply folds the same parts, with the fingerprint's key even when null", () => {
  const reply = chatCompletionsClient.encodeReply(answer, identity, requestyFace, 0.5, asked)
  expect(reply.choices).toEqual([
    {
      index: 0,
      message: {
        role: "assistant",
        content: "Hi",
        reasoning: "hm",
        reasoning_content: "hm",
        reasoning_signature: "s",
        annotations: [
          {
            type: "url_citation",
            url_citation: { url: "https://x", title: "https://x", start_index: 0, end_index: 0 },
          },
        ],
        web_search: { content: [{ url: "https://x", title: "https://x" }] },
        reasoning_details: [
          { type: "reasoning.text", text: "hm", format: "anthropic-claude-v1", index: 0, signature: "s" },
          { type: "reasoning.encrypted", data: "g", id: "c1", format: "google-gemini-v1", index: 1 },
        ],
        tool_calls: [
          {
            id: "c1",
            type: "function",
            function: { name: "f", arguments: "{}" },
            extra_content: { google: { thought_signature: "g" } },
          },
        ],
      },
      finish_reason: "tool_calls",
      native_finish_reason: "tool_use",
    },
  ])
  const bare = chatCompletionsClient.encodeReply(
    [{ type: "finish", reason: "stop", raw: null }],
    identity,
    requestyFace,
    0,
    asked,
  )
  expect(bare).toMatchObject({
    system_fingerprint: null,
    choices: [{ message: { content: "" }, finish_reason: "stop" }],
  })
  expect(Object.keys(bare)).not.toContain("usage")
})

test("what a client sends back is what the model signed", () => {
  const reply = chatCompletionsClient.encodeReply(answer, identity, openrouterFace, 0, asked) as {
    choices: { message: never }[]
  }
  const next = chatCompletionsClient.decodeRequest({ model: "a/b", messages: [reply.choices[0]!.message] })
  expect(next.messages[0]?.content).toEqual([
    { type: "reasoning", format: "anthropic-claude-v1", text: "hm", signature: "s" },
    { type: "text", text: "Hi" },
    { type: "tool-call", id: "c1", name: "f", arguments: "{}", kind: "function", signature: "g" },
  ])
})
