import { describe, expect, test } from "bun:test"
import type { ChatRequest, Profile } from "../../src/contract/index.ts"
import { ask, decode, encode, user } from "../kit/chat-completions.ts"

describe("encodeRequest follows the profile", () => {
  const withTools = { tools: [{ type: "function", function: { name: "f", strict: true } }] }
  test.each<[string, object, Profile, object, string[]]>([
    [
      "output limit under its name",
      { max_tokens: 9 },
      { maxTokensField: "max_completion_tokens" },
      { max_completion_tokens: 9 },
      [],
    ],
    ["temperature clamped", { temperature: 1.7 }, { maxTemperature: 1 }, { temperature: 1 }, ["temperature clamped"]],
    [
      "no sampling",
      { temperature: 1, top_p: 0.5, seed: 1 },
      { noSampling: true },
      { seed: 1 },
      ["temperature dropped", "top_p dropped"],
    ],
    [
      "sampling at effort none",
      { temperature: 1, reasoning_effort: "none" },
      { noSampling: true, samplingAtEffortNone: true },
      { temperature: 1, reasoning_effort: "none" },
      [],
    ],
    [
      "fields that are refused",
      { seed: 1, store: true },
      { dropFields: ["seed", "store"] },
      {},
      ["seed dropped", "store dropped"],
    ],
    ["fields that are added", { a: 1 }, { extraBody: { a: 2, b: 3 } }, { a: 1, b: 3 }, []],
    [
      "strict tools",
      withTools,
      { strictTools: false },
      { tools: [{ type: "function", function: { name: "f" } }] },
      ["tools[0].function.strict dropped"],
    ],
    ["no tools", withTools, { tools: false }, {}, ["tools dropped"]],
    [
      "no reasoning beside tools",
      { ...withTools, reasoning_effort: "high" },
      { reasoningWithTools: false },
      { reasoning_effort: "none", ...withTools },
      ["reasoning dropped"],
    ],
    ["usage in streams", { stream: true }, {}, { stream: true, stream_options: { include_usage: true } }, []],
    ["no usage in streams", { stream: true }, { usageInStream: false }, { stream: true }, []],
    [
      "effort mapped",
      { reasoning_effort: "xhigh" },
      { effortMap: { xhigh: "high" } },
      { reasoning_effort: "high" },
      [],
    ],
    [
      "budget as effort",
      { reasoning_effort: 500, max_tokens: 1000 },
      {},
      { max_tokens: 1000, reasoning_effort: "medium" },
      ["reasoning approximated"],
    ],
    [
      "mandatory thinking",
      { reasoning_effort: "none" },
      { thinkingMandatory: true },
      { reasoning_effort: "low" },
      ["reasoning approximated"],
    ],
    [
      "openrouter",
      { reasoning: { effort: "low", exclude: true } },
      { reasoningFormat: "openrouter" },
      { reasoning: { effort: "low", exclude: true } },
      [],
    ],
    [
      "deepseek",
      { reasoning_effort: "high" },
      { reasoningFormat: "deepseek" },
      { thinking: { type: "enabled" }, reasoning_effort: "high" },
      [],
    ],
    [
      "qwen",
      { reasoning_effort: 700 },
      { reasoningFormat: "qwen" },
      { enable_thinking: true, thinking_budget: 700 },
      [],
    ],
    ["zai", { reasoning_effort: "none" }, { reasoningFormat: "zai" }, { thinking: { type: "disabled" } }, []],
    [
      "together",
      { reasoning_effort: "low" },
      { reasoningFormat: "together" },
      { reasoning: { enabled: true }, reasoning_effort: "low" },
      [],
    ],
    [
      "moonshot",
      { reasoning: { enabled: true } },
      { reasoningFormat: "moonshot" },
      { thinking: { type: "enabled", keep: "all" } },
      [],
    ],
    [
      "chat template",
      { reasoning_effort: "low" },
      { reasoningFormat: "chat-template", templateField: "chat_template_args" },
      { chat_template_args: { enable_thinking: true } },
      ["reasoning approximated"],
    ],
    ["no reasoning at all", { reasoning_effort: "low" }, { reasoningFormat: "none" }, {}, ["reasoning dropped"]],
  ])("%s", (_name, fields, profile, expected, lost) => {
    const encoded = encode(ask(fields), profile)
    const { model, messages, ...rest } = encoded.body
    expect(rest as object).toEqual(expected)
    expect(encoded.lost).toEqual(lost)
  })

  const history = (profile: Profile, ...messages: object[]) => {
    const { body, lost } = encode(decode({ messages }), profile)
    return { messages: body.messages, lost }
  }
  const called = {
    role: "assistant",
    content: null,
    tool_calls: [{ id: "call_123", type: "function", function: { name: "f", arguments: "{}" } }],
  }
  const result = { role: "tool", tool_call_id: "call_123", content: "1" }

  test("developer becomes system where it must", () => {
    expect(history({ developerRole: false }, { role: "developer", content: "x" }).messages).toEqual([
      { role: "system", content: "x" },
    ])
  })

  test("tool messages: names, mapped ids that pair up, empty content", () => {
    const { messages } = history(
      { toolResultName: true, toolCallIds: "alnum9", nonNullAssistantContent: true },
      called,
      result,
    )
    const [turn, answer] = messages as [
      { content: string; tool_calls: { id: string }[] },
      { tool_call_id: string; name: string },
    ]
    expect(turn.content).toBe("")
    expect(turn.tool_calls[0]?.id).toMatch(/^[a-zA-Z0-9]{9}$/)
    expect(answer).toMatchObject({ tool_call_id: turn.tool_calls[0]?.id, name: "f" })
  })

  test("pictures of tool results move behind the last result of the turn", () => {
    const image = { type: "image_url", image_url: { url: "https://x/y.png" } }
    const { messages, lost } = history(
      {},
      { ...called, tool_calls: [...called.tool_calls, { ...called.tool_calls[0], id: "call_124" }] },
      { ...result, content: [{ type: "text", text: "see" }, image] },
      { ...result, tool_call_id: "call_124" },
      user,
    )
    expect((messages as { role: string }[]).map(({ role }) => role)).toEqual([
      "assistant",
      "tool",
      "tool",
      "user",
      "user",
    ])
    expect(lost).toEqual(["messages[1].content[1] moved"])
  })

  test("reasoning of earlier turns goes back where it is wanted, and nowhere else", () => {
    const turn = {
      role: "assistant",
      content: "x",
      reasoning_details: [{ type: "reasoning.text", text: "hm", format: "f1", signature: "s" }],
    }
    expect(history({}, turn)).toEqual({
      messages: [{ role: "assistant", content: "x" }],
      lost: ["messages[0].content[0] dropped"],
    })
    expect(history({ reasoningEcho: "reasoning_details" }, turn).messages).toEqual([
      {
        role: "assistant",
        content: "x",
        reasoning_details: [{ type: "reasoning.text", text: "hm", signature: "s", format: "f1", index: 0 }],
      },
    ])
    expect(history({ reasoningEcho: "reasoning_details", reasoningOrigins: ["f2"] }, turn).lost).toEqual([
      "messages[0].content[0] dropped",
    ])
    expect(
      history({ reasoningEcho: "reasoning_content", reasoningEchoEmpty: true }, { role: "assistant", content: "x" })
        .messages,
    ).toEqual([{ role: "assistant", content: "x", reasoning_content: "" }])
    expect(history({ reasoningEcho: "reasoning", reasoningEchoTurns: "current" }, turn, user).messages).toEqual([
      { role: "assistant", content: "x" },
      user,
    ])
  })

  test("media that cannot be sent is left out with a loss, or refused where that would change the question", () => {
    const content = [
      { type: "image_url", image_url: { url: "https://x/y.png" } },
      { type: "file", file: { filename: "a.pdf", file_data: "https://x/a.pdf" } },
    ]
    expect(history({ images: false, pdf: false }, { role: "user", content }).lost).toEqual([
      "messages[0].content[0] dropped",
      "messages[0].content[1] dropped",
    ])
    expect(() => history({ mediaUrls: false }, { role: "user", content })).toThrow("messages[0].content[0]")
  })

  test("fields of other dialects are losses", () => {
    const request: ChatRequest = { ...ask(), extras: { messages: { container: "c" }, gateway: { models: [] } } }
    expect(encode(request).lost).toEqual(["container dropped"])
  })

  test("half a surrogate pair never leaves", () => {
    expect(JSON.stringify(history({}, { role: "user", content: "a\ud800b" }).messages)).toContain("a\ufffdb")
  })
})
