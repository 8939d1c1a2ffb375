import { expect, test } from "bun:test"
import { readBody } from "../../src/bodies/read-body.ts"
import type { KeptBody } from "../../src/bodies/types.ts"

const kept = (request: unknown, answer: unknown, streamed = false): KeptBody => ({
  id: "gen-1",
  keyId: "key-1",
  at: 0,
  api: "chat-completions",
  streamed,
  request: typeof request === "string" ? request : JSON.stringify(request),
  changed: false,
  answer: typeof answer === "string" ? answer : JSON.stringify(answer),
  requestCut: 0,
  answerCut: 0,
})
const stream = (...events: readonly unknown[]) =>
  `: comment\n\n${events.map((event) => `event: x\ndata: ${JSON.stringify(event)}\n\n`).join("")}data: [DONE]\n\n`
const user = { role: "user", content: "Hello" }
const told = { completion: "Hi there", reasoning: "Hm, hello" }

test.each([
  [
    "chat completions",
    { choices: [{ message: { content: "Hi there", reasoning: "Hm, hello" } }] },
    [
      { choices: [{ delta: { reasoning: "Hm, " } }] },
      { choices: [{ delta: { reasoning_content: "hello", content: "Hi " } }] },
      { choices: [{ delta: { content: "there" } }] },
      { choices: [], usage: {} },
    ],
  ],
  [
    "messages",
    {
      type: "message",
      content: [
        { type: "thinking", thinking: "Hm, hello", signature: "x" },
        { type: "text", text: "Hi there" },
        { type: "tool_use", name: "x", input: {} },
      ],
    },
    [
      { type: "message_start", message: { content: [] } },
      { type: "content_block_delta", delta: { type: "thinking_delta", thinking: "Hm, hello" } },
      { type: "content_block_delta", delta: { type: "text_delta", text: "Hi " } },
      { type: "content_block_delta", delta: { type: "text_delta", text: "there" } },
    ],
  ],
  [
    "responses",
    {
      output: [
        { type: "reasoning", summary: [{ type: "summary_text", text: "Hm, hello" }] },
        { type: "message", content: [{ type: "output_text", text: "Hi there" }] },
      ],
    },
    [
      { type: "response.reasoning_summary_text.delta", delta: "Hm, hello" },
      { type: "response.output_text.delta", delta: "Hi there" },
      { type: "response.completed", response: { output: [{ type: "message", content: [{ text: "Hi there" }] }] } },
    ],
  ],
  [
    "gemini",
    { candidates: [{ content: { parts: [{ text: "Hm, hello", thought: true }, { text: "Hi there" }] } }] },
    [
      { candidates: [{ content: { parts: [{ text: "Hm, hello", thought: true }] } }] },
      { candidates: [{ content: { parts: [{ text: "Hi there" }] } }] },
    ],
  ],
] as const)("an answer of %s is read whole and streamed", (_, whole, events) => {
  expect(readBody(kept({ messages: [user] }, whole))).toEqual({ input: { messages: [user] }, ...told })
  expect(readBody(kept({ messages: [user] }, stream(...events), true))).toMatchObject(told)
})

test("completions have a text", () => {
  expect(readBody(kept({ prompt: "Once" }, { choices: [{ text: "upon" }] }))).toEqual({
    input: { prompt: "Once" },
    completion: "upon",
    reasoning: null,
  })
})

test("inputs of all formats are found, and what was cut is shown as it is", () => {
  const input = (request: unknown) => readBody(kept(request, "")).input
  expect(input({ input: "Hello" })).toEqual({ prompt: "Hello" })
  expect(input({ instructions: "Be brief", input: "Hello" })).toEqual({
    messages: [{ role: "system", content: "Be brief" }, user],
  })
  expect(input({ system: "Be brief", messages: [user] })).toEqual({
    messages: [{ role: "system", content: "Be brief" }, user],
  })
  expect(input({ contents: [{ parts: [] }] })).toEqual({ messages: [{ parts: [] }] })
  expect(input({ input: ["one", "two"] })).toEqual({ prompt: '["one","two"]' })
  expect(input('{"messages":[{"role":"us')).toEqual({ prompt: '{"messages":[{"role":"us' })
})

test("an answer that never came, or was cut, is what there is of it", () => {
  expect(readBody(kept({}, "")).completion).toBeNull()
  const half = stream({ choices: [{ delta: { content: "Hi" } }] }).replace("data: [DONE]\n\n", "")
  expect(readBody(kept({}, `${half}data: {"choi`, true)).completion).toBe("Hi")
})
