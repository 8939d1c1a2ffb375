import { afterAll, describe, expect, test } from "bun:test"
import fc from "fast-check"
import { cohereV2 } from "../../../plugins/cohere/dialect/index.ts"
import { cohere } from "../../../plugins/cohere/provider.ts"
import type { ChatRequest, GatewayError, JsonObject, Message, Tool } from "../../../src/contract/index.ts"
import { conversations } from "../../kit/conversations.ts"
import { answers } from "../../kit/fake-cohere/scenarios.ts"
import { validateChat } from "../../kit/fake-cohere/validate.ts"
import { startFakeCohere } from "../../kit/fake-cohere.ts"
import { foldParts } from "../../kit/fold-parts.ts"
import { ask, chat, decodeBytes, encode, user, wireOf } from "../../kit/wire-client.ts"

const fake = startFakeCohere()
afterAll(() => fake.stop())
const wire = wireOf(cohere.create({ id: "cohere", apiKey: "k", baseUrl: fake.url, headers: {}, options: {} }))
const model = "command-a-03-2025"
const thinker = "command-a-reasoning-08-2025"

const city: JsonObject = { type: "object", properties: { city: { type: "string" } }, required: ["city"] }
const tools: Tool[] = [
  { type: "function", name: "get_weather", parameters: city },
  { type: "function", name: "9 lives" },
]

const encoded = (request: ChatRequest, name = model) => {
  const { body, losses } = encode(wire, name, request)
  expect(validateChat(body)).toBeUndefined()
  return { body, lost: losses.map(({ path, code }) => `${path} ${code}`) }
}

describe("every answer of the fake", () => {
  for (const text of ["hello", ...Object.keys(answers).filter((one) => !one.includes("inside"))])
    test(`${text}: the whole reply is the folded stream, wherever its bytes are split`, async () => {
      const request = chat({ text, tools })
      const whole = await ask(wire, model, request)
      const streamed = await ask(wire, model, { ...request, stream: true })
      expect(foldParts(streamed.parts)).toEqual(foldParts(whole.parts))
      expect(foldParts(whole.parts).finish).toHaveLength(1)
      const { bytes, parts } = streamed
      for (let at = 1; at < bytes.length; at += 3)
        expect(decodeBytes(wire, model, { ...request, stream: true }, bytes, [at])).toEqual([...parts])
    })
})

const folded = async (text: string, stream = true) =>
  foldParts((await ask(wire, model, chat({ text, stream, tools }))).parts)

describe("the parts of an answer", () => {
  test("text, usage as it is billed, identity", async () => {
    expect(await folded("hello")).toEqual({
      start: { type: "start", id: "chat_fake" },
      blocks: [{ type: "text", index: 0, text: "Hello from the fake, said in pieces." }],
      usage: {
        input: { fresh: 10, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, audio: 0, image: 0 },
        output: { text: 8, reasoning: 0, audio: 0, image: 0 },
      },
      finish: [{ type: "finish", reason: "stop", raw: "COMPLETE" }],
      error: undefined,
    })
    expect((await folded("cache")).usage).toMatchObject({
      input: { fresh: 200, cacheRead: 800 },
      counters: { searches: 2 },
    })
  })

  test("the plan is text, the calls follow with the arguments as the model wrote them", async () => {
    const { blocks, finish } = await folded("parallel tools")
    expect(blocks).toEqual([
      { type: "text", index: 0, text: "I will look up both cities." },
      {
        type: "tool-call",
        index: 1,
        id: "get_weather_0",
        name: "get_weather",
        kind: "function",
        arguments: '{"city":"Paris"}',
      },
      {
        type: "tool-call",
        index: 2,
        id: "get_weather_1",
        name: "9 lives",
        kind: "function",
        arguments: '{"city":"Oslo","days":1.0}',
      },
    ])
    expect(finish).toEqual([{ type: "finish", reason: "tool-calls", raw: "TOOL_CALL" }])
    expect((await folded("zero tool")).blocks).toMatchObject([{ arguments: "{}" }])
  })

  test("thoughts are reasoning", async () => {
    expect((await folded("thinking")).blocks).toEqual([
      { type: "reasoning", index: 0, format: "unknown", text: "Six times seven is 42." },
      { type: "text", index: 1, text: "The answer is 42." },
    ])
  })

  test("citations with an address count in UTF-16, the others stay in the vendor's form", async () => {
    const { blocks } = await folded("cite")
    const text = String(blocks[0]?.text)
    expect(blocks[1]).toMatchObject({ type: "citation", url: "https://example.com/moon", title: "Moon" })
    expect(text.slice(Number(blocks[1]?.startIndex), Number(blocks[1]?.endIndex))).toBe("the moon is round")
    expect(blocks[2]).toMatchObject({ type: "opaque", dialect: "cohere-v2", data: { text: "they say" } })
  })

  test("finish reasons", async () => {
    expect((await folded("max tokens")).finish).toMatchObject([{ reason: "length", raw: "MAX_TOKENS" }])
    expect((await folded("stop sequence")).finish).toMatchObject([{ reason: "stop", raw: "STOP_SEQUENCE" }])
  })
})

describe("failures", () => {
  const codes: readonly (readonly [string, string])[] = [
    ["rate limit", "rate_limited"],
    ["trial month", "provider_quota"],
    ["no money", "provider_quota"],
    ["bad key", "provider_auth"],
    ["missing model", "upstream_model_not_found"],
    ["overflow", "context_length_exceeded"],
    ["long output", "upstream_invalid_request"],
    ["denied", "content_filter"],
    ["cancelled", "provider_down"],
    ["server error", "provider_down"],
    ["overloaded", "provider_overloaded"],
    ["failed inside", "provider_down"],
    ["timed out inside", "provider_timeout"],
  ]
  const failure = async (text: string, stream: boolean): Promise<unknown> => {
    try {
      return foldParts((await ask(wire, model, chat({ text, stream }))).parts).error
    } catch (thrown) {
      return thrown
    }
  }
  for (const [text, code] of codes)
    test(`${text} is ${code}, whole and streamed`, async () => {
      expect(await failure(text, false)).toMatchObject({ code })
      expect(await failure(text, true)).toMatchObject({ code })
    })

  test("the words of an overflow hold both numbers, those of a limit on the output stay", async () => {
    const words = async (text: string) => ((await failure(text, false)) as GatewayError).message
    expect(await words("overflow")).toBe("Input is too long for the model: 130042 tokens, limit 128000")
    expect(await words("long output")).toContain("max tokens must be less than or equal to 4096")
    expect(await words("trial month")).toBe("The gateway's account at fake has no money or quota left")
  })

  test("a stream that breaks off, or fails in the middle", async () => {
    expect(await failure("cut", true)).toMatchObject({ code: "stream_interrupted" })
    expect(await failure("error later", true)).toMatchObject({ code: "provider_down" })
  })
})

describe("a request", () => {
  test("with everything that the API has", () => {
    const { body, lost } = encoded(
      chat({
        messages: [{ role: "developer", content: [{ type: "text", text: "Be brief." }] }, user("Hi")],
        sampling: { temperature: 0.5, topP: 1, topK: 40, seed: 7, presencePenalty: 0.5, logprobs: true },
        maxOutputTokens: 100,
        stop: ["END"],
        stream: true,
        extras: { "chat-completions": { documents: [{ id: "a", data: { text: "x" } }], safety_mode: "STRICT" } },
      }),
    )
    expect(body).toEqual({
      model,
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Hi" },
      ],
      stream: true,
      max_tokens: 100,
      stop_sequences: ["END"],
      temperature: 0.5,
      k: 40,
      seed: 7,
      logprobs: true,
      presence_penalty: 0.5,
      documents: [{ id: "a", data: { text: "x" } }],
      safety_mode: "STRICT",
    })
    expect(lost).toEqual([])
  })

  test("what it has not is clamped or dropped, and told", () => {
    const { body, lost } = encoded(
      chat({
        sampling: { topP: 0.999, frequencyPenalty: -1, presencePenalty: 1, minP: 0.1, topLogprobs: 3 },
        stop: ["a", "b", "c", "d", "e", "f"],
        choices: 2,
        user: "u",
        promptCacheKey: "k",
        cache: {},
        reasoning: { effort: "high" },
        extras: { "chat-completions": { store: true }, gateway: { provider: {} } },
      }),
    )
    expect(body).toMatchObject({ p: 0.99, frequency_penalty: 0, stop_sequences: ["a", "b", "c", "d", "e"] })
    expect(lost.toSorted()).toEqual([
      "cache_control cache_breakpoint_lost",
      "frequency_penalty parameter_clamped",
      "min_p parameter_unsupported",
      "n parameter_unsupported",
      "presence_penalty parameter_conflict",
      "prompt_cache_key parameter_unsupported",
      "reasoning reasoning_unsupported",
      "stop parameter_clamped",
      "store foreign_field",
      "top_logprobs parameter_unsupported",
      "top_p parameter_clamped",
      "user parameter_unsupported",
    ])
  })

  test("thinking: a budget, a share of the output, off", () => {
    const asked = (reasoning: NonNullable<ChatRequest["reasoning"]>) =>
      encoded(chat({ reasoning, maxOutputTokens: 4000 }), thinker).body.thinking
    expect(asked({ budget: 500 })).toEqual({ type: "enabled", token_budget: 500 })
    expect(asked({ effort: "high" })).toEqual({ type: "enabled", token_budget: 3200 })
    expect(asked({ effort: "none" })).toEqual({ type: "disabled" })
    expect(encoded(chat({}), thinker).body).not.toHaveProperty("thinking")
  })

  test("a history with calls: the plan beside them, results after them, images behind the results", () => {
    const messages: Message[] = [
      user("Weather?"),
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "Hm.", format: "unknown" },
          { type: "reasoning", text: "Hm.", signature: "s", format: "anthropic-claude-v1" },
          { type: "text", text: "I will look." },
          { type: "tool-call", id: "c1", name: "get_weather", arguments: '{"n":1.0}', kind: "function" },
          { type: "tool-call", id: "c2", name: "9 lives", arguments: "", kind: "function" },
        ],
      },
      {
        role: "tool",
        callId: "c1",
        content: [
          { type: "text", text: "sunny" },
          { type: "media", kind: "image", source: { type: "url", url: "https://example.com/a.png" } },
        ],
      },
    ]
    const { body, losses } = encode(wire, "command-a-vision-reasoning", chat({ messages, tools }))
    expect(validateChat(body)).toBeUndefined()
    expect(body.messages).toEqual([
      { role: "user", content: "Weather?" },
      {
        role: "assistant",
        tool_calls: [
          { id: "c1", type: "function", function: { name: "get_weather", arguments: '{"n":1.0}' } },
          { id: "c2", type: "function", function: { name: expect.stringMatching(/^[A-Za-z_]\w*$/), arguments: "{}" } },
        ],
        tool_plan: "I will look.",
        content: [{ type: "thinking", thinking: "Hm." }],
      },
      { role: "tool", tool_call_id: "c1", content: "sunny" },
      { role: "tool", tool_call_id: "c2", content: "The tool gave no result." },
      { role: "user", content: [{ type: "image_url", image_url: { url: "https://example.com/a.png" } }] },
    ])
    expect(losses.map(({ code }) => code)).toEqual(["tool_history_mended", "foreign_reasoning", "media_moved"])
  })

  test("tool choice: required, none, by name, and where the model knows none of it", () => {
    const choose = (toolChoice: ChatRequest["toolChoice"], name = model) =>
      encoded(chat({ tools, ...(toolChoice === undefined ? {} : { toolChoice }) }), name).body
    expect(choose("required")).toMatchObject({ tool_choice: "REQUIRED" })
    expect(choose("none")).toMatchObject({ tool_choice: "NONE" })
    expect(choose("auto")).not.toHaveProperty("tool_choice")
    const named = choose({ name: "get_weather" })
    expect(named.tool_choice).toBe("REQUIRED")
    expect(named.tools).toHaveLength(1)
    expect(choose("none", "command-r")).not.toHaveProperty("tools")
    expect(encoded(chat({ tools, toolChoice: "required" }), "command-r-plus").lost).toEqual([
      "tool_choice tool_choice_unsupported",
    ])
  })

  test("strict tools are strict together", () => {
    const strict: Tool = { type: "function", name: "a", parameters: city, strict: true }
    expect(encoded(chat({ tools: [strict] })).body.strict_tools).toBe(true)
    const mixed = encoded(chat({ tools: [strict, { type: "function", name: "b" }] }))
    expect(mixed.body).not.toHaveProperty("strict_tools")
    expect(mixed.lost).toEqual(["tools parameter_unsupported"])
  })

  test("JSON by the API alone, by words beside tools", () => {
    const responseFormat = { type: "json-schema", name: "answer", schema: city } as const
    expect(encoded(chat({ responseFormat })).body.response_format).toEqual({ type: "json_object", json_schema: city })
    const { body, lost } = encoded(chat({ responseFormat, tools }))
    expect(body).not.toHaveProperty("response_format")
    expect(JSON.stringify(body.messages)).toContain("write one JSON object")
    expect(lost).toEqual(["response_format format_approximated"])
  })

  test("a file of text becomes a document, or text where documents are not allowed; a PDF is told as lost", () => {
    const file = (mime: string, name: string): Message => ({
      role: "user",
      content: [
        { type: "text", text: "Read." },
        { type: "media", kind: "file", mime, name, source: { type: "data", base64: btoa("notes") } },
      ],
    })
    const notes = encoded(chat({ messages: [file("text/plain", "a.txt")] }))
    expect(notes.body.documents).toEqual([{ id: "file_1", data: { title: "a.txt", text: "notes" } }])
    const json = encoded(chat({ messages: [file("text/plain", "a.txt")], responseFormat: { type: "json-object" } }))
    expect(json.body).not.toHaveProperty("documents")
    expect(JSON.stringify(json.body.messages)).toContain("a.txt:\\nnotes")
    expect(encoded(chat({ messages: [file("application/pdf", "a.pdf")] })).lost).toEqual([
      "messages[0].content[1] media_unsupported",
    ])
  })

  test("any history is one that the API takes", () => {
    fc.assert(
      fc.property(conversations, (messages) => {
        const { body } = encode(wire, thinker, chat({ messages, tools }))
        expect(validateChat(body)).toBeUndefined()
      }),
      { seed: 20_261_120, numRuns: 300 },
    )
  })
})

test("where it is", () => {
  const endpoint = (baseUrl?: string) =>
    wireOf(
      cohere.create({ id: "cohere", apiKey: "k", headers: {}, options: {}, ...(baseUrl ? { baseUrl } : {}) }),
    ).endpoint({ model: "m", stream: true })
  expect(endpoint()).toEqual({
    url: "https://api.cohere.com/v2/chat",
    headers: { accept: "text/event-stream", authorization: "Bearer k", "content-type": "application/json" },
  })
  expect(endpoint("http://h/proxy/").url).toBe("http://h/proxy/v2/chat")
  expect(() => cohere.create({ id: "cohere", headers: {}, options: {} })).toThrow("set it or COHERE_API_KEY")
  expect(() => cohere.create({ id: "cohere", apiKey: "k", headers: {}, options: { regoin: "x" } })).toThrow("not known")
})

test("an answer that is none", () => {
  const source = { model, profile: wire.profile(model), request: chat({}), newId: (prefix: string) => prefix }
  expect(() => cohereV2.decodeReply({ message: "invalid api token" }, source)).toThrow()
  expect(() => cohereV2.decodeReply([], source)).toThrow("holds no message")
})
