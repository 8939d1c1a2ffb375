import { describe, expect, test } from "bun:test"
import type { ChatRequest, JsonObject, Loss, Message } from "../../../src/contract/index.ts"
import { createWire } from "./kit.ts"

const encode = (slug: string, model: string, request: Partial<ChatRequest>) => {
  const losses: Loss[] = []
  const wire = createWire(slug)
  const target = { model, profile: wire.profile(model), lose: (loss: Loss) => void losses.push(loss) }
  const plain: ChatRequest = { model, messages: [say("user", "hi")], sampling: {}, stream: false }
  return { body: wire.dialect.encodeRequest({ ...plain, ...request }, target), losses: losses.map(({ path }) => path) }
}

const say = (role: "system" | "developer" | "user", text: string): Message => ({
  role,
  content: [{ type: "text", text }],
})
const think = (text: string, thought?: string): Message => ({
  role: "assistant",
  content: [
    ...(thought === undefined ? [] : [{ type: "reasoning" as const, text: thought, format: "unknown" }]),
    { type: "text", text },
  ],
})
const tool = { type: "function", name: "f", parameters: { type: "object" } } as const
const call: Message = {
  role: "assistant",
  content: [{ type: "tool-call", id: "call_1", name: "f", arguments: '{"a":1}', kind: "function" }],
}
const result: Message = { role: "tool", callId: "call_1", content: [{ type: "text", text: "done" }] }

const assistantTurns = (body: JsonObject): JsonObject[] =>
  (body.messages as JsonObject[]).filter(({ role }) => role === "assistant")

describe("DeepSeek's own words go back as it wants them", () => {
  const messages = [say("user", "a"), think("b", "first"), say("user", "c"), think("d"), think("e", "second")]
  const echoes = (model: string) => assistantTurns(encode("deepseek", model, { messages }).body)
  test("V4: on every turn, empty where there were none", () => {
    expect(echoes("deepseek-v4").map(({ reasoning_content }) => reasoning_content)).toEqual(["first", "", "second"])
  })
  test("V3: only after the last question", () => {
    expect(echoes("deepseek-chat").map((turn) => turn.reasoning_content)).toEqual([undefined, undefined, "second"])
  })
  test("R1: never", () => {
    expect(echoes("deepseek-r1").some((turn) => "reasoning_content" in turn)).toBe(false)
    expect(encode("deepseek", "deepseek-r1", { messages }).losses).toHaveLength(2)
  })
})

describe("reasoning is asked for in the vendor's own form", () => {
  const high = { reasoning: { effort: "high" } } as const
  const off = { reasoning: { effort: "none" } } as const
  const cases: readonly (readonly [string, string, Partial<ChatRequest>, JsonObject, readonly string[]])[] = [
    ["deepseek", "deepseek-v4", high, { thinking: { type: "enabled" }, reasoning_effort: "high" }, []],
    ["deepseek", "deepseek-v4", off, { thinking: { type: "disabled" } }, []],
    ["alibaba", "qwen3-max", { reasoning: { budget: 512 } }, { enable_thinking: true, thinking_budget: 512 }, []],
    ["zai", "glm-4.6", off, { thinking: { type: "disabled" }, tool_stream: true }, []],
    ["moonshotai", "kimi-k2.5", off, { thinking: { type: "disabled" } }, []],
    ["together", "some-model", off, { reasoning: { enabled: false } }, []],
    ["openrouter", "a/b", high, { reasoning: { effort: "high" } }, []],
    ["groq", "openai/gpt-oss-20b", { reasoning: { effort: "max" } }, { reasoning_effort: "high" }, []],
    ["groq", "qwen/qwen3-32b", high, { reasoning_effort: "default", reasoning_format: "parsed" }, []],
    ["fireworks", "some-model", { reasoning: { effort: "minimal" } }, { reasoning_effort: "low" }, []],
    ["vllm", "some-model", off, { chat_template_kwargs: { enable_thinking: false } }, []],
    ["baseten", "some-model", off, { chat_template_args: { enable_thinking: false } }, []],
    ["nvidia", "some-model", high, {}, ["reasoning"]],
  ]
  for (const [slug, model, request, wanted, lost] of cases)
    test(`${slug} ${JSON.stringify(request.reasoning)}`, () => {
      const { body, losses } = encode(slug, model, request)
      const { model: name, messages, ...rest } = body
      expect(rest).toEqual(wanted)
      expect(losses).toEqual([...lost])
    })
})

describe("Perplexity has no tools", () => {
  const { body, losses } = encode("perplexity", "sonar", {
    messages: [say("user", "a"), call, result, say("user", "b")],
    tools: [tool],
    toolChoice: "auto",
  })
  test("none is sent, and that is told", () => {
    expect(body).not.toHaveProperty("tools")
    expect(body).not.toHaveProperty("tool_choice")
    expect(losses).toContain("tools")
  })
  test("earlier calls and results are text", () => {
    expect(JSON.stringify(body.messages)).toContain("done")
    for (const message of body.messages as JsonObject[]) {
      expect(message.role).not.toBe("tool")
      expect(message).not.toHaveProperty("tool_calls")
    }
  })
})

describe("what a vendor does not know stays behind, with a loss", () => {
  const sampling = { temperature: 1.5, topK: 40, logitBias: { 1: 2 } }
  test("groq", () => {
    const { body, losses } = encode("groq", "llama-3.3-70b-versatile", { sampling, maxOutputTokens: 9 })
    const { messages, ...rest } = body
    expect(rest).toEqual({ model: "llama-3.3-70b-versatile", temperature: 1.5, max_completion_tokens: 9 })
    expect([...losses].sort()).toEqual(["logit_bias", "top_k"])
  })
  test("a temperature over the highest", () => {
    const { body, losses } = encode("zai", "glm-4.6", { sampling: { temperature: 1.5 } })
    expect(body.temperature).toBe(1)
    expect(losses).toEqual(["temperature"])
  })
  test("role developer, where only OpenAI has it", () => {
    const roles = (slug: string) =>
      (encode(slug, "m", { messages: [say("developer", "x"), say("user", "y")] }).body.messages as JsonObject[])[0]
        ?.role
    expect(["groq", "together", "vllm"].map(roles)).toEqual(["developer", "system", "system"])
  })
  test("strict tools", () => {
    const { body, losses } = encode("together", "m", { tools: [{ ...tool, strict: true }] })
    expect(JSON.stringify(body.tools)).not.toContain("strict")
    expect(losses).toHaveLength(1)
  })
})

test("LiteLLM wants tools declared for a history that has them", () => {
  const { body } = encode("litellm", "claude", { messages: [say("user", "a"), call, result] })
  expect(body.tools).toEqual([])
})

describe("thinking tokens, where a server can be told how many", () => {
  for (const [slug, field] of [
    ["llama-cpp", "thinking_budget_tokens"],
    ["vllm", "thinking_token_budget"],
    ["sglang", "thinking_budget"],
  ] as const)
    test(slug, () => {
      const { body, losses } = encode(slug, "m", { reasoning: { budget: 2000 } })
      expect(body[field]).toBe(2000)
      expect(body.chat_template_kwargs).toEqual({ enable_thinking: true })
      expect(losses).toEqual([])
      expect(encode(slug, "m", { reasoning: { effort: "none" } }).body).not.toHaveProperty(field)
    })
})

describe("a free-text tool, where only OpenAI has them", () => {
  const shell = { type: "custom", name: "shell", description: "Runs it" } as const
  const ran: Message = {
    role: "assistant",
    content: [{ type: "tool-call", id: "call_1", name: "shell", arguments: "ls -l", kind: "custom" }],
  }
  const asked = { tools: [shell], toolChoice: { name: "shell" }, messages: [say("user", "a"), ran, result] }
  test("goes up as a function with one text argument, and that is told", () => {
    const { body, losses } = encode("vllm", "m", asked)
    expect(body.tools).toMatchObject([
      { type: "function", function: { name: "shell", description: "Runs it", parameters: { required: ["input"] } } },
    ])
    expect(body.tool_choice).toEqual({ type: "function", function: { name: "shell" } })
    expect(assistantTurns(body)[0]?.tool_calls).toEqual([
      { id: "call_1", type: "function", function: { name: "shell", arguments: '{"input":"ls -l"}' } },
    ])
    expect(losses).toEqual(["tools[0]"])
  })
  const answer = (pieces: readonly string[]) => {
    const { dialect, profile } = createWire("vllm")
    const request: ChatRequest = { model: "m", messages: [], sampling: {}, stream: true, tools: [shell] }
    const decoder = dialect.decodeStream({ profile: profile("m"), model: "m", newId: (prefix) => prefix, request })
    const chunk = (call: object) => ({ choices: [{ index: 0, delta: { tool_calls: [{ index: 0, ...call }] } }] })
    const chunks = [
      chunk({ id: "call_1", type: "function", function: { name: "shell", arguments: "" } }),
      ...pieces.map((text) => chunk({ function: { arguments: text } })),
      { choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] },
    ]
    return [...chunks.flatMap((one) => decoder.push({ data: JSON.stringify(one) })), ...decoder.end()]
  }
  test("comes back as the call of that tool", () => {
    const parts = answer(['{"inp', 'ut":"ls -l"}'])
    expect(parts.filter(({ type }) => type.startsWith("tool-call"))).toEqual([
      { type: "tool-call-start", id: "call_1", name: "shell", kind: "custom", index: 0 },
      { type: "tool-call-delta", arguments: "ls -l", index: 0 },
      { type: "tool-call-end", index: 0 },
    ])
  })
  test("a model that writes the text without its wrapping is understood", () => {
    expect(answer(["ls -l"]).find(({ type }) => type === "tool-call-delta")).toMatchObject({ arguments: "ls -l" })
  })
  test("a client's body with one is not sent as it is", () => {
    const { dialect, profile } = createWire("vllm")
    const native = (more: object) =>
      dialect.native?.request(JSON.stringify({ model: "x", messages: [{ role: "user", content: "a" }], ...more }), {
        model: "m",
        profile: profile("m"),
      })
    expect(native({ tools: [{ type: "custom", custom: { name: "shell" } }] })).toBeUndefined()
    const call = { id: "c", type: "custom", custom: { name: "shell", input: "ls" } }
    expect(native({ messages: [{ role: "assistant", content: null, tool_calls: [call] }] })).toBeUndefined()
    expect(native({ tools: [{ type: "function", function: { name: "f" } }] })).toBeString()
  })
})
