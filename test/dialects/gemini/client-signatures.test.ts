import { describe, expect, test } from "bun:test"
import type { ChatPart, ChatRequest, Content, Json } from "../../../src/contract/index.ts"
import { chatCompletions, gemini, geminiProfile, messages } from "../../../src/dialects/index.ts"
import { call, decode, eventsOf, streamed, text, thought, usage, whole } from "./client-kit.ts"

type Turn = { readonly role: string; readonly parts: readonly Record<string, Json>[] }

const finish: ChatPart[] = [
  { type: "usage", usage },
  { type: "finish", reason: "tool-calls", raw: "tool_use" },
]
const hello: Turn = { role: "user", parts: [{ text: "hi" }] }
const result = (id: string): Turn => ({
  role: "user",
  parts: [{ functionResponse: { id, name: "f", response: { output: "ok" } } }],
})

/** How clients keep an answer: whole, fragment by fragment as Google's SDK does, or without thoughts as Gemini CLI does. */
const keepers: Readonly<Record<string, (parts: readonly ChatPart[]) => Turn[]>> = {
  whole: (parts) => [whole(parts).candidates[0]?.content as Turn],
  fragments: (parts) => eventsOf(streamed(parts)).map((data) => JSON.parse(data).candidates[0].content as Turn),
  "without thoughts": (parts) => {
    const kept = whole(parts).candidates[0]?.content as Turn
    return [{ role: "model", parts: kept.parts.filter((part) => part.thought !== true) }]
  },
}

const answer = (format: string, id: string, more: object): ChatPart[] => [
  { type: "start" },
  ...thought(format, `why ${id}`, 0, more),
  ...call(id, "f", "{}", 1),
  ...finish,
]

/** Two turns that call a tool each. */
const history = (
  keep: (parts: readonly ChatPart[]) => Turn[],
  format: string,
  more: (id: string) => object,
): ChatRequest =>
  decode({
    contents: [
      hello,
      ...keep(answer(format, "c1", more("c1"))),
      result("c1"),
      ...keep(answer(format, "c2", more("c2"))),
      result("c2"),
    ],
  })

const reasoningOf = (request: ChatRequest): Content[] =>
  request.messages.flatMap(({ content }) => content.filter(({ type }) => type === "reasoning"))

describe("reasoning of other vendors comes back over two tool turns", () => {
  for (const [name, keep] of Object.entries(keepers)) {
    test(`Anthropic's signatures, kept ${name}`, () => {
      const format = "anthropic-claude-v1"
      const request = history(keep, format, (id) => ({ signature: `sig-${id}` }))
      expect(reasoningOf(request)).toEqual([
        { type: "reasoning", format, text: "why c1", signature: "sig-c1" },
        { type: "reasoning", format, text: "why c2", signature: "sig-c2" },
      ])
      const body = messages.encodeRequest(request, { model: "claude", profile: {}, maxOutput: 100, lose: () => {} })
      expect(JSON.stringify(body)).toContain('{"type":"thinking","thinking":"why c2","signature":"sig-c2"}')
    })

    test(`OpenAI's encrypted reasoning, kept ${name}`, () => {
      const format = "openai-responses-v1"
      const request = history(keep, format, (id) => ({ encrypted: `enc-${id}` }))
      expect(reasoningOf(request)).toMatchObject([{ encrypted: "enc-c1" }, { encrypted: "enc-c2" }])
    })

    test(`bare thoughts, kept ${name}`, () => {
      const request = history(keep, "unknown", () => ({}))
      expect(reasoningOf(request)).toEqual([
        { type: "reasoning", format: "unknown", text: "why c1" },
        { type: "reasoning", format: "unknown", text: "why c2" },
      ])
      const profile = { reasoningEcho: "reasoning_content" } as const
      const body = chatCompletions.encodeRequest(request, { model: "m", profile, lose: () => {} })
      expect(JSON.stringify(body)).toContain('"reasoning_content":"why c1"')
    })

    test(`none of it goes to Gemini, kept ${name}`, () => {
      const request = history(keep, "anthropic-claude-v1", (id) => ({ signature: `sig-${id}` }))
      const codes: string[] = []
      const profile = geminiProfile("gemini-3-pro")
      const body = gemini.encodeRequest(request, {
        model: "gemini-3-pro",
        profile,
        lose: ({ code }) => codes.push(code),
      })
      expect(codes).toEqual(["foreign_reasoning", "foreign_reasoning"])
      expect(JSON.stringify(body)).not.toMatch(/why c|sig-c|c2J4MS/)
      // Google's stand-in for calls that another model made.
      expect(JSON.stringify(body).match(/skip_thought_signature_validator/g)).toHaveLength(2)
    })
  }
})

test("several thoughts before one call travel together", () => {
  const parts: ChatPart[] = [
    { type: "start" },
    ...thought("anthropic-claude-v1", "one", 0, { signature: "s1" }),
    { type: "reasoning-start", format: "anthropic-claude-v1", index: 1 },
    { type: "reasoning-delta", encrypted: "redacted", index: 1 },
    { type: "reasoning-end", index: 1 },
    ...call("c1", "f", "{}", 2),
    ...finish,
  ]
  const [turn] = keepers["without thoughts"]?.(parts) ?? []
  expect(reasoningOf(decode({ contents: [hello, turn, result("c1")] }))).toMatchObject([
    { text: "one", signature: "s1" },
    { encrypted: "redacted" },
  ])
})

test("a signature is base64, on the text where there is no call, on a thought where there is nothing", () => {
  const thinking = thought("anthropic-claude-v1", "hm", 0, { signature: "s" })
  const end: ChatPart[] = [{ type: "finish", reason: "stop", raw: null }]
  const last = (parts: ChatPart[]) => whole(parts).candidates[0]?.content.parts.at(-1)
  const spoken = last([...thinking, ...text("yes", 1), ...end])
  expect(spoken).toMatchObject({ text: "yes" })
  const signature = String(spoken?.thoughtSignature)
  expect(Buffer.from(signature, "base64").toString("base64")).toBe(signature)
  expect(last([...thinking, ...end])).toMatchObject({ text: "hm", thought: true, thoughtSignature: signature })
  for (const parts of [
    [...thinking, ...end],
    [...thinking, ...text("yes", 1), ...end],
  ])
    for (const keep of ["whole", "fragments"])
      expect(reasoningOf(decode({ contents: [hello, ...(keepers[keep]?.(parts) ?? []), hello] }))).toEqual([
        { type: "reasoning", format: "anthropic-claude-v1", text: "hm", signature: "s" },
      ])
})

test("a seal that was damaged goes to nobody", () => {
  const broken = Buffer.from("sbx1.%%%").toString("base64")
  const request = decode({
    contents: [
      hello,
      { role: "model", parts: [{ functionCall: { name: "f" }, thoughtSignature: broken }] },
      result(""),
    ],
  })
  expect(reasoningOf(request)).toEqual([])
  expect(request.messages[1]?.content[0]).not.toHaveProperty("signature")
})

test("Google's own signatures stay where they were", () => {
  const parts = [
    { text: "Let me see.", thoughtSignature: "c2lnMQ==" },
    { functionCall: { id: "c1", name: "f", args: {} }, thoughtSignature: "c2lnMg==" },
  ]
  const request = decode({ contents: [hello, { role: "model", parts }, result("c1")] })
  const profile = geminiProfile("gemini-3-pro")
  const body = gemini.encodeRequest(request, { model: "gemini-3-pro", profile, lose: () => {} })
  expect(body.contents).toMatchObject([{}, { role: "model", parts }, {}])
})
