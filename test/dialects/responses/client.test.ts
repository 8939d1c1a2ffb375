import { describe, expect, test } from "bun:test"
import { type ChatPart, emptyUsage, GatewayError, type JsonObject } from "../../../src/contract/index.ts"
import { openrouterFace, requestyFace } from "../../../src/dialects/index.ts"
import { responsesClient } from "../../../src/dialects/responses/client/index.ts"
import { unseal } from "../../../src/dialects/translate/index.ts"
import { eventsOf, identity, replyOf, streamOf } from "../../kit/responses-client.ts"

const usage = {
  input: { ...emptyUsage.input, fresh: 10, cacheRead: 4, cacheWrite: 3 },
  output: { ...emptyUsage.output, text: 5, reasoning: 2 },
}
const answer: readonly ChatPart[] = [
  { type: "start", id: "u", model: "m", serviceTier: "priority" },
  { type: "reasoning-start", format: "anthropic-claude-v1", index: 0 },
  { type: "reasoning-delta", text: "hm", index: 0 },
  { type: "reasoning-delta", signature: "s1", index: 0 },
  { type: "reasoning-end", index: 0 },
  { type: "text-start", index: 1 },
  { type: "text-delta", text: "Hel", index: 1 },
  { type: "text-delta", text: "lo", index: 1 },
  { type: "text-end", index: 1 },
  { type: "citation", url: "https://x", startIndex: 1, endIndex: 3, index: 1 },
  { type: "text-start", index: 2 },
  { type: "text-delta", text: "!", index: 2 },
  { type: "text-end", index: 2 },
  { type: "tool-call-start", id: "c1", name: "f", kind: "function", index: 3 },
  { type: "tool-call-delta", arguments: "{", index: 3 },
  { type: "tool-call-delta", arguments: "}", index: 3 },
  { type: "tool-call-end", index: 3 },
  { type: "tool-call-start", id: "c2", name: "patch", kind: "custom", index: 4 },
  { type: "tool-call-delta", arguments: "*** Begin", index: 4 },
  { type: "tool-call-end", index: 4 },
  { type: "usage", usage },
  { type: "finish", reason: "tool-calls", raw: "tool_use" },
]

const required = [
  ..."id object created_at completed_at model status output error incomplete_details instructions metadata".split(" "),
  ..."temperature top_p presence_penalty frequency_penalty tools tool_choice parallel_tool_calls".split(" "),
]

describe.each([openrouterFace, requestyFace])("a stream on the $name face", (face) => {
  const { text, reply } = streamOf(answer, face)
  const events = eventsOf(text)
  const kinds = events.map(({ type }) => type.replace("response.", ""))

  test("tells every step, in order, numbered without a gap", () => {
    expect(kinds).toEqual([
      "created",
      "in_progress",
      "output_item.added",
      "reasoning_summary_part.added",
      "reasoning_summary_text.delta",
      "reasoning_summary_text.done",
      "reasoning_summary_part.done",
      "output_item.done",
      "output_item.added",
      "content_part.added",
      "output_text.delta",
      "output_text.delta",
      "output_text.annotation.added",
      "output_text.done",
      "content_part.done",
      "content_part.added",
      "output_text.delta",
      "output_text.done",
      "content_part.done",
      "output_item.done",
      "output_item.added",
      "function_call_arguments.delta",
      "function_call_arguments.delta",
      "function_call_arguments.done",
      "output_item.done",
      "output_item.added",
      "custom_tool_call_input.delta",
      "custom_tool_call_input.done",
      "output_item.done",
      "completed",
    ])
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index))
  })

  test("every response object has every key that libraries demand", () => {
    for (const event of events.filter(({ response }) => response !== undefined))
      expect(Object.keys(event.response as JsonObject)).toEqual(expect.arrayContaining(required))
    expect(events[0]).toMatchObject({ response: { status: "in_progress", output: [], usage: null } })
  })

  test("the last event, the kept reply and the whole reply are one", () => {
    expect(events.at(-1)?.response).toEqual(reply!)
    expect(replyOf(answer, face)).toEqual(reply!)
    expect(reply).toMatchObject({
      id: identity.id,
      object: "response",
      status: "completed",
      completed_at: 1_790_000_002,
      service_tier: "priority",
      error: null,
      incomplete_details: null,
    })
  })

  test("items that are done are the items of the reply", () => {
    const done = events.filter(({ type }) => type === "response.output_item.done").map(({ item }) => item)
    expect(done).toEqual(reply?.output as never)
    expect(done).toMatchObject([
      { type: "reasoning", summary: [{ type: "summary_text", text: "hm" }] },
      {
        type: "message",
        role: "assistant",
        status: "completed",
        content: [
          {
            type: "output_text",
            text: "Hello",
            logprobs: [],
            annotations: [{ type: "url_citation", url: "https://x", title: "https://x", start_index: 1, end_index: 3 }],
          },
          { type: "output_text", text: "!", annotations: [] },
        ],
      },
      { type: "function_call", call_id: "c1", name: "f", arguments: "{}", status: "completed" },
      { type: "custom_tool_call", call_id: "c2", name: "patch", input: "*** Begin", status: "completed" },
    ])
    const ids = done.map((item) => (item as JsonObject).id)
    expect(new Set(ids).size).toBe(4)
    for (const id of ids) expect(String(id)).toMatch(/^(?:rs|msg|fc|ctc)_[A-Za-z0-9]{20,60}$/)
  })

  test("reasoning of another vendor is sealed", () => {
    const [item] = reply!.output as JsonObject[]
    expect(unseal(String(item?.encrypted_content))).toEqual({ format: "anthropic-claude-v1", signature: "s1" })
  })

  test("usage is in this API's words and has the cost", () => {
    expect(reply?.usage).toMatchObject({
      input_tokens: 17,
      input_tokens_details: { cached_tokens: 4 },
      output_tokens: 7,
      output_tokens_details: { reasoning_tokens: 2 },
      total_tokens: 24,
      cost: 0.5,
    })
  })

  test("ends as the face wants it", () => {
    expect(text.endsWith("data: [DONE]\n\n")).toBe(face === openrouterFace)
  })
})

const said = (reason: "length" | "content-filter" | "stop" | "error", parts: readonly ChatPart[] = []) =>
  replyOf(
    [
      { type: "start" },
      { type: "text-start", index: 0 },
      { type: "text-delta", text: "a", index: 0 },
      { type: "text-end", index: 0 },
      ...parts,
      { type: "finish", reason, raw: "odd" },
    ],
    requestyFace,
  )

test.each([
  ["length", "incomplete", { reason: "max_output_tokens" }],
  ["content-filter", "incomplete", { reason: "content_filter" }],
  ["stop", "completed", null],
] as const)("the reason %s is the status %s, also of what was cut", (reason, status, details) => {
  const reply = said(reason)
  expect(reply).toMatchObject({ status, incomplete_details: details, error: null, output: [{ status }] })
  expect(reply.completed_at === null).toBe(status !== "completed")
})

test("a refusal is an answer: its part says so", () => {
  const reply = said("content-filter", [{ type: "refusal-delta", text: "no", index: 1 }])
  expect(reply).toMatchObject({
    status: "completed",
    output: [{ type: "message", content: [{ type: "output_text" }, { type: "refusal", refusal: "no" }] }],
  })
})

test("an upstream that ends with an error fails, with its word", () => {
  expect(said("error")).toMatchObject({
    status: "failed",
    error: { code: "server_error" },
    output: [{ status: "incomplete" }],
  })
  expect(JSON.stringify(said("error").error)).toContain("(odd)")
})

describe("what is said of a failure in the middle", () => {
  const cut = answer.slice(0, 16)
  const failed = (error: GatewayError, face = requestyFace) =>
    eventsOf(streamOf(cut, face, undefined, error).text).at(-1)!.response as JsonObject

  test("response.failed is the end, whether the error is a part or comes from outside", () => {
    const error = new GatewayError("stream_interrupted", "cut")
    for (const { text } of [
      streamOf(cut, requestyFace, undefined, error),
      streamOf([...cut, { type: "error", error }, ...answer.slice(16)], requestyFace),
    ]) {
      const events = eventsOf(text)
      expect(events.filter(({ type }) => /failed|completed$/.test(type)).map(({ type }) => type)).toEqual([
        "response.failed",
      ])
      // Clients run the calls that are done: one that was cut off is not.
      const done = events.filter(({ type }) => type === "response.output_item.done")
      expect(done.map(({ item }) => (item as JsonObject).type)).toEqual(["reasoning", "message"])
      expect((events.at(-1)!.response as JsonObject).output).toMatchObject([
        {},
        {},
        { type: "function_call", status: "incomplete" },
      ])
    }
  })

  test.each([
    ["context_length_exceeded", "context_length_exceeded"],
    ["rate_limited", "rate_limit_exceeded"],
    ["provider_quota", "insufficient_quota"],
    ["invalid_request", "invalid_prompt"],
    ["stream_interrupted", "server_error"],
  ] as const)("%s has the code %s, which clients act on", (code, word) => {
    expect(failed(new GatewayError(code, "words"))).toMatchObject({
      status: "failed",
      error: { code: word, message: "words" },
    })
  })

  test("the face's own words are there, and OpenRouter's error_type", () => {
    const error = new GatewayError("context_length_exceeded", "too long")
    expect(failed(error, openrouterFace)).toMatchObject({
      error_type: "context_length_exceeded",
      error: { metadata: { error_type: "context_length_exceeded" } },
    })
    expect(failed(error, requestyFace)).toMatchObject({ error: { origin: "provider", param: null } })
  })

  test("faults of the gateway keep their details to themselves", () => {
    expect(JSON.stringify(failed(new GatewayError("internal", "secret path /x")))).not.toContain("secret")
  })

  test("where no encoder runs, a response begins and fails", () => {
    const text = responsesClient.streamError(new GatewayError("stream_interrupted", "cut"), identity, openrouterFace, {
      requestId: "r",
    })
    expect(eventsOf(text).map(({ type }) => type)).toEqual(["response.created", "response.failed"])
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true)
  })

  test("a whole reply throws it", () => {
    const error = new GatewayError("stream_interrupted", "cut")
    expect(() => replyOf([...cut, { type: "error", error }], requestyFace)).toThrow("cut")
  })
})
