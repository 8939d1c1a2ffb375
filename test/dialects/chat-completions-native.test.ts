import { describe, expect, test } from "bun:test"
import { GatewayError, type NativeTarget, type Profile, type ReplyPatch } from "../../src/contract/index.ts"
import { chatCompletions } from "../../src/dialects/index.ts"
import { estimate } from "../kit/chat-completions.ts"

const native = chatCompletions.native!
const up = (text: string, profile: Profile = {}, more: Partial<NativeTarget> = {}) =>
  native.request(text, { model: "up", profile, ...more })
const body = (fields: object = {}) =>
  JSON.stringify({ model: "a/b", messages: [{ role: "user", content: "hi" }], ...fields })
const parsed = (fields: object, profile?: Profile, more?: Partial<NativeTarget>) => {
  const text = up(body(fields), profile, more)
  return text === undefined ? undefined : JSON.parse(text)
}

describe("request", () => {
  test("changes what it must and leaves every other byte", () => {
    const text =
      '{ "messages" : [{"role":"user","content":"\\u00e9"}],\n "provider":{"only":["x"]}, "temperature":1.0e0, "model":"a/b", "big":12345678901234567890 }'
    expect(up(text)).toBe(
      '{ "messages" : [{"role":"user","content":"\\u00e9"}], "temperature":1.0e0, "model":"up", "big":12345678901234567890 }',
    )
  })

  test.each<[string, object, Profile, Partial<NativeTarget>, object]>([
    ["a missing model is added", { model: undefined }, {}, {}, {}],
    [
      "the gateway's keys go",
      { models: ["x"], plugins: [], requesty: {}, trace: {}, usage: { include: true } },
      {},
      {},
      {},
    ],
    ["usage is asked for", { stream: true }, {}, {}, { stream: true, stream_options: { include_usage: true } }],
    [
      "into what was asked",
      { stream: true, stream_options: { include_usage: false, x: 1 } },
      {},
      {},
      { stream: true, stream_options: { include_usage: true, x: 1 } },
    ],
    [
      "not where it is unknown",
      { stream: true, stream_options: { include_usage: true } },
      { usageInStream: false },
      {},
      { stream: true },
    ],
    ["not without a stream", { stream_options: { include_usage: true } }, {}, {}, {}],
    [
      "the limit under its name",
      { max_tokens: 5 },
      { maxTokensField: "max_completion_tokens" },
      {},
      { max_completion_tokens: 5 },
    ],
    ["the second name wins", { max_tokens: 5, max_completion_tokens: 7 }, {}, {}, { max_tokens: 7 }],
    ["the limit lowered", { max_tokens: 500 }, {}, { maxOutputTokens: 9 }, { max_tokens: 9 }],
    ["never raised", { max_tokens: 5 }, {}, { maxOutputTokens: 9 }, { max_tokens: 5 }],
    ["a limit where none was", {}, {}, { maxOutputTokens: 9 }, { max_tokens: 9 }],
    ["added fields", { a: 1 }, { extraBody: { a: 2, b: 3 } }, {}, { a: 1, b: 3 }],
    ["fields of tomorrow", { hologram: { x: [1] } }, {}, {}, { hologram: { x: [1] } }],
  ])("%s", (_name, fields, profile, more, expected) => {
    expect(parsed(fields, profile, more)).toEqual({
      model: "up",
      messages: [{ role: "user", content: "hi" }],
      ...expected,
    })
  })

  const message = (...messages: object[]) => ({ messages })
  const image = { role: "user", content: [{ type: "image_url", image_url: { url: "https://x" } }] }
  test.each<[string, object, Profile]>([
    ["developer", message({ role: "developer", content: "x" }), { developerRole: false }],
    ["input_file", message({ role: "user", content: [{ type: "input_file", file_data: "x" }] }), {}],
    ["reasoning history", message({ role: "assistant", content: "x", reasoning_content: "y" }), {}],
    [
      "the other spelling",
      message({ role: "assistant", content: "x", reasoning: "y" }),
      { reasoningEcho: "reasoning_content" },
    ],
    [
      "cache_control",
      message({ role: "user", content: [{ type: "text", text: "x", cache_control: { type: "ephemeral" } }] }),
      {},
    ],
    ["top-level cache_control", { cache_control: { type: "ephemeral" } }, {}],
    ["reasoning", { reasoning: { effort: "low" } }, {}],
    ["a budget as effort", { reasoning_effort: "2000" }, {}],
    ["a mapped effort", { reasoning_effort: "xhigh" }, { effortMap: { xhigh: "high" } }],
    ["effort elsewhere", { reasoning_effort: "low" }, { reasoningFormat: "qwen" }],
    ["hidden reasoning", { include_reasoning: false }, {}],
    ["thinking", { thinking: { type: "enabled" } }, {}],
    ["functions", { functions: [] }, {}],
    ["a prompt", { prompt: "x" }, {}],
    ["a refused field", { seed: 1 }, { dropFields: ["seed"] }],
    ["a hot temperature", { temperature: 2 }, { maxTemperature: 1 }],
    ["refused sampling", { top_p: 1 }, { noSampling: true }],
    ["think tags", {}, { thinkTags: true }],
    ["odd usage", {}, { usageQuirk: "reasoning-outside" }],
    ["no images", message(image), { images: false }],
    ["no addresses", message(image), { mediaUrls: false }],
    ["no tools", { tools: [{ type: "function", function: { name: "f" } }] }, { tools: false }],
    ["call ids", message({ role: "tool", tool_call_id: "x", content: "y" }), { toolCallIds: "alnum9" }],
    ["null content", message({ role: "assistant", content: null }), { nonNullAssistantContent: true }],
    ["a wrong type", { temperature: "hot" }, {}],
    ["empty messages", { messages: [] }, {}],
    ["no messages", { messages: undefined }, {}],
  ])("leaves %s to the translated lane", (_name, fields, profile) => {
    expect(up(body(fields), profile)).toBeUndefined()
  })

  test("leaves duplicate keys and broken JSON to the translated lane", () => {
    expect(up('{"model":"a","messages":[{}],"model":"b"}')).toBeUndefined()
    expect(up('{"model":"a","mod\\u0065l":"b","messages":[{}]}')).toBeUndefined()
    expect(up('{"model":"a","messages":[{}]')).toBeUndefined()
  })

  test("words in the conversation's text do not matter, keys and whole values do", () => {
    expect(
      up(body({ messages: [{ role: "user", content: 'say "developer" and "cache_control"' }] }), {
        developerRole: false,
      }),
    ).toBeDefined()
  })
})

describe("reply", () => {
  const patch = (face: ReplyPatch["face"]): ReplyPatch => ({
    id: "gen-9",
    model: "a/b",
    face,
    provider: "Acme",
    includeUsage: true,
    price: () => 0.5,
    estimate,
  })
  const choice = (message: object, more: object = {}) => ({
    index: 0,
    message: { role: "assistant", ...message },
    finish_reason: "stop",
    ...more,
  })
  const reply = (fields: object, face: ReplyPatch["face"] = "requesty") => {
    const text = JSON.stringify({
      id: "u",
      object: "chat.completion",
      created: 1,
      model: "m",
      choices: [choice({ content: "x" })],
      ...fields,
    })
    const out = native.reply(text, patch(face), "acme")
    return { value: JSON.parse(out.text), ...out }
  }

  test("bears the gateway's identity and the key that OpenRouter's SDK demands", () => {
    const { value, summary } = reply({})
    expect(value).toMatchObject({ id: "gen-9", model: "a/b", provider: "Acme", system_fingerprint: null })
    expect(value.choices[0]).toMatchObject({ native_finish_reason: "stop" })
    expect(summary).toMatchObject({
      upstreamId: "u",
      upstreamModel: "m",
      finish: "stop",
      complete: true,
      contentLength: 1,
    })
  })

  test("keeps what it does not know, drops nulls that break parsers", () => {
    const message = {
      content: null,
      refusal: null,
      tool_calls: null,
      reasoning_content: null,
      annotations: [],
      audio: null,
    }
    const { value, text } = reply({
      usage: null,
      service_tier: null,
      x: { y: 1 },
      choices: [choice(message, { logprobs: null })],
    })
    expect(value.choices[0].message).toEqual({ role: "assistant", content: null, refusal: null, annotations: [] })
    // The upstream's null is no usage: an estimate takes its place.
    expect(value.usage).toMatchObject({ prompt_tokens: 7, completion_tokens: 0, cost: 0.5 })
    expect(text).toContain('"x":{"y":1}')
  })

  test.each(["openrouter", "requesty"] as const)("usage of the %s face over the upstream's own", (face) => {
    const usage = {
      prompt_tokens: 3,
      completion_tokens: 2,
      total_tokens: 5,
      queue_time: 0.1,
      prompt_tokens_details: null,
      cost: null,
      cost_details: { upstream_inference_cost: null },
    }
    const { value, summary } = reply({ usage }, face)
    expect(value.usage).toMatchObject({ queue_time: 0.1, cost: 0.5, prompt_tokens_details: { cached_tokens: 0 } })
    expect(JSON.stringify(value.usage)).not.toContain("null")
    expect(summary.usage?.input.fresh).toBe(3)
  })

  test("reasoning in both spellings, calls made whole", () => {
    const calls = [{ function: { name: "f", arguments: "" } }]
    const { value } = reply({
      choices: [choice({ content: "x", reasoning: "hm" }), choice({ content: null, tool_calls: calls })],
    })
    expect(value.choices[0].message).toMatchObject({ reasoning: "hm", reasoning_content: "hm" })
    expect(value.choices[1].message.tool_calls[0]).toMatchObject({
      type: "function",
      function: { name: "f", arguments: "{}" },
    })
    expect(value.choices[1].message.tool_calls[0].id).toBeString()
  })

  test.each<[string, string, string]>([
    ["an error inside a 200", '{"error":{"message":"Overloaded","code":503}}', "provider_overloaded"],
    ["an error as a list", '[{"error":{"message":"x","code":500}}]', "provider_down"],
    ["no choices", '{"id":"u","choices":[]}', "bad_provider_response"],
    ["a page", "<html>", "bad_provider_response"],
    [
      "a choice that died",
      '{"choices":[{"index":0,"message":{},"finish_reason":"error","error":{"code":502,"message":"died"}}]}',
      "provider_down",
    ],
  ])("throws for %s", (_name, text, code) => {
    let thrown: unknown
    try {
      native.reply(text, patch("requesty"), "acme")
    } catch (error) {
      thrown = error
    }
    expect(GatewayError.is(thrown) && [thrown.code, thrown.provider]).toEqual([code, "acme"])
  })
})
