import fc from "fast-check"
import type { Content, Message } from "../../src/contract/index.ts"

const words = fc.constantFrom("", " ", "hello", "two words ", "ä\ud800")
const text: fc.Arbitrary<Content> = words.map((value) => ({ type: "text", text: value }))
const callId = fc.constantFrom("a", "b", "call.1", "x".repeat(80))

const call: fc.Arbitrary<Content> = fc.record({
  type: fc.constant("tool-call" as const),
  id: callId,
  name: fc.constantFrom("get_weather", "odd name", "9th"),
  arguments: fc.constantFrom("{}", "", '{"city":"Oslo"}', "[1]", "no json"),
  kind: fc.constantFrom("function" as const, "custom" as const),
})

const reasoning: fc.Arbitrary<Content> = fc.constantFrom<Content>(
  { type: "reasoning", text: "hm", format: "unknown" },
  { type: "reasoning", encrypted: "e", format: "openai-responses-v1" },
  { type: "reasoning", text: "hm", signature: "s", format: "xai-responses-v1" },
)

const image: Content = { type: "media", kind: "image", source: { type: "data", base64: "iVBORw0KGgo=" } }

const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({
    role: fc.constantFrom("system" as const, "developer" as const),
    content: fc.array(text, { maxLength: 2 }),
  }),
  fc.record({
    role: fc.constant("user" as const),
    content: fc.array(fc.oneof(text, fc.constant(image)), { maxLength: 3 }),
  }),
  fc.record({
    role: fc.constant("assistant" as const),
    content: fc.array(fc.oneof(text, call, reasoning), { maxLength: 4 }),
  }),
  fc.record({
    role: fc.constant("tool" as const),
    callId,
    content: fc.array(fc.oneof(text, fc.constant(image)), { maxLength: 2 }),
    isError: fc.boolean(),
  }),
)

/** Histories as careless clients write them: any order of roles, calls without results, results without calls, blank texts. */
export const conversations: fc.Arbitrary<Message[]> = fc.array(message, { maxLength: 8 })
