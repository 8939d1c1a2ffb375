import { describe, expect, test } from "bun:test"
import type { Json } from "../../src/contract/index.ts"
import { chatCompletions } from "../../src/dialects/index.ts"
import { calls, callsOf, delta, errorOf, feed, messageOf, reply, sourceFor } from "../kit/chat-completions.ts"

describe("tool calls", () => {
  test.each<[string, object[], unknown[]]>([
    [
      "split over chunks",
      [
        calls({ index: 0, id: "a", function: { name: "f", arguments: '{"x"' } }),
        calls({ index: 0, function: { arguments: ":1}" } }),
      ],
      [["a", "f", '{"x":1}']],
    ],
    [
      "interleaved",
      [
        calls({ index: 0, id: "a", function: { name: "f" } }, { index: 1, id: "b", function: { name: "g" } }),
        calls({ index: 1, function: { arguments: "[2]" } }),
        calls({ index: 0, function: { arguments: "[1]" } }),
      ],
      [
        ["a", "f", "[1]"],
        ["b", "g", "[2]"],
      ],
    ],
    [
      "without index, by id",
      [calls({ id: "a", function: { name: "f", arguments: "[" } }), calls({ id: "a", function: { arguments: "1]" } })],
      [["a", "f", "[1]"]],
    ],
    [
      "without index and id",
      [calls({ function: { name: "f", arguments: "[" } }), calls({ function: { arguments: "1]" } })],
      [["call_0", "f", "[1]"]],
    ],
    [
      "all numbered 0",
      [
        calls({ index: 0, id: "a", function: { name: "f", arguments: "[1]" } }),
        calls({ index: 0, id: "b", function: { name: "g", arguments: "[2]" } }),
      ],
      [
        ["a", "f", "[1]"],
        ["b", "g", "[2]"],
      ],
    ],
    [
      "one id for two",
      [
        calls({ index: 0, id: "a", function: { name: "f", arguments: "[1]" } }),
        calls({ index: 1, id: "a", function: { name: "g", arguments: "[2]" } }),
      ],
      [
        ["a", "f", "[1]"],
        ["call_0", "g", "[2]"],
      ],
    ],
    [
      "blank names on continuations",
      [
        calls({ index: 0, id: "a", function: { name: "f", arguments: "" } }),
        calls({ index: 0, id: "", function: { name: "", arguments: "[1]" } }),
      ],
      [["a", "f", "[1]"]],
    ],
    [
      "whole calls in one chunk",
      [calls({ function: { name: "f", arguments: "[1]" } }, { function: { name: "f", arguments: "[2]" } })],
      [
        ["call_0", "f", "[1]"],
        ["call_1", "f", "[2]"],
      ],
    ],
    [
      "no arguments at all",
      [
        calls({ index: 0, id: "a", function: { name: "f", arguments: "" } }),
        calls({ index: 0, function: { arguments: "" } }),
      ],
      [["a", "f", "{}"]],
    ],
    [
      "arguments as an object",
      [calls({ index: 0, id: "a", function: { name: "f", arguments: { x: 1 } } })],
      [["a", "f", '{"x":1}']],
    ],
    [
      "the legacy form",
      [delta({ function_call: { name: "f", arguments: "[" } }), delta({ function_call: { arguments: "1]" } })],
      [["call_0", "f", "[1]"]],
    ],
  ])("%s", (_name, events, expected) => {
    expect(callsOf(...events)).toEqual(expected as never)
  })

  test('"{}" for a call without arguments comes exactly once, and stop with calls is tool-calls', () => {
    const parts = feed([
      calls({ index: 0, id: "a", function: { name: "f", arguments: "" } }),
      delta({}, "stop"),
      "[DONE]",
    ])
    expect(parts.filter((part) => part.type === "tool-call-delta")).toEqual([
      { type: "tool-call-delta", arguments: "{}", index: 0 },
    ])
    expect(parts.find((part) => part.type === "finish")).toMatchObject({ reason: "tool-calls", raw: "stop" })
  })
})

describe("reasoning", () => {
  test.each<[string, object, string]>([
    ["reasoning_content", { reasoning_content: "a" }, "a"],
    ["reasoning", { reasoning: "a" }, "a"],
    ["reasoning_text", { reasoning_text: "a" }, "a"],
    ["two spellings of one text", { reasoning: "a", reasoning_content: "a" }, "a"],
    ["an empty one before a full one", { reasoning_content: "", reasoning: "a" }, "a"],
    [
      "details beside text",
      { reasoning: "a", reasoning_details: [{ type: "reasoning.text", text: "a", index: 0 }] },
      "a",
    ],
    ["a list of thinking parts", { content: [{ type: "thinking", thinking: [{ type: "text", text: "a" }] }] }, "a"],
  ])("in %s, once", (_name, fields, text) => {
    expect(messageOf(delta(fields), delta({ content: "x" }))).toMatchObject({
      reasoning: text,
      reasoning_content: text,
      content: "x",
    })
  })

  test("signatures and encrypted data keep their format and id", () => {
    const text = { type: "reasoning.text", text: "a", format: "anthropic-claude-v1", index: 0 }
    const signature = { type: "reasoning.text", signature: "s", format: "anthropic-claude-v1", index: 0 }
    const encrypted = { type: "reasoning.encrypted", data: "e", id: "r1", format: "openai-responses-v1", index: 1 }
    expect(
      messageOf(
        delta({ reasoning_details: [text] }),
        delta({ reasoning_details: [signature] }),
        delta({ reasoning_details: [encrypted] }),
      )?.reasoning_details,
    ).toEqual([{ ...text, signature: "s" }, encrypted])
  })

  test("think tags are taken out of the start of the text, cut anywhere", () => {
    const whole = "\n<think>so < or </ so</think>\n\nYes <think>no</think>"
    for (let cut = 0; cut <= whole.length; cut++) {
      const parts = feed([delta({ content: whole.slice(0, cut) }), delta({ content: whole.slice(cut) }, "stop")], {
        thinkTags: true,
      })
      expect(reply(parts).choices[0]?.message).toMatchObject({
        content: "Yes <think>no</think>",
        reasoning: "so < or </ so",
      })
    }
    expect(reply(feed([delta({ content: "<thin" }, "stop")], { thinkTags: true })).choices[0]?.message.content).toBe(
      "<thin",
    )
  })
})

describe("ends", () => {
  test("cut before the finish reason: an error, whatever had arrived", () => {
    expect(errorOf(feed([delta({ content: "x" })]))?.code).toBe("stream_interrupted")
    expect(errorOf(feed([delta({ content: "x" }), '{"choices":[{"ind']))?.code).toBe("stream_interrupted")
    expect(errorOf(feed([]))?.code).toBe("stream_interrupted")
  })
  test("a finish reason without [DONE] is complete", () => {
    expect(errorOf(feed([delta({ content: "x" }, "stop")]))).toBeUndefined()
  })
  test("[DONE] without a finish reason is complete, without any choice it is not", () => {
    expect(feed([delta({ content: "x" }), "[DONE]"]).at(-1)).toMatchObject({
      type: "finish",
      reason: "stop",
      raw: null,
    })
    expect(errorOf(feed(["[DONE]"]))?.code).toBe("bad_provider_response")
  })
  test("finish reasons that are failures are errors", () => {
    expect(errorOf(feed([delta({ content: "x" }, "network_error")]))?.code).toBe("provider_down")
  })
  test.each<[string, unknown, string]>([
    ["an object", { error: { message: "Overloaded", type: "overloaded_error" } }, "provider_overloaded"],
    ["a text", { error: "model is loading" }, "provider_overloaded"],
    ["a list", [{ error: { code: 429, message: "slow", status: "RESOURCE_EXHAUSTED" } }], "rate_limited"],
    [
      "vLLM's form",
      { object: "error", message: "maximum context length is 10 tokens", code: 400 },
      "context_length_exceeded",
    ],
    [
      "in the choice",
      { choices: [{ index: 0, error: { code: 502, message: "died" }, finish_reason: "error" }] },
      "provider_down",
    ],
  ])("an error as %s ends the stream, and fails a whole reply", (_name, body, code) => {
    const parts = feed([body, delta({ content: "late" })])
    expect(parts.at(-1)).toMatchObject({ type: "error" })
    expect(errorOf(parts)).toMatchObject({ code })
    let thrown: unknown
    try {
      chatCompletions.decodeReply(body as Json, sourceFor({}))
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ name: "GatewayError", code })
  })
  test("unknown fields, null choices and odd deltas never throw", () => {
    const odd = [
      { choices: null },
      { foo: 1 },
      { choices: [{ delta: null }, null, 1] },
      { choices: [{ index: 0, delta: { content: 5, tool_calls: [null, 1], images: [1], annotations: [{}] } }] },
    ]
    expect(reply(feed([...odd, delta({ content: "x" }, "stop")])).choices[0]?.message.content).toBe("x")
  })
})

test("annotations, citations and images arrive", () => {
  const annotation = {
    type: "url_citation",
    url_citation: { url: "https://x", title: "X", start_index: 0, end_index: 1 },
  }
  const image = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }
  expect(messageOf(delta({ content: "a", annotations: [annotation], images: [image] }))).toMatchObject({
    annotations: [annotation],
    images: [image],
  })
  const repeated = { citations: ["https://a", "https://b"] }
  const cited = reply(feed([delta({ content: "a" }, null, repeated), delta({}, "stop", repeated)])).choices[0]?.message
  expect(cited?.annotations).toBeArrayOfSize(2)
})
