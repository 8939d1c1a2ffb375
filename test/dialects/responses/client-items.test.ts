import { describe, expect, test } from "bun:test"
import type { ChatPart, JsonObject } from "../../../src/contract/index.ts"
import { requestyFace } from "../../../src/dialects/index.ts"
import { unseal } from "../../../src/dialects/translate/index.ts"
import { decode, replyOf, streamOf } from "../../kit/responses-client.ts"

describe("items that are one piece", () => {
  const whole = (part: ChatPart) =>
    replyOf([{ type: "start" }, part, { type: "finish", reason: "stop", raw: null }], requestyFace).output

  test("items of this dialect pass as they are", () => {
    const item = {
      type: "web_search_call",
      id: "ws_1",
      status: "completed",
      action: { type: "search", query: "q" },
      odd: 1,
    }
    expect(whole({ type: "opaque", dialect: "responses", data: item, index: 0 })).toEqual([item])
  })

  test("an item without an id gets one, since libraries refuse it otherwise", () => {
    expect(whole({ type: "opaque", dialect: "responses", data: { type: "mcp_call" }, index: 0 })).toMatchObject([
      { type: "mcp_call", id: expect.stringMatching(/^mcp_/) },
    ])
  })

  test("Claude's search is told as a search", () => {
    const data = { type: "server_tool_use", id: "srv", name: "web_search", input: { query: "weather" } }
    expect(whole({ type: "opaque", dialect: "messages", data, index: 0 })).toMatchObject([
      { type: "web_search_call", status: "completed", action: { type: "search", query: "weather" } },
    ])
  })

  test("a picture is a call of the image tool", () => {
    const media = {
      type: "media",
      kind: "image",
      source: { type: "data", base64: "AAAA" },
      mime: "image/webp",
    } as const
    expect(whole({ type: "media", media, index: 0 })).toMatchObject([
      { type: "image_generation_call", status: "completed", result: "AAAA", output_format: "webp" },
    ])
  })
})

describe("thoughts", () => {
  const think = (...parts: ChatPart[]) =>
    replyOf([{ type: "start" }, ...parts, { type: "finish", reason: "stop", raw: null }], requestyFace)
      .output as JsonObject[]

  test("OpenAI's own leave as they came, in one item, though they are told in two blocks", () => {
    const format = "openai-responses-v1"
    const output = think(
      { type: "reasoning-start", format, id: "rs_1", summary: true, index: 0 },
      { type: "reasoning-delta", text: "sum", index: 0 },
      { type: "reasoning-end", index: 0 },
      { type: "reasoning-start", format, id: "rs_1", index: 1 },
      { type: "reasoning-delta", encrypted: "gAAA", index: 1 },
      { type: "reasoning-end", index: 1 },
    )
    expect(output).toEqual([
      { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "sum" }], encrypted_content: "gAAA" },
    ])
  })

  test("encrypted content whose id is not known is sealed: it would be void under another", () => {
    const [item] = think(
      { type: "reasoning-start", format: "openai-responses-v1", index: 0 },
      { type: "reasoning-delta", encrypted: "gAAA", index: 0 },
      { type: "reasoning-end", index: 0 },
    )
    expect(unseal(String(item?.encrypted_content))).toEqual({ format: "openai-responses-v1", encrypted: "gAAA" })
  })

  test("thoughts of an open model that are no summary are content", () => {
    const [item] = think(
      { type: "reasoning-start", format: "openai-responses-v1", index: 0 },
      { type: "reasoning-delta", text: "raw", index: 0 },
      { type: "reasoning-end", index: 0 },
    )
    expect(item).toMatchObject({ summary: [], content: [{ type: "reasoning_text", text: "raw" }] })
  })

  test("Gemini's signature of a call follows the call, sealed with its id", () => {
    const [call, signed] = think(
      { type: "tool-call-start", id: "c1", name: "f", kind: "function", index: 0 },
      { type: "tool-call-end", signature: "sig", index: 0 },
    )
    expect(call).toMatchObject({ type: "function_call", arguments: "{}" })
    expect(unseal(String(signed?.encrypted_content))).toEqual({
      format: "google-gemini-v1",
      signature: "sig",
      id: "c1",
    })
  })
})

test("blocks that overlap stay apart", () => {
  const output = replyOf(
    [
      { type: "start" },
      { type: "text-start", index: 0 },
      { type: "text-delta", text: "a", index: 0 },
      { type: "tool-call-start", id: "c1", name: "f", kind: "function", index: 1 },
      { type: "tool-call-start", id: "c2", name: "g", kind: "function", index: 2 },
      { type: "tool-call-delta", arguments: "[2]", index: 2 },
      { type: "tool-call-delta", arguments: "[1]", index: 1 },
      { type: "text-delta", text: "b", index: 0 },
      { type: "tool-call-end", index: 1 },
      { type: "tool-call-end", index: 2 },
      { type: "text-end", index: 0 },
      { type: "finish", reason: "tool-calls", raw: null },
    ],
    requestyFace,
  ).output
  expect(output).toMatchObject([
    { content: [{ text: "ab" }], status: "completed" },
    { call_id: "c1", arguments: "[1]" },
    { call_id: "c2", arguments: "[2]" },
  ])
})

test("sources that are named before anything is said belong to the first text; offsets count within their part", () => {
  const reply = replyOf(
    [
      { type: "start" },
      { type: "citation", url: "https://early", index: 0 },
      { type: "text-start", index: 0 },
      { type: "text-delta", text: "12345", index: 0 },
      { type: "text-end", index: 0 },
      { type: "text-start", index: 1 },
      { type: "text-delta", text: "678", index: 1 },
      { type: "citation", url: "https://late", title: "T", startIndex: 6, endIndex: 8, content: "q", index: 1 },
      { type: "text-end", index: 1 },
      { type: "finish", reason: "stop", raw: null },
    ],
    requestyFace,
  )
  expect(reply.output).toMatchObject([
    {
      content: [
        { annotations: [{ url: "https://early", start_index: 0, end_index: 0 }] },
        { annotations: [{ url: "https://late", title: "T", start_index: 1, end_index: 3, content: "q" }] },
      ],
    },
  ])
})

test("annotations of this dialect that have no address stand at their text", () => {
  const file = { type: "file_citation", file_id: "file-1", filename: "a.txt", index: 2 }
  const reply = replyOf(
    [
      { type: "start" },
      { type: "text-start", index: 0 },
      { type: "text-delta", text: "see", index: 0 },
      { type: "text-end", index: 0 },
      { type: "opaque", dialect: "responses", data: file, index: 0 },
      { type: "finish", reason: "stop", raw: null },
    ],
    requestyFace,
  )
  expect(reply.output).toMatchObject([{ type: "message", content: [{ text: "see", annotations: [file] }] }])
  expect((reply.output as JsonObject[]).length).toBe(1)
})

test("texts of different phases are different messages, and the phase comes back", () => {
  const text = (index: number, phase?: string): ChatPart[] => [
    { type: "text-start", index, ...(phase === undefined ? {} : { extras: { responses: { phase } } }) },
    { type: "text-delta", text: "x", index },
    { type: "text-end", index },
  ]
  const parts = [...text(0, "commentary"), ...text(1), ...text(2, "final_answer")]
  const { reply } = streamOf([{ type: "start" }, ...parts, { type: "finish", reason: "stop", raw: null }], requestyFace)
  expect(reply?.output).toMatchObject([
    { phase: "commentary", status: "completed", content: [{}, {}] },
    { phase: "final_answer", status: "completed", content: [{}] },
  ])
  const next = decode({ model: "a/b", input: reply!.output! }).messages
  expect(next.map(({ extras }) => extras?.responses?.phase ?? null)).toEqual(["commentary", "final_answer"])
})

test("a response repeats what was asked, tools as the client wrote them", () => {
  const tools = [
    { type: "function", name: "f" },
    {
      type: "namespace",
      name: "agents",
      description: "Agents.",
      tools: [{ type: "function", name: "spawn", parameters: {} }],
    },
  ]
  const request = decode({
    model: "a/b",
    input: "hi",
    instructions: "Be brief.",
    tools,
    tool_choice: "required",
    parallel_tool_calls: false,
    temperature: 0.3,
    metadata: { run: 7, who: "me" },
    reasoning: { effort: "low", summary: "auto" },
    text: { verbosity: "low" },
    store: true,
    truncation: "auto",
    max_output_tokens: 99,
    prompt_cache_key: "k",
  })
  const parts: ChatPart[] = [
    { type: "start" },
    { type: "tool-call-start", id: "c", name: "agents__spawn", kind: "function", index: 0 },
    { type: "tool-call-end", index: 0 },
    { type: "finish", reason: "tool-calls", raw: null },
  ]
  expect(replyOf(parts, requestyFace, request)).toMatchObject({
    instructions: "Be brief.",
    tools: [{ type: "function", name: "f", parameters: null, strict: null }, tools[1]!],
    tool_choice: "required",
    parallel_tool_calls: false,
    temperature: 0.3,
    top_p: null,
    metadata: { run: "7", who: "me" },
    reasoning: { effort: "low", summary: "auto" },
    text: { verbosity: "low", format: { type: "text" } },
    store: true,
    truncation: "auto",
    max_output_tokens: 99,
    prompt_cache_key: "k",
    output: [{ type: "function_call", name: "spawn", namespace: "agents", call_id: "c" }],
  })
})

test("an answer of nothing is a response with no output", () => {
  expect(replyOf([{ type: "start" }, { type: "finish", reason: "stop", raw: null }], requestyFace)).toMatchObject({
    status: "completed",
    output: [],
    usage: null,
  })
})

test("chances of tokens come with their bytes, which OpenRouter's library demands", () => {
  const logprobs = { content: [{ token: "é", logprob: -1, bytes: null, top_logprobs: [{ token: "e", logprob: -2 }] }] }
  const reply = replyOf(
    [
      { type: "start" },
      { type: "text-start", index: 0 },
      { type: "text-delta", text: "é", logprobs, index: 0 },
      { type: "text-end", index: 0 },
      { type: "finish", reason: "stop", raw: null },
    ],
    requestyFace,
  )
  expect(reply.output).toMatchObject([
    { content: [{ logprobs: [{ token: "é", bytes: [195, 169], top_logprobs: [{ token: "e", bytes: [101] }] }] }] },
  ])
})
