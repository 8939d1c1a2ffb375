import { describe, expect, test } from "bun:test"
import { defineVendor } from "../../../plugins/anthropic/provider.ts"
import { vendors } from "../../../plugins/anthropic/vendors.ts"
import type { ChatRequest, JsonObject, Message, ReasoningRequest } from "../../../src/contract/index.ts"
import { signatureOf, validate } from "../../kit/fake-anthropic/validate.ts"
import { chat, encode, user, wireOf } from "../../kit/wire-client.ts"

const wire = wireOf(defineVendor(vendors[0]!).create({ id: "anthropic", apiKey: "k", headers: {}, options: {} }))

interface Row {
  readonly model: string
  readonly reasoning: ReasoningRequest
  readonly request?: Partial<ChatRequest>
  readonly thinking?: JsonObject
  readonly effort?: string
  readonly losses?: readonly string[]
}

const budget = "claude-sonnet-4-5"
const rows: readonly Row[] = [
  ...(
    [
      ["minimal", 1024],
      ["low", 2000],
      ["medium", 5000],
      ["high", 8000],
      ["xhigh", 9500],
      ["max", 9500],
    ] as const
  ).map(([effort, tokens]) => ({
    model: budget,
    reasoning: { effort },
    request: { maxOutputTokens: 10_000 },
    thinking: { type: "enabled", budget_tokens: tokens },
  })),
  {
    model: budget,
    reasoning: { enabled: true },
    request: { maxOutputTokens: 10_000 },
    thinking: { type: "enabled", budget_tokens: 5000 },
  },
  { model: budget, reasoning: { budget: 3000 }, thinking: { type: "enabled", budget_tokens: 3000 } },
  {
    model: budget,
    reasoning: { budget: 3000 },
    request: { maxOutputTokens: 2000 },
    thinking: { type: "enabled", budget_tokens: 1900 },
    losses: ["reasoning.max_tokens clamped"],
  },
  {
    model: budget,
    reasoning: { budget: 500 },
    thinking: { type: "enabled", budget_tokens: 1024 },
    losses: ["reasoning.max_tokens clamped"],
  },
  { model: budget, reasoning: { effort: "high" }, request: { maxOutputTokens: 800 }, losses: ["reasoning dropped"] },
  { model: budget, reasoning: { effort: "none" }, thinking: { type: "disabled" } },
  { model: budget, reasoning: { enabled: false }, thinking: { type: "disabled" } },
  {
    model: "claude-sonnet-4-6",
    reasoning: { effort: "xhigh" },
    thinking: { type: "adaptive", display: "summarized" },
    effort: "max",
    losses: ["reasoning.effort approximated"],
  },
  {
    model: "claude-opus-4-7",
    reasoning: { effort: "xhigh" },
    thinking: { type: "adaptive", display: "summarized" },
    effort: "xhigh",
  },
  {
    model: "claude-opus-4-7",
    reasoning: { effort: "minimal" },
    thinking: { type: "adaptive", display: "summarized" },
    effort: "low",
    losses: ["reasoning.effort approximated"],
  },
  {
    model: "claude-opus-5",
    reasoning: { effort: "low", exclude: true },
    thinking: { type: "adaptive", display: "omitted" },
    effort: "low",
  },
  {
    model: "claude-opus-5-5",
    reasoning: { budget: 50_000 },
    request: { maxOutputTokens: 100_000 },
    thinking: { type: "adaptive", display: "summarized" },
    effort: "medium",
    losses: ["reasoning.max_tokens approximated"],
  },
  { model: "claude-opus-5", reasoning: { effort: "none" }, thinking: { type: "disabled" } },
  { model: "claude-opus-5-5", reasoning: { effort: "none" }, effort: "low", losses: ["reasoning approximated"] },
  { model: "claude-fable-5", reasoning: { effort: "none" }, effort: "low", losses: ["reasoning approximated"] },
  { model: "claude-3-5-haiku-20241022", reasoning: { effort: "high" }, losses: ["reasoning dropped"] },
]

describe("thinking", () => {
  for (const { model, reasoning, request, thinking, effort, losses = [] } of rows) {
    test(`${model} ${JSON.stringify(reasoning)} ${JSON.stringify(request ?? {})}`, () => {
      const { body, losses: lost } = encode(wire, model, chat({ ...request, reasoning }))
      expect(body.thinking).toEqual(thinking as JsonObject)
      expect(body.output_config).toEqual((effort === undefined ? undefined : { effort }) as JsonObject)
      expect(lost.map(({ path, action }) => `${path} ${action}`)).toEqual([...losses])
      expect(validate(body)).toBeUndefined()
    })
  }

  test("excludes sampling and prefill", () => {
    const messages: Message[] = [user("x"), { role: "assistant", content: [{ type: "text", text: "So" }] }]
    const { body, losses } = encode(
      wire,
      budget,
      chat({ messages, reasoning: { effort: "low" }, sampling: { temperature: 0.5, topP: 0.9, topK: 4 } }),
    )
    expect(body).not.toHaveProperty("temperature")
    expect(losses.map(({ path }) => path)).toEqual(["messages", "temperature", "top_p", "top_k"])
    expect(validate(body)).toBeUndefined()
  })

  test("verbosity is the effort of adaptive models", () => {
    expect(encode(wire, "claude-opus-5", chat({ verbosity: "low" })).body.output_config).toEqual({ effort: "low" })
    expect(encode(wire, budget, chat({ verbosity: "low" })).losses).toEqual([
      { path: "verbosity", action: "dropped", code: "parameter_unsupported", reason: "the upstream has no such field" },
    ])
  })
})

describe("thinking of earlier turns", () => {
  const tools = [{ type: "function" as const, name: "f" }]
  const call = { type: "tool-call" as const, id: "c", name: "f", arguments: "{}", kind: "function" as const }
  const history = (...reasoning: Extract<Message, { role: "assistant" }>["content"]): Message[] => [
    user("x"),
    { role: "assistant", content: [...reasoning, call] },
    { role: "tool", callId: "c", content: [{ type: "text", text: "R" }] },
  ]
  const own = { type: "reasoning" as const, text: "T", signature: signatureOf("T"), format: "anthropic-claude-v1" }

  test("goes back signed, redacted thinking too", () => {
    const redacted = { type: "reasoning" as const, encrypted: "e", format: "anthropic-claude-v1" }
    const { body, losses } = encode(
      wire,
      budget,
      chat({ tools, messages: history(own, redacted), reasoning: { effort: "low" } }),
    )
    expect(body.messages).toMatchObject([
      {},
      {
        content: [
          { type: "thinking", thinking: "T", signature: signatureOf("T") },
          { type: "redacted_thinking", data: "e" },
          { type: "tool_use" },
        ],
      },
      {},
    ])
    expect(losses).toEqual([])
    expect(validate(body)).toBeUndefined()
  })

  test("of another vendor, or unsigned, is dropped and never shown as text; then the model does not think in this turn", () => {
    for (const reasoning of [
      { type: "reasoning" as const, text: "secret", signature: "s", format: "google-gemini-v1" },
      { type: "reasoning" as const, text: "secret", encrypted: "s", format: "openai-responses-v1" },
      { type: "reasoning" as const, text: "secret", format: "anthropic-claude-v1" },
    ]) {
      const { body, losses } = encode(
        wire,
        budget,
        chat({ tools, messages: history(reasoning), reasoning: { effort: "low" } }),
      )
      expect(JSON.stringify(body)).not.toContain("secret")
      expect(body.thinking).toEqual({ type: "disabled" })
      expect(losses.map(({ path, action }) => `${path} ${action}`)).toEqual([
        "messages[1].content[0] dropped",
        "reasoning dropped",
      ])
      expect(validate(body)).toBeUndefined()
    }
  })

  test("without a signature goes to servers that sign nothing", () => {
    const generic = wireOf(
      defineVendor(vendors.find(({ id }) => id === "anthropic-compatible")!).create({
        id: "local",
        baseUrl: "http://127.0.0.1:1",
        headers: {},
        options: {},
      }),
    )
    const reasoning = { type: "reasoning" as const, text: "T", format: "unknown" }
    const { body, losses } = encode(generic, "MiniMax-M2", chat({ messages: history(reasoning) }))
    expect(JSON.stringify(body)).toContain('{"type":"thinking","thinking":"T","signature":""}')
    expect(losses).toEqual([])
  })
})
