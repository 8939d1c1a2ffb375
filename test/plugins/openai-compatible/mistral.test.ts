import { describe, expect, test } from "bun:test"
import {
  type ChatRequest,
  GatewayError,
  isObject,
  type Json,
  type JsonObject,
  type Message,
} from "../../../src/contract/index.ts"
import { foldParts } from "../../kit/fold-parts.ts"
import { chat, counter, decodeBytes, encode, user } from "../../kit/wire-client.ts"
import { createWire } from "./kit.ts"

const wire = createWire("mistral")
const plain = "mistral-large-latest"
const thinker = "magistral-medium-latest"

const sent = (request: Partial<ChatRequest>, model = plain) => {
  const { body, losses } = encode(wire, model, chat(request))
  return { body, messages: body.messages as JsonObject[], lost: losses.map(({ path }) => path) }
}

const partsOf = ([message]: readonly JsonObject[]): Json[] => (Array.isArray(message?.content) ? message.content : [])

const call: Message = {
  role: "assistant",
  content: [{ type: "tool-call", id: "call_abc", name: "f", arguments: "{}", kind: "function" }],
}
const result: Message = { role: "tool", callId: "call_abc", content: [{ type: "text", text: "done" }] }

describe("in Mistral's words, with nothing lost", () => {
  test("the seed", () => {
    const { body, lost } = sent({ sampling: { seed: 7 } })
    expect(body.random_seed).toBe(7)
    expect(body).not.toHaveProperty("seed")
    expect(lost).toEqual([])
  })
  test("a tool that must be called", () => {
    const tools = [{ type: "function" as const, name: "f" }]
    expect(sent({ tools, toolChoice: "required" }).body.tool_choice).toBe("any")
    expect(sent({ tools, toolChoice: "auto" }).body.tool_choice).toBe("auto")
    expect(sent({ tools, toolChoice: { name: "f" } }).body.tool_choice).toEqual({
      type: "function",
      function: { name: "f" },
    })
  })
  test("ids of nine letters, the same for a call and its result; results with their names", () => {
    const { messages } = sent({ messages: [user("a"), call, result] })
    const calls = messages[1]?.tool_calls
    const id = Array.isArray(calls) && isObject(calls[0]) ? calls[0].id : undefined
    expect(id).toMatch(/^[a-zA-Z0-9]{9}$/)
    expect(messages[2]).toEqual({ role: "tool", tool_call_id: id as string, content: "done", name: "f" })
    expect(messages[1]?.content).toBe("")
  })
  test("an answer that is begun", () => {
    const begun: Message = { role: "assistant", content: [{ type: "text", text: "The answer is" }] }
    expect(sent({ messages: [user("a"), begun] }).messages[1]).toMatchObject({ prefix: true })
    expect(sent({ messages: [user("a"), begun, user("b")] }).messages[1]).not.toHaveProperty("prefix")
    expect(sent({ messages: [user("a"), call, result, call] }).messages.at(-1)).not.toHaveProperty("prefix")
  })
  test("images as texts, documents, sound", () => {
    const media = (part: object) => {
      const content = [{ type: "media", ...part } as never, { type: "text" as const, text: "?" }]
      return partsOf(sent({ messages: [{ role: "user", content }] }).messages)[0]
    }
    const url = { type: "url", url: "https://x.test/a" }
    expect(media({ kind: "image", source: url })).toEqual({ type: "image_url", image_url: "https://x.test/a" })
    expect(media({ kind: "image", source: url, detail: "low" })).toEqual({
      type: "image_url",
      image_url: { url: "https://x.test/a", detail: "low" },
    })
    expect(media({ kind: "file", source: url, name: "a.pdf" })).toEqual({
      type: "document_url",
      document_url: "https://x.test/a",
      document_name: "a.pdf",
    })
    expect(media({ kind: "file", source: { type: "data", base64: "JVBERi0=" }, mime: "application/pdf" })).toEqual({
      type: "document_url",
      document_url: "data:application/pdf;base64,JVBERi0=",
    })
    expect(media({ kind: "file", source: { type: "id", id: "f1" } })).toEqual({ type: "file", file_id: "f1" })
    expect(media({ kind: "audio", source: { type: "data", base64: "AAAA" }, mime: "audio/wav" })).toEqual({
      type: "input_audio",
      input_audio: "AAAA",
    })
  })
  test("fields that only Mistral knows", () => {
    expect(sent({ extras: { "chat-completions": { safe_prompt: true } } }).body.safe_prompt).toBe(true)
  })
})

describe("thoughts", () => {
  const thought: Message = {
    role: "assistant",
    content: [
      { type: "reasoning", text: "hm", format: "unknown" },
      { type: "text", text: "b" },
    ],
  }
  const messages = [user("a"), thought, user("c")]
  test("go back as closed parts to a model that thinks", () => {
    expect(sent({ messages }, thinker).messages[1]?.content).toEqual([
      { type: "thinking", thinking: [{ type: "text", text: "hm" }], closed: true },
      { type: "text", text: "b" },
    ])
  })
  test("stay here otherwise, and that is told", () => {
    expect(sent({ messages }).messages[1]).toEqual({ role: "assistant", content: "b" })
    expect(sent({ messages }).lost).toEqual(["messages[1].content[0]"])
  })
  test("of another vendor are never sent", () => {
    const foreign = structuredClone(messages) as typeof messages
    Object.assign((foreign[1] as Message).content[0] as object, { format: "anthropic-claude-v1", signature: "s" })
    expect(sent({ messages: foreign }, thinker).messages[1]).toEqual({ role: "assistant", content: "b" })
    expect(sent({ messages: foreign }, thinker).lost).toEqual(["messages[1].content[0]"])
  })
})

const parts = [
  { type: "thinking", thinking: [{ type: "text", text: "hm" }] },
  { type: "text", text: "It is 42." },
  { type: "reference", reference_ids: [1] },
]
const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, num_cached_tokens: 4 }

describe("answers", () => {
  const read = (message: JsonObject, finish = "stop", tokens: JsonObject = usage) =>
    foldParts(
      wire.dialect.decodeReply(
        { id: "1", model: plain, choices: [{ index: 0, message, finish_reason: finish }], usage: tokens },
        { profile: wire.profile(thinker), model: thinker, request: chat(), newId: counter() },
      ),
    )
  test("whose content is a list are flattened, what has no place is kept", () => {
    const { blocks } = read({ role: "assistant", content: parts as never })
    expect(blocks).toMatchObject([
      { type: "reasoning", text: "hm" },
      { type: "text", text: "It is 42." },
      { type: "opaque", data: { content: [{ type: "reference", reference_ids: [1] }] } },
    ])
  })
  test("streamed give the same", () => {
    const chunks = parts.map((part) => ({ choices: [{ index: 0, delta: { content: [part] }, finish_reason: null }] }))
    const last = { choices: [{ index: 0, delta: { content: "" }, finish_reason: "stop" }], usage }
    const text = `${[...chunks, last].map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("")}data: [DONE]\n\n`
    const streamed = decodeBytes(wire, thinker, chat({ stream: true }), new TextEncoder().encode(text))
    const whole = read({ role: "assistant", content: parts as never })
    expect(foldParts(streamed).blocks).toEqual(whole.blocks)
    expect(foldParts(streamed).usage).toEqual(whole.usage)
  })
  for (const [name, tokens] of [
    ["at the top", { num_cached_tokens: 4 }],
    ["in the details", { prompt_tokens_details: { cached_tokens: 4 } }],
    ["in the details, misspelt", { prompt_token_details: { cached_tokens: 4 } }],
  ] as const)
    test(`cached tokens ${name}`, () => {
      const counted = read({ role: "assistant", content: "a" }, "stop", {
        prompt_tokens: 10,
        completion_tokens: 5,
        ...tokens,
      })
      expect(counted.usage).toMatchObject({ input: { fresh: 6, cacheRead: 4 }, output: { text: 5 } })
    })
  test("finish reasons", () => {
    expect(read({ role: "assistant", content: "a" }, "model_length").finish).toMatchObject([{ reason: "length" }])
    expect(() => read({ role: "assistant", content: "a" }, "error")).toThrow(GatewayError as never)
  })
})

describe("errors are flat", () => {
  const decode = (status: number, body: object) =>
    wire.dialect.decodeError({ status, headers: new Headers(), body: JSON.stringify(body) }, "mistral")
  test("with the vendor's words", () => {
    const error = decode(400, {
      object: "error",
      message: "Invalid model: x",
      type: "invalid_model",
      param: null,
      code: "1500",
    })
    expect(error.message).toContain("Invalid model: x")
  })
  test("of validation, as FastAPI writes them", () => {
    const detail = [{ type: "extra_forbidden", loc: ["body", "seed"], msg: "Extra inputs are not permitted" }]
    for (const body of [{ detail }, { object: "error", message: { detail } }]) {
      const error = decode(422, body)
      expect(error.code).toBe("unsupported_parameter")
      expect(error.message).toContain("body.seed: Extra inputs are not permitted")
    }
  })
  test("of length, with both numbers", () => {
    const message = "Prompt contains 40000 tokens, too large for model with 32768 maximum context length"
    expect(decode(400, { object: "error", message }).code).toBe("context_length_exceeded")
    expect(decode(400, { object: "error", message }).message).toMatch(/40000.*32768/)
  })
})

describe("a client's own body goes up unread", () => {
  const native = (body: object, model = plain) =>
    wire.dialect.native?.request(JSON.stringify({ model: "x", messages: [{ role: "user", content: "a" }], ...body }), {
      model,
      profile: wire.profile(model),
    })
  test("where the words are the same", () => {
    expect(JSON.parse(native({ temperature: 0.5 }) ?? "{}")).toEqual({
      model: plain,
      messages: [{ role: "user", content: "a" }],
      temperature: 0.5,
    })
    expect(
      native({
        messages: [
          { role: "assistant", content: "a" },
          { role: "user", content: "b" },
        ],
      }),
    ).toBeString()
  })
  for (const [name, body] of [
    ["a seed", { seed: 1 }],
    ["a tool that must be called", { tools: [{ type: "function", function: { name: "f" } }], tool_choice: "required" }],
    ["an image", { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "data:," } }] }] }],
    [
      "an answer that is begun",
      {
        messages: [
          { role: "user", content: "a" },
          { role: "assistant", content: "b" },
        ],
      },
    ],
    ["a result", { messages: [{ role: "tool", tool_call_id: "c", content: "b" }] }],
  ] as const)
    test(`but not with ${name}`, () => {
      expect(native(body)).toBeUndefined()
    })
  test("nor to a model that answers in lists", () => {
    expect(native({}, thinker)).toBeUndefined()
  })
})
