import { describe, expect, test } from "bun:test"
import { type ChatPart, emptyUsage, GatewayError } from "../../../src/contract/index.ts"
import { openrouterFace, requestyFace } from "../../../src/dialects/index.ts"
import { asked } from "../../kit/asked.ts"
import { both, eventsOf, streamText, usage, whole } from "../../kit/messages.ts"

const stop: ChatPart = { type: "finish", reason: "stop", raw: "stop" }
const said = (index: number, text: string): ChatPart[] => [
  { type: "text-start", index },
  { type: "text-delta", index, text },
  { type: "text-end", index },
]
const called = (index: number, id: string, ...pieces: string[]): ChatPart[] => [
  { type: "tool-call-start", index, id, name: "t", kind: "function" },
  ...pieces.map((piece): ChatPart => ({ type: "tool-call-delta", index, arguments: piece })),
  { type: "tool-call-end", index },
]
const contentOf = (parts: readonly ChatPart[], request = asked) => whole(parts, { request }).content as object[]
describe("a whole message", () => {
  const parts: ChatPart[] = [
    { type: "start", serviceTier: "default" },
    ...said(0, "Hi"),
    { type: "usage", usage },
    stop,
  ]
  const expected = {
    id: "msg_1",
    type: "message" as const,
    role: "assistant",
    model: "a/b",
    provider: "Acme",
    content: [{ type: "text", text: "Hi" }],
    stop_reason: "end_turn",
    stop_sequence: null,
    stop_details: null,
    container: null,
    usage: {
      input_tokens: 11,
      cache_creation_input_tokens: 7,
      cache_read_input_tokens: 20,
      cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 },
      output_tokens: 12,
      output_tokens_details: { thinking_tokens: 7 },
      server_tool_use: { web_search_requests: 2, web_fetch_requests: 0 },
      service_tier: "standard",
      inference_geo: null,
      cost: 0.5,
    },
  }
  test("on Requesty's face", () => {
    expect(whole(parts)).toEqual(expected)
  })
  test("on OpenRouter's, with whose key it was", () => {
    expect(whole(parts, { face: openrouterFace })).toEqual({
      ...expected,
      usage: { ...expected.usage, is_byok: false } as never,
    })
  })
})

test("the events of a stream, with their names", () => {
  const parts: ChatPart[] = [
    { type: "start" },
    { type: "usage", usage: { ...emptyUsage, input: { ...emptyUsage.input, fresh: 9 } } },
    ...said(0, "Hi"),
    ...called(1, "call_1", '{"a"', ":1}"),
    { type: "finish", reason: "tool-calls", raw: "tool_calls" },
    { type: "usage", usage },
  ]
  const events = eventsOf(streamText(parts))
  expect(events.map(({ type }) => type)).toEqual([
    "message_start",
    "ping",
    "content_block_start",
    "content_block_delta",
    "content_block_stop",
    "content_block_start",
    "content_block_delta",
    "content_block_stop",
    "message_delta",
    "message_stop",
  ])
  // What is known early is told early, and corrected at the end.
  expect(events[0]).toMatchObject({
    message: { content: [], stop_reason: null, usage: { input_tokens: 9, output_tokens: 0 } },
  })
  expect(events[5]).toMatchObject({ content_block: { type: "tool_use", id: "call_1", name: "t", input: {} } })
  expect(events[8]).toMatchObject({
    delta: { stop_reason: "tool_use", stop_sequence: null },
    usage: { input_tokens: 11, output_tokens: 12, cost: 0.5 },
  })
})

describe("blocks", () => {
  test("parallel ones come one after the other", () => {
    const parts: ChatPart[] = [
      { type: "tool-call-start", index: 0, id: "a", name: "one", kind: "function" },
      { type: "tool-call-start", index: 1, id: "b", name: "two", kind: "function" },
      { type: "tool-call-delta", index: 1, arguments: '{"b"' },
      { type: "tool-call-delta", index: 0, arguments: '{"a"' },
      { type: "tool-call-delta", index: 1, arguments: ":2}" },
      { type: "tool-call-end", index: 1 },
      { type: "tool-call-delta", index: 0, arguments: ":1}" },
      { type: "text-start", index: 2 },
      { type: "tool-call-end", index: 0 },
      { type: "text-delta", index: 2, text: "done" },
      { type: "text-end", index: 2 },
      stop,
    ]
    const { whole, folded } = both(parts)
    expect(whole.content).toEqual([
      { type: "tool_use", id: "a", name: "one", input: { a: 1 } },
      { type: "tool_use", id: "b", name: "two", input: { b: 2 } },
      { type: "text", text: "done" },
    ])
    expect(folded).toEqual(whole)
  })

  test("empty ones do not open; nobody could send them back", () => {
    const parts: ChatPart[] = [
      ...said(0, ""),
      { type: "reasoning-start", index: 1, format: "anthropic-claude-v1" },
      { type: "reasoning-end", index: 1 },
      ...said(2, "x"),
      stop,
    ]
    expect(contentOf(parts)).toEqual([{ type: "text", text: "x" }])
  })

  test("arguments are an object, whatever the model wrote", () => {
    const inputs = (["", " ", "{}", "[1]", "no json", '{"a":'] as const).map(
      (text) => (contentOf([...called(0, "a", text), stop])[0] as { input: unknown }).input,
    )
    expect(inputs).toEqual([
      {},
      {},
      {},
      { raw_arguments: "[1]" },
      { raw_arguments: "no json" },
      { raw_arguments: '{"a":' },
    ])
    const pieces = eventsOf(streamText([...called(0, "a", "", " ", "\n", '{"a":', "1}"), stop])).flatMap(({ delta }) =>
      (delta as { partial_json?: string })?.partial_json === undefined
        ? []
        : [(delta as { partial_json: string }).partial_json],
    )
    expect(pieces).toEqual([' \n{"a":', "1}"])
  })

  test("a free-text call is an object with its text", () => {
    const parts: ChatPart[] = [
      { type: "tool-call-start", index: 0, id: "a", name: "patch", kind: "custom" },
      { type: "tool-call-delta", index: 0, arguments: "*** Begin" },
      { type: "tool-call-delta", index: 0, arguments: " Patch" },
      { type: "tool-call-end", index: 0 },
      stop,
    ]
    const { whole, folded } = both(parts)
    expect(whole.content).toMatchObject([{ input: { input: "*** Begin Patch" } }])
    expect(folded).toEqual(whole)
  })

  test("citations stay with their text, even when they come after its end", () => {
    const original = { type: "web_search_result_location", url: "u", encrypted_index: "x", cited_text: "c", title: "T" }
    const parts: ChatPart[] = [
      { type: "text-start", index: 0 },
      { type: "text-delta", index: 0, text: "cited" },
      { type: "citation", index: 0, url: "u", extras: { messages: original } },
      { type: "text-end", index: 0 },
      { type: "citation", index: 0, url: "https://e.org", title: "E", content: "words" },
      { type: "opaque", index: 0, dialect: "messages", data: { type: "page_location", document_index: 0 } },
      stop,
    ]
    const { whole, folded } = both(parts)
    expect(whole.content).toEqual([
      {
        type: "text",
        text: "cited",
        citations: [
          original,
          {
            type: "web_search_result_location",
            url: "https://e.org",
            title: "E",
            encrypted_index: "",
            cited_text: "words",
          },
          { type: "page_location", document_index: 0 },
        ],
      },
    ])
    expect(folded).toEqual(whole)
  })

  test("a citation without a text brings its own", () => {
    expect(contentOf([{ type: "citation", index: 0, url: "https://e.org", title: "E" }, stop])).toMatchObject([
      { type: "text", text: "[E](https://e.org)", citations: [{ url: "https://e.org" }] },
    ])
  })

  test("this format's own blocks go out as they came; others' do not", () => {
    const own = [
      { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "x" } },
      { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [{ type: "web_search_result" }] },
      { type: "compaction", content: "so far" },
      { type: "hologram", data: 1 },
    ]
    const parts: ChatPart[] = [
      ...own.map((data, index): ChatPart => ({ type: "opaque", index, dialect: "messages", data })),
      { type: "opaque", index: 4, dialect: "gemini", data: { executableCode: {} } },
      stop,
    ]
    const { whole, folded } = both(parts)
    expect(whole.content).toEqual(own)
    expect(folded).toEqual(whole)
  })

  test("made pictures are Markdown", () => {
    const media = { type: "media", kind: "image", source: { type: "data", base64: "AA==" }, mime: "image/png" } as const
    expect(contentOf([{ type: "media", index: 0, media }, stop])).toEqual([
      { type: "text", text: "![image](data:image/png;base64,AA==)" },
    ])
  })
})

describe("how it ends", () => {
  const ending = (
    finish: Partial<Extract<ChatPart, { type: "finish" }>>,
    before: readonly ChatPart[] = said(0, "x"),
  ) => {
    const { stop_reason, stop_sequence, stop_details } = whole([
      ...before,
      { type: "finish", reason: "stop", raw: null, ...finish },
    ])
    return { stop_reason, stop_sequence, stop_details }
  }
  const plain = { stop_sequence: null, stop_details: null }

  test("in this format's words", () => {
    expect(ending({ raw: "end_turn" })).toEqual({ stop_reason: "end_turn", ...plain })
    expect(ending({ raw: "pause_turn" })).toEqual({ stop_reason: "pause_turn", ...plain })
    expect(ending({ reason: "length", raw: "model_context_window_exceeded" }).stop_reason).toBe(
      "model_context_window_exceeded",
    )
    expect(ending({ reason: "length", raw: "length" }).stop_reason).toBe("max_tokens")
    expect(ending({ reason: "content-filter", raw: "SAFETY" }).stop_reason).toBe("refusal")
    expect(ending({ reason: "other", raw: "OTHER" }).stop_reason).toBe("end_turn")
    expect(ending({ reason: "tool-calls", raw: null }).stop_reason).toBe("tool_use")
    // An answer's own tool was undone: the upstream's word says what is no longer so.
    expect(ending({ reason: "stop", raw: "tool_use" }).stop_reason).toBe("end_turn")
    expect(ending({ reason: "stop", raw: "stop" }, called(0, "a", "{}")).stop_reason).toBe("tool_use")
  })

  test("with the sequence that stopped it", () => {
    expect(ending({ raw: "stop_sequence", stopSequence: "END" })).toEqual({
      stop_reason: "stop_sequence",
      stop_sequence: "END",
      stop_details: null,
    })
  })

  test("a refusal of another vendor is text and explanation; Claude's own is in stop_details alone", () => {
    const refused: ChatPart = { type: "refusal-delta", index: 0, text: "I cannot." }
    const parts = [refused, stop]
    const { whole: message, folded } = both(parts)
    expect(message).toMatchObject({
      content: [{ type: "text", text: "I cannot." }],
      stop_reason: "refusal",
      stop_details: { type: "refusal", explanation: "I cannot." },
    })
    expect(folded).toEqual(message)
    const details = { type: "refusal", category: "bio", explanation: "I cannot." }
    const own = both([
      refused,
      { type: "finish", reason: "content-filter", raw: "refusal", extras: { messages: { stop_details: details } } },
    ])
    expect(own.whole).toMatchObject({ content: [], stop_reason: "refusal", stop_details: details })
    expect(own.folded).toEqual(own.whole)
  })

  test("broken off by the upstream is an error", () => {
    const parts: ChatPart[] = [...said(0, "x"), { type: "finish", reason: "error", raw: "network_error" }]
    expect(() => whole(parts)).toThrow("network_error")
    const last = eventsOf(streamText(parts)).at(-1)
    expect(last).toMatchObject({ type: "error", error: { type: "api_error" } })
  })

  test("an error part ends the stream, and leaves a cut call open", () => {
    const error = new GatewayError("provider_overloaded", "Busy", { provider: "acme" })
    const parts: ChatPart[] = [...called(0, "a", '{"x"', ":").slice(0, -1), { type: "error", error }]
    const events = eventsOf(streamText([...parts, ...said(1, "never")]))
    expect(events.map(({ type }) => type)).toEqual([
      "message_start",
      "ping",
      "content_block_start",
      "content_block_delta",
      "error",
    ])
    expect(() => whole(parts)).toThrow("Busy")
  })

  test("an answer of nothing is a message all the same", () => {
    const { whole, folded } = both([stop])
    expect(whole).toMatchObject({ content: [], stop_reason: "end_turn", usage: { output_tokens: 0, cost: 0 } })
    expect(folded).toEqual(whole)
  })
})

test("both faces differ in money alone", () => {
  const parts = [...said(0, "x"), { type: "usage", usage } as ChatPart, stop]
  const { usage: one, ...rest } = whole(parts, { face: requestyFace })
  const { usage: other, ...same } = whole(parts, { face: openrouterFace })
  expect(rest).toEqual(same)
  expect({ ...(one as object), is_byok: false }).toEqual(other as never)
})
