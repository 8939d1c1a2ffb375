import { describe, expect, test } from "bun:test"
import { type Content, GatewayError, type Json, type JsonObject } from "../../../src/contract/index.ts"
import { seal } from "../../../src/dialects/translate/index.ts"
import { decode } from "../../kit/responses-client.ts"

const messagesOf = (...input: Json[]) => decode({ model: "a/b", input }).messages
const contentOf = (part: JsonObject): Content | undefined =>
  messagesOf({ role: "user", content: [part] })[0]?.content[0]

describe("input", () => {
  test("a text is the user's; instructions come before it", () => {
    expect(decode({ model: "a/b", input: "hi", instructions: "Be brief." }).messages).toEqual([
      { role: "system", content: [{ type: "text", text: "Be brief." }] },
      { role: "user", content: [{ type: "text", text: "hi" }] },
    ])
  })

  test("easy messages and items with ids and states", () => {
    expect(
      messagesOf(
        { role: "developer", content: "d" },
        {
          type: "message",
          id: "msg_1",
          status: "completed",
          role: "user",
          content: [{ type: "input_text", text: "u" }],
        },
        {
          role: "assistant",
          content: [{ type: "output_text", text: "a", annotations: [], logprobs: [] }],
          phase: "commentary",
        },
        { role: "critic", content: "c" },
      ),
    ).toEqual([
      { role: "developer", content: [{ type: "text", text: "d" }] },
      { role: "user", content: [{ type: "text", text: "u" }] },
      { role: "assistant", content: [{ type: "text", text: "a" }], extras: { responses: { phase: "commentary" } } },
      { role: "user", content: [{ type: "text", text: "c" }], extras: { responses: { role: "critic" } } },
    ])
  })

  test("what a model gave in one turn is one message, results are messages of their own", () => {
    const encrypted = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "gAAA" }
    const [turn, ...rest] = messagesOf(
      encrypted,
      { type: "message", role: "assistant", content: "On it." },
      { type: "function_call", id: "fc_1", call_id: "c1", name: "f", arguments: "", status: "completed" },
      { type: "custom_tool_call", id: "ctc_1", call_id: "c2", name: "patch", input: "*** Begin" },
      { type: "function_call_output", id: "fco", call_id: "c1", output: "1" },
      {
        type: "custom_tool_call_output",
        call_id: "c2",
        output: [{ type: "input_image", image_url: "https://x/i.png" }],
      },
      { role: "assistant", content: "Done." },
      { role: "assistant", content: "Really." },
    )
    expect(turn).toEqual({
      role: "assistant",
      content: [
        { type: "reasoning", format: "openai-responses-v1", encrypted: "gAAA", id: "rs_1" },
        { type: "text", text: "On it." },
        { type: "tool-call", id: "c1", name: "f", arguments: "{}", kind: "function" },
        { type: "tool-call", id: "c2", name: "patch", arguments: "*** Begin", kind: "custom" },
      ],
    })
    expect(rest).toMatchObject([
      { role: "tool", callId: "c1", content: [{ type: "text", text: "1" }] },
      {
        role: "tool",
        callId: "c2",
        content: [{ type: "media", kind: "image", source: { type: "url", url: "https://x/i.png" } }],
      },
      { role: "assistant", content: [{ text: "Done." }] },
      { role: "assistant", content: [{ text: "Really." }] },
    ])
  })

  test("words between calls and their results do not part them", () => {
    const roles = messagesOf(
      { role: "assistant", content: "a" },
      { type: "function_call", call_id: "c1", name: "f", arguments: "{}" },
      { role: "assistant", content: "b" },
      { type: "function_call_output", call_id: "c1", output: "1" },
    ).map(({ role }) => role)
    expect(roles).toEqual(["assistant", "tool"])
  })

  test("items of tomorrow are kept where they stand", () => {
    const search = { type: "web_search_call", id: "ws_1", status: "completed", action: { type: "search", query: "q" } }
    const output = { type: "computer_call_output", call_id: "x", output: { type: "computer_screenshot" } }
    expect(messagesOf({ role: "user", content: "q" }, search, { role: "assistant", content: "a" }, output)).toEqual([
      { role: "user", content: [{ type: "text", text: "q" }] },
      {
        role: "assistant",
        content: [
          { type: "opaque", dialect: "responses", data: search },
          { type: "text", text: "a" },
        ],
      },
      { role: "user", content: [{ type: "opaque", dialect: "responses", data: output }] },
    ])
  })

  test("a picture that was made is seen again", () => {
    const item = {
      type: "image_generation_call",
      id: "ig_1",
      status: "completed",
      result: "AAAA",
      output_format: "webp",
    }
    expect(messagesOf(item)[0]?.content).toEqual([
      { type: "media", kind: "image", source: { type: "data", base64: "AAAA" }, mime: "image/webp" },
    ])
  })
})

describe("parts", () => {
  test.each<[string, JsonObject, unknown]>([
    [
      "image by URL",
      { type: "input_image", image_url: "https://x/i.png", detail: "high" },
      { kind: "image", source: { type: "url", url: "https://x/i.png" }, detail: "high" },
    ],
    [
      "image by data URL",
      { type: "input_image", image_url: "data:image/PNG;base64,AAAA" },
      { kind: "image", source: { type: "data", base64: "AAAA" }, mime: "image/png" },
    ],
    [
      "image by id",
      { type: "input_image", file_id: "file-1" },
      { kind: "image", source: { type: "id", id: "file-1" } },
    ],
    [
      "file as data URL",
      { type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,JVBE" },
      { kind: "file", name: "a.pdf", source: { type: "data", base64: "JVBE" }, mime: "application/pdf" },
    ],
    [
      "file as base64",
      { type: "input_file", filename: "a.pdf", file_data: "JVBE" },
      { source: { type: "data", base64: "JVBE" }, mime: "application/pdf" },
    ],
    [
      "file by URL",
      { type: "input_file", file_url: "https://x/a.pdf" },
      { source: { type: "url", url: "https://x/a.pdf" } },
    ],
    ["file by id", { type: "input_file", file_id: "file-2" }, { source: { type: "id", id: "file-2" } }],
    [
      "file in Requesty's form",
      { type: "input_file", input_file: { filename: "a.pdf", file_data: "JVBE" } },
      { name: "a.pdf", source: { type: "data", base64: "JVBE" } },
    ],
    [
      "audio",
      { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
      { kind: "audio", mime: "audio/wav", source: { type: "data", base64: "AAAA" } },
    ],
    [
      "a breakpoint",
      { type: "input_text", text: "t", prompt_cache_breakpoint: { mode: "explicit" } },
      { text: "t", cache: {} },
    ],
    ["a refusal", { type: "refusal", refusal: "no" }, { type: "refusal", text: "no" }],
    [
      "a part of tomorrow",
      { type: "input_smell", odor: "rose" },
      { type: "opaque", dialect: "responses", data: { type: "input_smell", odor: "rose" } },
    ],
    ["unknown fields", { type: "input_text", text: "t", odd: 1 }, { extras: { responses: { odd: 1 } } }],
  ])("%s", (_name, part, expected) => {
    expect(contentOf(part)).toMatchObject(expected as object)
  })
})

describe("reasoning", () => {
  const thoughts = (item: JsonObject) =>
    messagesOf({ type: "reasoning", ...item }, { role: "assistant", content: "a" })[0]?.content.slice(0, -1)

  test.each<[string, JsonObject, unknown[]]>([
    [
      "OpenAI's",
      {
        id: "rs_1",
        summary: [
          { type: "summary_text", text: "a" },
          { type: "summary_text", text: "b" },
        ],
        encrypted_content: "gA",
      },
      [
        {
          type: "reasoning",
          format: "openai-responses-v1",
          text: "a\n\nb",
          summary: true,
          encrypted: "gA",
          id: "rs_1",
        },
      ],
    ],
    [
      "thoughts themselves",
      { summary: [], content: [{ type: "reasoning_text", text: "raw" }] },
      [{ type: "reasoning", format: "openai-responses-v1", text: "raw" }],
    ],
    [
      "both",
      { id: "r", summary: ["s"], content: [{ type: "reasoning_text", text: "raw" }] },
      [
        { type: "reasoning", format: "openai-responses-v1", text: "s", summary: true, id: "r" },
        { type: "reasoning", format: "openai-responses-v1", text: "raw", id: "r" },
      ],
    ],
    [
      "another vendor's that says so",
      { summary: [], encrypted_content: "x", format: "xai-responses-v1" },
      [{ type: "reasoning", format: "xai-responses-v1", encrypted: "x" }],
    ],
    [
      "a seal",
      {
        id: "rs_ours",
        summary: [{ type: "summary_text", text: "t" }],
        encrypted_content: seal({ format: "anthropic-claude-v1", signature: "s" }),
      },
      [{ type: "reasoning", format: "anthropic-claude-v1", signature: "s", text: "t" }],
    ],
    [
      "a damaged seal, which must not reach a vendor",
      { id: "r", summary: [{ type: "summary_text", text: "t" }], encrypted_content: "sbx1.@@" },
      [{ type: "reasoning", format: "unknown", text: "t", summary: true, id: "r" }],
    ],
    ["nothing but a name", { id: "rs_1", summary: [] }, []],
  ])("%s", (_name, item, expected) => {
    expect(thoughts(item)).toEqual(expected as never)
  })
})

test.each<[string, Json, string]>([
  ["no object", [], "body"],
  ["no input", { model: "m" }, "input"],
  ["empty input", { input: [] }, "input"],
  ["empty text", { input: "" }, "input"],
  ["a number as input", { input: 5 }, "input"],
  ["a number as item", { input: [5] }, "input[0]"],
  ["an item without type and role", { input: [{ content: "x" }] }, "input[0].type"],
  ["a type that is no text", { input: [{ type: 5 }] }, "input[0].type"],
  ["content of the wrong type", { input: [{ role: "user", content: 5 }] }, "input[0].content"],
  ["a part without type", { input: [{ role: "user", content: [{ text: "x" }] }] }, "input[0].content[0].type"],
  ["a text that is none", { input: [{ role: "user", content: [{ type: "input_text" }] }] }, "input[0].content[0].text"],
  [
    "an image without a source",
    { input: [{ role: "user", content: [{ type: "input_image" }] }] },
    "input[0].content[0].image_url",
  ],
  [
    "a file without a source",
    { input: [{ role: "user", content: [{ type: "input_file" }] }] },
    "input[0].content[0].file_data",
  ],
  ["a call without a name", { input: [{ type: "function_call", call_id: "c" }] }, "input[0].name"],
  ["an output without its call", { input: [{ type: "function_call_output", output: "x" }] }, "input[0].call_id"],
  ["a reference to a stored item", { input: [{ type: "item_reference", id: "msg_1" }] }, "input[0]"],
  ["a stored response", { input: "x", previous_response_id: "resp_1" }, "previous_response_id"],
  ["a stored conversation", { input: "x", conversation: { id: "conv_1" } }, "conversation"],
  ["a template", { input: "x", prompt: { id: "pmpt_1" } }, "prompt"],
  ["a tool without type", { input: "x", tools: [{ name: "f" }] }, "tools[0].type"],
  [
    "a function as chat completions write it",
    { input: "x", tools: [{ type: "function", function: { name: "f" } }] },
    "tools[0].name",
  ],
  [
    "a nested function without name",
    { input: "x", tools: [{ type: "namespace", name: "n", tools: [{ type: "function" }] }] },
    "tools[0].tools[0].name",
  ],
  ["a schema that is none", { input: "x", text: { format: { type: "json_schema", name: "n" } } }, "text.format.schema"],
  ["a limit that is no number", { input: "x", max_output_tokens: "many" }, "max_output_tokens"],
  ["a half limit", { input: "x", max_output_tokens: 1.5 }, "max_output_tokens"],
  ["instructions that are no text", { input: "x", instructions: ["a"] }, "instructions"],
  ["a choice of the wrong type", { input: "x", tool_choice: 5 }, "tool_choice"],
])("bad input is refused with its place: %s", (_name, body, param) => {
  let thrown: unknown
  try {
    decode(body)
  } catch (error) {
    thrown = error
  }
  expect(GatewayError.is(thrown) && [thrown.code, thrown.param]).toEqual(["invalid_request", param])
})
