import { describe, expect, test } from "bun:test"
import { GatewayError } from "../../src/contract/index.ts"
import { ask, decode, encode, user } from "../kit/chat-completions.ts"

const fault = (body: unknown) => {
  try {
    decode(body)
  } catch (thrown) {
    if (GatewayError.is(thrown))
      return { code: thrown.code, param: thrown.param, named: thrown.message.includes(thrown.param ?? "?") }
  }
  return undefined
}

describe("decodeRequest", () => {
  test.each<[string, unknown]>([
    ["body", []],
    ["messages", {}],
    ["messages", { messages: [] }],
    ["messages", { messages: "hi" }],
    ["messages[0]", { messages: ["hi"] }],
    ["messages[0].role", { messages: [{ content: "hi" }] }],
    ["messages[1].content[0].type", { messages: [user, { role: "user", content: [{ text: "x" }] }] }],
    [
      "messages[0].content[0].image_url.url",
      { messages: [{ role: "user", content: [{ type: "image_url", image_url: {} }] }] },
    ],
    ["messages[0].tool_call_id", { messages: [{ role: "tool", content: "x" }] }],
    [
      "messages[0].tool_calls[0].function.name",
      { messages: [{ role: "assistant", tool_calls: [{ id: "a", function: {} }] }] },
    ],
    ["temperature", { messages: [user], temperature: "hot" }],
    ["max_tokens", { messages: [user], max_tokens: 1.5 }],
    ["stop[1]", { messages: [user], stop: ["a", 1] }],
    ["logit_bias.5", { messages: [user], logit_bias: { 5: "x" } }],
    ["tools[0].function.name", { messages: [user], tools: [{ type: "function", function: {} }] }],
    ["stream", { messages: [user], stream: "yes" }],
    ["reasoning_effort", { messages: [user], reasoning_effort: "low", reasoning: { effort: "high" } }],
  ])("names %s where it is at fault", (param, body) => {
    expect(fault(body)).toEqual({ code: "invalid_request", param, named: true })
  })

  test("keeps unknown fields for this dialect and the gateway's own apart", () => {
    const { extras } = ask({
      safe_prompt: true,
      provider: { only: ["x"] },
      models: ["c/d"],
      requesty: { tags: ["t"] },
      session_id: "s",
    })
    expect(extras).toEqual({
      "chat-completions": { safe_prompt: true },
      gateway: { provider: { only: ["x"] }, models: ["c/d"], requesty: { tags: ["t"] }, session_id: "s" },
    })
    expect(Object.keys(encode(ask({ safe_prompt: true, models: ["c/d"], trace: {}, plugins: [] })).body)).toEqual([
      "model",
      "messages",
      "safe_prompt",
    ])
  })

  test("prefers max_completion_tokens, takes a prompt, a text as stop, and null for absent", () => {
    expect(ask({ max_tokens: 5, max_completion_tokens: 7 }).maxOutputTokens).toBe(7)
    expect(decode({ prompt: "x" }).messages).toEqual([{ role: "user", content: [{ type: "text", text: "x" }] }])
    expect(decode({ prompt: "x" }).model).toBe("")
    expect(ask({ stop: "END", temperature: null, tools: null, stream: null })).toMatchObject({
      stop: ["END"],
      sampling: {},
      stream: false,
    })
  })

  test.each<[object, object]>([
    [{ reasoning_effort: "min" }, { effort: "minimal" }],
    [{ reasoning_effort: "2048" }, { budget: 2048 }],
    [{ reasoning_effort: 2048 }, { budget: 2048 }],
    [
      { reasoning: { effort: "high", exclude: true, summary: "auto" } },
      { effort: "high", exclude: true, summary: "auto" },
    ],
    [{ reasoning: { max_tokens: 900 } }, { budget: 900 }],
    [{ thinking: { type: "enabled", budget_tokens: 1500 } }, { enabled: true, budget: 1500 }],
    [{ thinking: { type: "disabled" } }, { enabled: false }],
    [
      { thinking: { type: "adaptive" }, output_config: { effort: "max" } },
      { enabled: true, effort: "max" },
    ],
    [{ include_reasoning: false }, { exclude: true }],
  ])("reads %j", (fields, reasoning) => {
    expect(ask(fields).reasoning).toEqual(reasoning)
  })

  test("reads the parts of both hosted APIs", () => {
    const content = [
      { type: "text", text: "t", cache_control: { type: "ephemeral", ttl: "1h" } },
      { type: "image_url", image_url: { url: "https://x/y.png", mime_type: "IMAGE/PNG", detail: "low" } },
      { type: "image_url", image_url: { url: "data:image/webp;base64,AAAA" } },
      { type: "input_audio", input_audio: { data: "BBBB", format: "mp3" } },
      { type: "video_url", video_url: { url: "https://x/v.mp4" } },
      { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,CCCC" } },
      { type: "input_file", filename: "b.pdf", file_data: "DDDD" },
      { type: "file", file: { file_id: "file-1" } },
      { type: "hologram", beam: 1 },
    ]
    expect(decode({ messages: [{ role: "user", content }] }).messages[0]?.content).toEqual([
      { type: "text", text: "t", cache: { ttl: "1h" } },
      {
        type: "media",
        kind: "image",
        source: { type: "url", url: "https://x/y.png" },
        mime: "image/png",
        detail: "low",
      },
      { type: "media", kind: "image", source: { type: "data", base64: "AAAA" }, mime: "image/webp" },
      { type: "media", kind: "audio", source: { type: "data", base64: "BBBB" }, mime: "audio/mp3" },
      { type: "media", kind: "video", source: { type: "url", url: "https://x/v.mp4" } },
      { type: "media", kind: "file", source: { type: "data", base64: "CCCC" }, mime: "application/pdf", name: "a.pdf" },
      { type: "media", kind: "file", source: { type: "data", base64: "DDDD" }, mime: "application/pdf", name: "b.pdf" },
      { type: "media", kind: "file", source: { type: "id", id: "file-1" } },
      { type: "opaque", dialect: "chat-completions", data: { type: "hologram", beam: 1 } },
    ])
  })

  test("reads assistant history: reasoning once, signatures, calls with blank arguments", () => {
    const calls = [
      { id: "c1", type: "function", function: { name: "f", arguments: "" } },
      {
        id: "c2",
        type: "function",
        function: { name: "g", arguments: { a: 1 } },
        extra_content: { google: { thought_signature: "sig2" } },
      },
    ]
    const details = [
      { type: "reasoning.text", text: "hm", signature: "s", format: "anthropic-claude-v1", index: 0 },
      { type: "reasoning.encrypted", data: "sig1", id: "c1", format: "google-gemini-v1", index: 1 },
    ]
    const message = {
      role: "assistant",
      content: null,
      reasoning: "hm",
      reasoning_content: "hm",
      reasoning_details: details,
      tool_calls: calls,
    }
    expect(decode({ messages: [user, message] }).messages[1]?.content).toEqual([
      { type: "reasoning", format: "anthropic-claude-v1", text: "hm", signature: "s" },
      { type: "tool-call", id: "c1", name: "f", arguments: "{}", kind: "function", signature: "sig1" },
      { type: "tool-call", id: "c2", name: "g", arguments: '{"a":1}', kind: "function", signature: "sig2" },
    ])
    const requesty = { role: "assistant", content: "x", reasoning_content: "hm", reasoning_signature: "s" }
    expect(decode({ model: "anthropic/claude-sonnet-4", messages: [requesty] }).messages[0]?.content[0]).toEqual({
      // The model of a request says nothing about who signed an earlier turn.
      type: "reasoning",
      format: "unknown",
      text: "hm",
      signature: "s",
    })
  })

  test("reads functions of before, and their results by name", () => {
    const request = decode({
      messages: [
        { role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } },
        { role: "function", name: "f", content: "1" },
      ],
      functions: [{ name: "f", parameters: { type: "object" } }],
      function_call: { name: "f" },
    })
    expect(request.messages[1]).toMatchObject({ role: "tool", callId: "call_0_0" })
    expect(request.tools).toEqual([{ type: "function", name: "f", parameters: { type: "object" } }])
    expect(request.toolChoice).toEqual({ name: "f" })
  })

  test("a role of tomorrow goes on as it came", () => {
    const { body } = encode(decode({ messages: [{ role: "critic", content: "no" }] }))
    expect(body.messages).toEqual([{ role: "critic", content: "no" }])
  })
})
