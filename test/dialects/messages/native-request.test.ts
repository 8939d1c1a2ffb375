import { describe, expect, test } from "bun:test"
import type { NativeTarget, Profile } from "../../../src/contract/index.ts"
import { claudeProfile, messages, seal } from "../../../src/dialects/index.ts"

const native = messages.native!
const sonnet = claudeProfile("claude-sonnet-4-5")
const newest = claudeProfile("claude-opus-5-5")
const patch = (text: string, profile: Profile = sonnet, more: Partial<NativeTarget> = {}) =>
  native.request(text, { model: "claude-x", profile, ...more })

const plain = '"max_tokens":100,"messages":[{"role":"user","content":"hi"}]'
const body = (fields: string) => `{"model":"a/b",${plain}${fields === "" ? "" : `,${fields}`}}`
const history = (...turns: string[]) => `{"model":"a/b","max_tokens":5000,"messages":[${turns.join(",")}]}`
const user = '{"role":"user","content":"q"}'

describe("byte for byte", () => {
  test("but for the model and the gateway's own keys", () => {
    const text = `{ "z":1.0, "model" : "a/b",\n "models":["c/d"],"fallbacks":[{"model":"e"}], ${plain}, "big":12345678901234567890,
      "session_id":"s","unknown":{"b":1e3,"a":"\\u00e9\\/ü"},"provider":{"only":["x"]},"stream" : true ,"trace":{},"user":"u" }`
    expect(patch(text)).toBe(
      `{ "z":1.0, "model" : "claude-x", ${plain}, "big":12345678901234567890,"unknown":{"b":1e3,"a":"\\u00e9\\/ü"},"stream" : true }`,
    )
  })

  const kept: readonly string[] = [
    '"temperature":0.5',
    '"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral","ttl":"1h"}}]',
    '"thinking":{"type":"enabled","budget_tokens":50}',
    '"context_management":{"edits":[]},"container":"c","mcp_servers":[],"speed":"fast"',
    '"tools":[{"type":"web_search_20250305","name":"web_search"},{"name":"t","input_schema":{"$schema":"x"},"strict":true}]',
    '"tool_choice":{"type":"any","disable_parallel_tool_use":true},"tools":[{"name":"t","input_schema":{}}]',
    '"output_config":{"format":{"type":"json_schema","schema":{}}}',
    '"service_tier":"standard_only","stop_sequences":["x"],"metadata":{"user_id":"{\\"a\\":1}"}',
  ]
  for (const fields of kept)
    test(fields, () => {
      expect(patch(body(fields))).toBe(body(fields).replace("a/b", "claude-x"))
    })

  test("a conversation with everything in it", () => {
    const text = history(
      user,
      '{"role":"assistant","content":[{"type":"thinking","thinking":"","signature":"Eu8="},{"type":"redacted_thinking","data":"x"},{"type":"tool_use","id":"toolu_1","name":"t","input":{"id":"a b.c","signature":"mine"}}]}',
      '{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"\\"signature\\":\\"\\" and sbx1. in a text"},{"type":"image","source":{"type":"url","url":"https://e.org"}}]}',
    )
    expect(patch(text)).toBe(text.replace("a/b", "claude-x"))
  })
})

describe("the output limit", () => {
  const without = '{"model":"a/b","messages":[{"role":"user","content":"hi"}]}'
  const limit = (text: string | undefined) => JSON.parse(text ?? "{}").max_tokens

  test("is there, because the API demands it", () => {
    expect(limit(patch(without))).toBe(64_000)
    expect(limit(patch(without, sonnet, { maxOutput: 7000 }))).toBe(7000)
    expect(limit(patch(without, {}))).toBe(4096)
  })
  test("is never more than the budget pays for", () => {
    expect(limit(patch(body(""), sonnet, { maxOutputTokens: 40 }))).toBe(40)
    expect(limit(patch(body(""), sonnet, { maxOutputTokens: 400 }))).toBe(100)
    expect(limit(patch(without, sonnet, { maxOutputTokens: 400 }))).toBe(400)
  })
  test("over the model's is clamped by the translated lane, which reports it", () => {
    expect(patch(body(""), sonnet, { maxOutput: 50 })).toBeUndefined()
  })
})

describe("what must be read goes to the translated lane", () => {
  const cases: readonly (readonly [string, string, Profile])[] = [
    ["no object", "[]", sonnet],
    ["cut", body("").slice(0, -1), sonnet],
    ["no messages", '{"model":"a/b"}', sonnet],
    ["a key twice", body('"model":"c/d"'), sonnet],
    ["a wrong type", body('"temperature":"hot"'), sonnet],
    ["messages of a wrong type", '{"model":"a/b","messages":"hi"}', sonnet],
    ["a dropped field", body('"speed":"fast"'), { ...sonnet, dropFields: ["speed"] }],
    ["sampling that the model refuses", body('"top_p":0.5'), newest],
    ["sampling together with thinking", body('"top_k":5,"thinking":{"type":"enabled","budget_tokens":50}'), sonnet],
    ["both samplings", body('"top_p":0.5,"temperature":0.5'), sonnet],
    ["too hot", body('"temperature":1.5'), sonnet],
    ["a budget for a model that takes none", body('"thinking":{"type":"enabled","budget_tokens":50}'), newest],
    ["a budget over the limit", body('"thinking":{"type":"enabled","budget_tokens":100}'), sonnet],
    ["adaptive thinking for an older model", body('"thinking":{"type":"adaptive"}'), sonnet],
    ["thinking off where it cannot be", body('"thinking":{"type":"disabled"}'), newest],
    ["thinking for a model without", body('"thinking":{"type":"enabled","budget_tokens":50}'), { thinking: "none" }],
    ["a forced tool", body('"tool_choice":{"type":"any"},"tools":[{"name":"t"}]'), newest],
    [
      "a forced tool while thinking",
      body('"tool_choice":{"type":"tool","name":"t"},"thinking":{"type":"enabled","budget_tokens":50}'),
      sonnet,
    ],
    ["a schema for an older model", body('"output_config":{"format":{}}'), { ...sonnet, nativeSchema: false }],
    ["an effort for an older model", body('"output_config":{"effort":"high"}'), { ...sonnet, nativeSchema: false }],
    ["an effort by another name", body('"output_config":{"effort":"xhigh"}'), claudeProfile("claude-opus-4-6")],
    ["web search where there is none", body('"tools":[{"type":"web_search_20250305","name":"web_search"}]'), {}],
    ["strict tools for an older model", body('"tools":[{"name":"t","strict": true}]'), { nativeSchema: false }],
    ["no tools", body('"tools":[ ]'), sonnet],
    [
      "a url nobody fetches",
      history('{"role":"user","content":[{"type":"image","source":{"type":"url","url":"u"}}]}'),
      { ...sonnet, mediaUrls: false },
    ],
    ["a picture", history('{"role":"user","content":[{"type":"image"}]}'), { ...sonnet, images: false }],
    ["a document", history('{"role":"user","content":[{"type": "document"}]}'), { ...sonnet, pdf: false }],
    ["a system message in the middle", history(user, '{"role":"system","content":"s"}'), sonnet],
    ["a turn to be continued", history(user, '{"role":"assistant","content":"I"}'), newest],
    ["a server-side thread", body('"thread":{"type":"create"}'), sonnet],
    ["merged extra fields", body('"metadata":{"user_id":"u"}'), { ...sonnet, extraBody: { metadata: { a: 1 } } }],
    [
      "the id of another vendor's call",
      history(user, '{"role":"user","content":[{"type":"tool_result","tool_use_id":"call.1"}]}'),
      sonnet,
    ],
    [
      "thinking without its signature",
      history(user, '{"role":"assistant","content":[{"type":"thinking","thinking":"h","signature":""}]}', user),
      sonnet,
    ],
    [
      "calls without the thinking before them",
      `{"model":"a/b","max_tokens":5000,"thinking":{"type":"enabled","budget_tokens":2000},"messages":[${user},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"t","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a"}]}]}`,
      sonnet,
    ],
  ]
  for (const [name, text, profile] of cases)
    test(name, () => {
      expect(patch(text, profile)).toBeUndefined()
    })

  test("an envelope of ours, wherever it is", () => {
    const sealed = seal({ format: "openai-responses-v1", encrypted: "e" })
    for (const block of [
      `{"type":"thinking","thinking":"","signature":"${sealed}"}`,
      `{"type":"redacted_thinking","data":"${sealed}"}`,
    ])
      expect(patch(history(user, `{"role":"assistant","content":[${block}]}`, user))).toBeUndefined()
  })

  test("a signature that another vendor is known to have made", () => {
    const origins: Readonly<Record<string, string>> = {
      hers: "anthropic-claude-v1",
      theirs: "unknown",
      data: "unknown",
    }
    const originOf = (signature: string) => origins[signature]
    const turn = (block: string) => history(user, `{"role":"assistant","content":[${block}]}`, user)
    const thinking = (signature: string) => turn(`{"type":"thinking","thinking":"h","signature":"${signature}"}`)
    expect(patch(thinking("hers"), sonnet, { originOf })).toBeDefined()
    expect(patch(thinking("nobody's"), sonnet, { originOf })).toBeDefined()
    expect(patch(thinking("theirs"), sonnet, { originOf })).toBeUndefined()
    expect(patch(turn('{"type":"redacted_thinking","data":"data"}'), sonnet, { originOf })).toBeUndefined()
    const imitated: Profile = { emptySignatures: true, reasoningOrigins: ["unknown"] }
    expect(patch(thinking("theirs"), imitated, { originOf })).toBeDefined()
    expect(patch(thinking(""), imitated, { originOf })).toBeDefined()
    expect(patch(thinking("hers"), imitated, { originOf })).toBeUndefined()
  })
})

test("fields that the profile adds", () => {
  const profile: Profile = { ...sonnet, extraBody: { inference_geo: "eu", speed: "fast" } }
  expect(patch(body('"speed":"standard"'), profile)).toBe(
    body('"speed":"standard","inference_geo":"eu"').replace("a/b", "claude-x"),
  )
})
