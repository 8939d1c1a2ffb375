import { expect, test } from "bun:test"
import fc from "fast-check"
import type { ChatRequest, Message } from "../../src/contract/index.ts"
import { autoCache } from "../../src/dialects/index.ts"
import { conversations } from "../kit/conversations.ts"

const long = (tokens: number) => "x".repeat(tokens * 4)
const text = (value: string) => ({ type: "text" as const, text: value })
const request = (messages: readonly Message[], more: Partial<ChatRequest> = {}): ChatRequest => ({
  model: "a/b",
  messages,
  sampling: {},
  stream: false,
  ...more,
})
/** Where breakpoints are, as `message.part`, and `tool.index`. */
const marked = ({ messages, tools }: ChatRequest) => [
  ...(tools ?? []).flatMap((tool, index) => ("cache" in tool && tool.cache ? [`tool.${index}`] : [])),
  ...messages.flatMap(({ content }, at) => content.flatMap(({ cache }, item) => (cache ? [`${at}.${item}`] : []))),
]

test("ends of tools, system prompt and conversation come first", () => {
  const tool = (name: string) => ({ type: "function" as const, name, description: long(600) })
  const made = autoCache(
    request(
      [
        { role: "system", content: [text(long(10)), text(long(1200))] },
        { role: "user", content: [text("q")] },
        { role: "assistant", content: [text("a"), { type: "reasoning", text: "hm", format: "unknown" }] },
        { role: "user", content: [text("next"), text(" ")] },
      ],
      { tools: [tool("a"), tool("b")] },
    ),
  )
  expect(marked(made)).toEqual(["tool.1", "0.1", "3.0"])
})

test("the largest blocks get what is left", () => {
  const sizes = [1500, 3000, 10, 2000, 1100]
  const messages = sizes.map((size): Message => ({ role: "user", content: [text(long(size))] }))
  expect(marked(autoCache(request(messages)))).toEqual(["0.0", "1.0", "3.0", "4.0"])
})

test("what is too short for the model gets none", () => {
  const messages: Message[] = [{ role: "user", content: [text(long(1500))] }]
  expect(marked(autoCache(request(messages)))).toEqual(["0.0"])
  expect(marked(autoCache(request(messages), { minimumTokens: 2048, most: 4 }))).toEqual([])
  const short = request([{ role: "user", content: [text("hi")] }])
  expect(autoCache(short)).toBe(short)
})

test("a client that sets breakpoints knows better", () => {
  const content = [{ ...text(long(5000)), cache: {} }, text(long(5000))]
  for (const given of [
    request([{ role: "user", content }]),
    request([{ role: "user", content: [text(long(5000))] }], { cache: {} }),
    request([{ role: "user", content: [text(long(5000))] }], {
      tools: [{ type: "function", name: "t", cache: { ttl: "1h" } }],
    }),
  ])
    expect(autoCache(given)).toBe(given)
})

test("never more than allowed, nothing else changes, and twice is once", () => {
  fc.assert(
    fc.property(conversations, fc.integer({ min: 1, max: 4 }), (messages, most) => {
      const given = request(messages)
      const made = autoCache(given, { minimumTokens: 0, most })
      expect(marked(made).length).toBeLessThanOrEqual(most)
      const stripped = JSON.parse(JSON.stringify(made, (key, value) => (key === "cache" ? undefined : value)))
      expect(stripped).toEqual(JSON.parse(JSON.stringify(given)))
      expect(autoCache(made, { minimumTokens: 0, most })).toEqual(made)
    }),
    { seed: 11, numRuns: 200 },
  )
})
