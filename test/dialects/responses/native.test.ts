import { describe, expect, test } from "bun:test"
import type { NativeTarget, Profile } from "../../../src/contract/index.ts"
import { responses, seal } from "../../../src/dialects/index.ts"
import { responsesStreams } from "../../kit/responses-streams.ts"
import { patchFor } from "../../kit/responses-upstream.ts"

const native = responses.native!
const send = (body: object | string, profile: Profile = {}, more: Partial<NativeTarget> = {}) =>
  native.request(typeof body === "string" ? body : JSON.stringify(body), { model: "up", profile, ...more })
const sent = (body: object | string, profile: Profile = {}, more: Partial<NativeTarget> = {}) => {
  const text = send(body, profile, more)
  return text === undefined ? undefined : (JSON.parse(text) as Record<string, unknown>)
}
const ask = (more: object = {}) => ({ model: "a/b", input: "hi", store: false, ...more })
const item = (fields: object) => ask({ input: [{ role: "user", content: "hi" }, fields] })

/** Name, body, profile. */
const translated: readonly (readonly [string, object | string, Profile?])[] = [
  ["a response before", ask({ previous_response_id: "resp_1" })],
  ["a conversation", ask({ conversation: "conv_1" })],
  ["background", ask({ background: true })],
  ["a reference to an item", item({ type: "item_reference", id: "rs_1" })],
  [
    "a sealed reasoning",
    item({ type: "reasoning", summary: [], encrypted_content: seal({ format: "google-gemini-v1" }) }),
  ],
  ["a format of reasoning", item({ type: "reasoning", summary: [], format: "openai-responses-v1" })],
  ["a key said twice", '{"model":"a","input":"x","input":"y"}'],
  ["no input", { model: "a" }],
  ["no object", "[]"],
  ["a wrong type", ask({ temperature: "hot" })],
  ["an empty input", ask({ input: [] })],
  ["another API's field", ask({ stop: ["x"] })],
  ["a budget for reasoning", ask({ reasoning: { max_tokens: 1000 } })],
  [
    "a cache mark of another vendor",
    item({ role: "user", content: [{ type: "input_text", text: "x", cache_control: {} }] }),
  ],
  ["a tool of the gateway", ask({ tools: [{ type: "openrouter:web_search" }] })],
  ["a search where there is none", ask({ tools: [{ type: "web_search_preview" }] })],
  ["a field that the upstream refuses", ask({ user: "u" }), { dropFields: ["user"] }],
  ["sampling where it is refused", ask({ top_p: 0.5 }), { noSampling: true }],
  ["a temperature too high", ask({ temperature: 2 }), { maxTemperature: 1 }],
  ["an effort of another name", ask({ reasoning: { effort: "max" } }), { effortMap: { max: "high" } }],
  ["no thinking where it is always on", ask({ reasoning: { effort: "none" } }), { thinkingMandatory: true }],
  ["reasoning where there is none", ask({ reasoning: { effort: "low" } }), { reasoningFormat: "none" }],
  [
    "encrypted reasoning where there is none",
    ask({ include: ["reasoning.encrypted_content"] }),
    { reasoningFormat: "none" },
  ],
  ["a developer where there is none", item({ role: "developer", content: "x" }), { developerRole: false }],
  [
    "pictures where there are none",
    item({ role: "user", content: [{ type: "input_image", file_id: "f" }] }),
    { images: false },
  ],
  [
    "addresses where none are fetched",
    item({ role: "user", content: [{ type: "input_file", file_url: "https://x" }] }),
    { mediaUrls: false },
  ],
  ["thoughts within the text", ask(), { thinkTags: true }],
]

describe("a request", () => {
  test("keeps its bytes but for the model and what is the gateway's", () => {
    const text =
      '{ "input" : "\\u00fc", "model":"a/b", "provider":{"only":["x"]},"store":false,  "temperature":1.0, "big":12345678901234567890, "of_tomorrow":{"a":[1.50]},"max_tool_calls":3}'
    expect(send(text)).toBe(
      '{ "input" : "\\u00fc", "model":"up","store":false,  "temperature":1.0, "big":12345678901234567890, "of_tomorrow":{"a":[1.50]},"max_tool_calls":3}',
    )
  })

  test("what Codex sends goes as it is", () => {
    const body = {
      model: "openai/gpt-5.6",
      input: [
        { type: "message", id: "msg_1", role: "developer", content: [{ type: "input_text", text: "Be brief" }] },
        { type: "reasoning", summary: [], content: null, encrypted_content: "gAAAA-1" },
        { type: "function_call", id: "fc_1", call_id: "c1", name: "shell", arguments: "{}", status: "completed" },
        { type: "function_call_output", id: "fo_1", call_id: "c1", output: "ok" },
      ],
      tools: [
        { type: "function", name: "shell", strict: false, parameters: {} },
        { type: "namespace", name: "mcp", tools: [{ type: "function", name: "f" }] },
        { type: "web_search", external_web_access: true },
        { type: "custom", name: "apply_patch", format: { type: "grammar", syntax: "lark", definition: "start: x" } },
        { type: "tool_search", execution: "client" },
      ],
      tool_choice: "auto",
      parallel_tool_calls: true,
      reasoning: { effort: "medium", summary: "auto" },
      text: { verbosity: "low" },
      store: false,
      stream: true,
      include: ["reasoning.encrypted_content"],
      prompt_cache_key: "0199",
      client_metadata: { a: '{"b":1}' },
    }
    expect(sent(body, { webSearch: "tool" })).toEqual({ ...body, model: "up" })
  })

  test("is never stored upstream, and brings encrypted reasoning where its client relies on storing", () => {
    for (const store of [undefined, null, true]) {
      const { store: _none, ...rest } = ask()
      const out = sent(store === undefined ? rest : { ...rest, store })
      expect(out).toMatchObject({ store: false, include: ["reasoning.encrypted_content"] })
    }
    const include = ["file_search_call.results"]
    expect(sent(ask({ store: true, include }))?.include).toEqual([...include, "reasoning.encrypted_content"])
    expect(sent(ask({ include }))?.include).toEqual(include)
    expect(sent(ask({ store: true }), { reasoningFormat: "none" })).not.toHaveProperty("include")
  })

  test("its output limit is at most what the budget pays for", () => {
    expect(sent(ask({ max_output_tokens: 500 }), {}, { maxOutputTokens: 100 })?.max_output_tokens).toBe(100)
    expect(sent(ask({ max_output_tokens: 50 }), {}, { maxOutputTokens: 100 })?.max_output_tokens).toBe(50)
    expect(sent(ask(), {}, { maxOutputTokens: 100 })?.max_output_tokens).toBe(100)
    expect(sent(ask({ max_output_tokens: null }), {}, { maxOutputTokens: 100 })?.max_output_tokens).toBe(100)
  })

  test("gets what the operator adds, unless the client set it", () => {
    expect(sent(ask(), { extraBody: { service_tier: "flex" } })?.service_tier).toBe("flex")
    expect(sent(ask({ service_tier: "auto" }), { extraBody: { service_tier: "flex" } })?.service_tier).toBe("auto")
    expect(send(ask({ metadata: {} }), { extraBody: { metadata: { a: "b" } } })).toBeUndefined()
  })

  test("leaves out what is null and only other APIs know", () =>
    expect(send(ask({ top_k: null, presence_penalty: null, temperature: null }))).toBe(
      '{"model":"up","input":"hi","store":false,"temperature":null}',
    ))

  test.each<[string, object | string, Profile | undefined]>(
    translated.map(([name, body, profile]) => [name, body, profile]),
  )("is for the translated lane: %s", (_name, body, profile) => expect(send(body, profile)).toBeUndefined())

  test("further fields of an upstream like xAI's are taken where its profile names them", () =>
    expect(sent(ask({ top_k: 5 }), { takesFields: ["top_k"] })?.top_k).toBe(5))

  test("reasoning that another vendor encrypted does not go up; what nobody knows does", () => {
    const body = item({ type: "reasoning", summary: [], encrypted_content: "gAAAA-1" })
    const from = (origin: string | undefined) =>
      send(body, {}, { originOf: (value) => (value === "gAAAA-1" ? origin : "odd") })
    expect(from("xai-responses-v1")).toBeUndefined()
    expect(from("openai-responses-v1")).toBeDefined()
    expect(from(undefined)).toBeDefined()
    const xai = { originOf: () => "xai-responses-v1" }
    expect(send(body, { reasoningOrigins: ["xai-responses-v1"] }, xai)).toBeDefined()
    // Words of a user about such a field are no such field.
    expect(send(item({ role: "user", content: '"encrypted_content":"gAAAA-1"' }), {}, xai)).toBeDefined()
  })
})

describe("a whole reply", () => {
  test.each(Object.entries(responsesStreams))(
    "has id, model and cost changed, and nothing else: %s",
    (_name, { whole }) => {
      const { text, summary } = native.reply(JSON.stringify(whole), patchFor("requesty"), "vendor")
      expect(JSON.parse(text)).toEqual(
        JSON.parse(
          JSON.stringify({
            ...whole,
            id: "resp_gateway123",
            model: "vendor/modèle",
            usage: { ...(whole.usage as object), cost: 0.25 },
          }),
        ),
      )
      expect(summary).toMatchObject({ complete: true, upstreamId: "resp_68af", reply: text })
    },
  )

  test("keeps the spelling of numbers and the order of keys", () => {
    const text =
      '{"z":1.0,"status":"completed","output":[ ],"id":"r","usage":{"input_tokens":12345678901234567890,"output_tokens":1}}'
    expect(native.reply(text, patchFor("requesty"), "v").text).toBe(
      '{"z":1.0,"status":"completed","output":[ ],"id":"resp_gateway123","usage":{"input_tokens":12345678901234567890,"output_tokens":1,"cost":0.25,"input_tokens_details":{"cached_tokens":0},"output_tokens_details":{"reasoning_tokens":0},"total_tokens":12345678901234567000},"model":"vendor/modèle","object":"response"}',
    )
  })

  test.each([
    ['{"error":{"message":"Slow down","code":"rate_limit_exceeded"}}', "rate_limited"],
    ['{"status":"failed","error":{"code":"server_error","message":"x"},"output":[]}', "provider_down"],
    ['{"status":"queued","output":[]}', "bad_provider_response"],
    ['{"choices":[]}', "bad_provider_response"],
    ["<html>", "bad_provider_response"],
    ['[{"error":{"code":503,"message":"overloaded"}}]', "provider_overloaded"],
  ])("%s throws %s", (text, code) =>
    expect(() => native.reply(text, patchFor("requesty"), "vendor")).toThrow(
      expect.objectContaining({ code, provider: "vendor" }),
    ),
  )
})
