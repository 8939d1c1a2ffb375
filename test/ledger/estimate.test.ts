import { expect, test } from "bun:test"
import fc from "fast-check"
import type { ChatRequest } from "../../src/contract/chat.ts"
import { createEstimatorState, estimateTokens, learn, measureRequest, measureText } from "../../src/ledger/estimate.ts"

const text = (length: number) => ({ characters: length, mediaTokens: 0 })
const request = (change: Partial<ChatRequest>): ChatRequest => ({
  model: "m",
  messages: [],
  sampling: {},
  stream: false,
  ...change,
})

test("text counts three and a half characters a token", () => {
  expect(estimateTokens(createEstimatorState(), "m", text(3_500))).toBe(1_000)
  expect(estimateTokens(createEstimatorState(), "m", text(0))).toBe(1)
})

test("messages, reasoning, tool calls, tools and schemas all count", () => {
  const plain = measureRequest(
    request({ messages: [{ role: "user", content: [{ type: "text", text: "a".repeat(100) }] }] }),
  )
  expect(plain.characters).toBe(116)
  const rich = measureRequest(
    request({
      messages: [
        { role: "user", content: [{ type: "text", text: "a".repeat(100) }] },
        {
          role: "assistant",
          content: [
            { type: "reasoning", text: "b".repeat(10), encrypted: "c".repeat(10), format: "unknown" },
            { type: "tool-call", id: "1", name: "get", arguments: '{"x":1}', kind: "function" },
          ],
        },
      ],
      tools: [{ type: "function", name: "get", parameters: { type: "object" } }],
      responseFormat: { type: "json-schema", name: "s", schema: { type: "object" } },
    }),
  )
  expect(rich.characters).toBeGreaterThan(plain.characters + 16 + 20 + 10 + 50)
  expect(rich.mediaTokens).toBe(0)
})

test("pictures and files count as what providers bill, not as text", () => {
  const base64 = "A".repeat(1_000_000)
  const media = (kind: "image" | "file" | "audio", mime?: string) =>
    measureRequest(
      request({
        messages: [
          {
            role: "user",
            content: [{ type: "media", kind, source: { type: "data", base64 }, ...(mime ? { mime } : {}) }],
          },
        ],
      }),
    )
  expect(media("image")).toEqual({ characters: 16, mediaTokens: 1_600 })
  expect(media("audio").mediaTokens).toBe(3_000)
  // 750,000 bytes are about fifteen pages.
  expect(media("file", "application/pdf").mediaTokens).toBe(37_500)
  expect(media("file", "text/plain").mediaTokens).toBe(214_286)
})

test("the text of a body is measured without parsing it, base64 apart", () => {
  const image = "iVBORw0KGgo".padEnd(50_000, "A")
  const pdf = "JVBERi0xLjcK".padEnd(80_000, "A")
  const body = JSON.stringify({
    messages: [
      { role: "user", content: [{ type: "image_url", image_url: { url: `data:image/png;base64,${image}==` } }] },
      {
        role: "user",
        content: [{ type: "document", source: { type: "base64", media_type: "application/pdf", data: pdf } }],
      },
    ],
  })
  const size = measureText(body)
  expect(size.characters).toBeLessThan(400)
  expect(size.characters).toBeGreaterThan(200)
  expect(size.mediaTokens).toBe(1_600 + 2 * 2_500)
  expect(measureText('{"messages":[]}')).toEqual({ characters: 15, mediaTokens: 0 })
  const long = JSON.stringify({ content: `base64 ${"A".repeat(5_000)} is mentioned in prose` })
  expect(measureText(long)).toEqual({ characters: long.length, mediaTokens: 0 })
})

test("an estimate that was too low is corrected fast, one that was too high slowly", () => {
  const state = createEstimatorState()
  learn(state, "low", text(3_500), 2_000)
  expect(estimateTokens(state, "low", text(3_500))).toBe(1_500)
  learn(state, "high", text(3_500), 500)
  expect(estimateTokens(state, "high", text(3_500))).toBe(975)
  for (let round = 0; round < 100; round += 1) learn(state, "low", text(3_500), 2_000)
  expect(estimateTokens(state, "low", text(3_500))).toBe(2_000)
  expect(estimateTokens(state, "other", text(3_500))).toBe(1_000)
})

test("whatever upstreams report, an estimate stays within half and four times the plain one", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1e9, max: 1e9 }), { maxLength: 200 }), (reports) => {
      const state = createEstimatorState()
      for (const real of reports) learn(state, "m", text(3_500), real)
      const estimate = estimateTokens(state, "m", text(3_500))
      expect(estimate).toBeWithin(500, 4_001)
    }),
  )
})

test("short prompts and prompts with media teach nothing, and the memory of models is bounded", () => {
  const state = createEstimatorState()
  learn(state, "m", text(100), 1_000)
  learn(state, "m", { characters: 3_500, mediaTokens: 1_600 }, 9_000)
  expect(state.ratios.size).toBe(0)
  for (let index = 0; index < 5_000; index += 1) learn(state, `m${index}`, text(3_500), 1_200)
  expect(state.ratios.size).toBe(2_000)
  expect(state.ratios.has("m4999")).toBe(true)
  expect(state.ratios.has("m0")).toBe(false)
})
