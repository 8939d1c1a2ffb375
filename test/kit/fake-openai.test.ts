import { afterAll, describe, expect, test } from "bun:test"
import OpenAI, { APIError } from "openai"
import { type FakeOpenAiOptions, startFakeOpenAi } from "./fake-openai.ts"

const fakes: { stop(): Promise<void> }[] = []
const start = async (options: FakeOpenAiOptions = {}) => {
  const fake = await startFakeOpenAi(options)
  fakes.push(fake)
  return fake
}
afterAll(async () => {
  for (const fake of fakes) await fake.stop()
})

const fake = await start()
const client = new OpenAI({ apiKey: "sk-test", baseURL: fake.url, maxRetries: 0 })
const user = (content: string) => [{ role: "user" as const, content }]
const post = (body: unknown, url = fake.url) =>
  fetch(`${url}/chat/completions`, {
    method: "POST",
    headers: { authorization: "Bearer sk-test", "content-type": "application/json" },
    body: JSON.stringify(body),
  })
const messageOf = async (body: unknown) =>
  ((await (await post(body)).json()) as { error?: { message: string } }).error?.message

describe("refuses what the real API refuses", () => {
  const base = { model: "gpt-4o-mini", messages: user("hi") }
  const tool = { type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } }
  const call = {
    role: "assistant",
    content: null,
    tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: "{}" } }],
  }
  const cases: readonly (readonly [string, object, string | undefined])[] = [
    ["a plain request", base, undefined],
    ["an unknown field", { ...base, top_k: 3 }, "Unrecognized request argument supplied: top_k"],
    [
      "a wrong type",
      { ...base, temperature: "hot" },
      "Invalid type for 'temperature': expected a decimal, but got a string instead.",
    ],
    [
      "an effort for a plain model",
      { ...base, reasoning_effort: "low" },
      "Unrecognized request argument supplied: reasoning_effort",
    ],
    [
      "max_tokens for a reasoning model",
      { ...base, model: "gpt-5-mini", max_tokens: 9 },
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    ],
    [
      "a temperature for a reasoning model",
      { ...base, model: "o4-mini", temperature: 0.5 },
      "Unsupported value: 'temperature' does not support 0.5 with this model. Only the default (1) value is supported.",
    ],
    [
      "a temperature while 5.1 does not think",
      { ...base, model: "gpt-5.1", temperature: 0.5, reasoning_effort: "none" },
      undefined,
    ],
    [
      "none for gpt-5",
      { ...base, model: "gpt-5", reasoning_effort: "none" },
      "Unsupported value: 'reasoning_effort' does not support 'none' with this model. Supported values are: 'minimal', 'low', 'medium', 'high'.",
    ],
    [
      "tools while 5.6 thinks",
      { ...base, model: "gpt-5.6", tools: [tool] },
      "Function tools with reasoning_effort are not supported for gpt-5.6 in /v1/chat/completions. Please use /v1/responses instead.",
    ],
    [
      "tools while 5.6 does not think",
      { ...base, model: "gpt-5.6", tools: [tool], reasoning_effort: "none" },
      undefined,
    ],
    [
      "the Responses models",
      { ...base, model: "gpt-5-codex" },
      "This is not a chat model and thus not supported in the v1/chat/completions endpoint. Did you mean to use v1/completions?",
    ],
    [
      "stream options without a stream",
      { ...base, stream_options: {} },
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
    ],
    [
      "no messages",
      { ...base, messages: [] },
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
    ],
    [
      "an unknown role",
      { ...base, messages: [{ role: "bot", content: "x" }] },
      "Invalid value: 'bot'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', 'developer'.",
    ],
    [
      "foreign fields in messages",
      { ...base, messages: [{ role: "assistant", content: "x", reasoning: "y" }] },
      "Unknown parameter: 'messages[0].reasoning'.",
    ],
    [
      "an answer without a call",
      { ...base, messages: [{ role: "tool", tool_call_id: "c1", content: "x" }] },
      "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
    ],
    [
      "a call without an answer",
      { ...base, messages: [call, ...user("next")] },
      "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: c1",
    ],
    [
      "a call with its answer",
      { ...base, messages: [...user("x"), call, { role: "tool", tool_call_id: "c1", content: "y" }] },
      undefined,
    ],
    [
      "empty tools",
      { ...base, tools: [] },
      "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.",
    ],
    [
      "a choice without tools",
      { ...base, tool_choice: "auto" },
      "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
    ],
    [
      "a file by URL",
      { ...base, messages: [{ role: "user", content: [{ type: "file", file: { file_url: "https://x" } }] }] },
      "Missing required parameter: 'messages[0].content[0].file.file_id'.",
    ],
    [
      "json without the word",
      { ...base, response_format: { type: "json_object" } },
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
    ],
    [
      "a breakpoint before 5.6",
      { ...base, messages: [{ role: "user", content: [{ type: "text", text: "x", prompt_cache_breakpoint: {} }] }] },
      "Unknown parameter: 'messages[0].content[0].prompt_cache_breakpoint'.",
    ],
  ]
  for (const [name, body, message] of cases)
    test(name, async () => {
      expect(await messageOf(body)).toBe(message)
    })

  test("a request without a key", async () => {
    const response = await fetch(`${fake.url}/chat/completions`, { method: "POST", body: "{}" })
    expect(response.status).toBe(401)
  })
  test("nothing, when it is lenient", async () => {
    const lenient = await start({ strict: false })
    expect((await post({ ...base, top_k: 3, model: "gpt-5", max_tokens: 1 }, lenient.url)).status).toBe(200)
  })
})

describe("streams as the real API does", () => {
  const chunks = async (content: string, options?: OpenAI.ChatCompletionStreamOptions) => {
    const stream = await client.chat.completions.create({
      model: "gpt-4o-mini",
      messages: user(content),
      stream: true,
      ...(options ? { stream_options: options } : {}),
    })
    return Array.fromAsync(stream)
  }
  test("usage is null on every chunk but the last, when asked", async () => {
    const all = await chunks("!text", { include_usage: true })
    expect(all.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true)
    expect(all.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 4 } })
  })
  test("usage is absent, when not", async () => {
    expect((await chunks("!text")).some((chunk) => "usage" in chunk)).toBe(false)
  })
  test("events are padded until told otherwise", async () => {
    expect((await chunks("!text")).every((chunk) => "obfuscation" in chunk)).toBe(true)
    expect((await chunks("!text", { include_obfuscation: false })).some((chunk) => "obfuscation" in chunk)).toBe(false)
  })
  test("tool arguments come in pieces that add up", async () => {
    const pieces = (await chunks("!parallel-tools")).flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? [])
    const second = pieces.filter((piece) => piece.index === 1)
    expect(second.length).toBeGreaterThan(2)
    expect(JSON.parse(second.map((piece) => piece.function?.arguments).join(""))).toEqual({
      city: "Oslo",
      unit: "celsius",
    })
  })
  test("as many events as asked for", async () => {
    const texts = (await chunks("!stream-37")).filter((chunk) => chunk.choices[0]?.delta.content)
    expect(texts.length).toBe(37)
  })
  test("cut in pieces of one byte it is the same", async () => {
    const split = await start({ pieceBytes: 1 })
    const body = { model: "gpt-4o-mini", messages: user("!unicode"), stream: true }
    const text = await (await post(body, split.url)).text()
    expect(text).toContain("👩‍🚀")
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true)
  })
})

describe("fails as it is told", () => {
  test("with the status of a scenario", async () => {
    const failure = await client.chat.completions
      .create({ model: "gpt-4o-mini", messages: user("!error-429-ms") })
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(APIError)
    expect((failure as APIError).status).toBe(429)
    expect((failure as APIError).headers?.get("retry-after-ms")).toBe("20")
  })
  test("the model's name chooses too", async () => {
    const response = await post({ model: "local/error-503", messages: user("hi") })
    expect(response.status).toBe(503)
  })
  for (const scenario of ["cut-3", "stall-3"])
    test(`a socket is lost after the events of ${scenario}`, async () => {
      const other = await start()
      const body = { model: "gpt-4o-mini", messages: user(`!${scenario}`), stream: true }
      const response = await post(body, other.url)
      let text = ""
      const read = async () => {
        const decoder = new TextDecoder()
        for await (const bytes of response.body ?? []) {
          text += decoder.decode(bytes, { stream: true })
          if (scenario === "stall-3" && text.split("data: ").length > 3) (await other.request(0)).cut()
        }
      }
      const failure = await read().then(
        () => undefined,
        (error: unknown) => error,
      )
      expect(failure).toBeInstanceOf(Error)
      expect(text.match(/data: /g)?.length).toBe(3)
      expect(await (await other.request(0)).closed).toBe("cut")
    })
  test("an answer in one piece breaks in its own way", async () => {
    const whole = (scenario: string) => post({ model: "x", messages: user(`!${scenario}`) })
    expect(await (await whole("error-first-event")).json()).toMatchObject({ error: { type: "server_error" } })
    expect((await whole("malformed-event")).json()).rejects.toThrow()
    const cut = await whole("cut")
      .then((response) => response.text())
      .catch(() => "thrown")
    expect(cut).toBe("thrown")
  })
  test("an error event makes the SDK throw", async () => {
    const stream = await client.chat.completions.create({
      model: "x",
      messages: user("!error-mid-stream"),
      stream: true,
    })
    expect(Array.fromAsync(stream)).rejects.toThrow("The server had an error")
  })
  test("an unknown scenario is a loud mistake", async () => {
    expect((await post({ model: "x", messages: user("!nonsense") })).status).toBe(500)
  })
})

describe("remembers", () => {
  test("what it was sent", async () => {
    const other = await start({ apiKey: "sk-right" })
    await post({ model: "x", messages: user("hello") }, other.url)
    const first = await other.request(0)
    expect(first.headers.authorization).toBe("Bearer sk-test")
    expect(JSON.parse(first.body)).toEqual({ model: "x", messages: user("hello") })
    expect(await first.closed).toBe("finished")
  })
  for (const scenario of ["hang-headers", "hang-first-event", "stall"])
    test(`that the client left during ${scenario}`, async () => {
      const other = await start()
      const leave = new AbortController()
      const answer = fetch(`${other.url}/chat/completions`, {
        method: "POST",
        headers: { authorization: "Bearer x" },
        body: JSON.stringify({ model: "x", messages: user(`!${scenario}`), stream: true }),
        signal: leave.signal,
      }).then((response) => response.text())
      const request = await other.request(0)
      leave.abort()
      expect(answer).rejects.toThrow()
      expect(await request.closed).toBe("aborted")
      expect(other.aborted).toEqual([request])
    })
})

describe("has the manners of other servers", () => {
  const events = async (scenario: string) => {
    const body = { model: "x", messages: user(scenario), stream: true, stream_options: { include_usage: true } }
    return (await (await post(body)).text()).trim().split("\n\n")
  }
  test("no terminator", async () => {
    expect((await events("!text+no-done")).at(-1)).not.toBe("data: [DONE]")
  })
  test("usage on the last choice chunk", async () => {
    expect((await events("!text+usage-on-finish")).at(-2)).toMatch(/"finish_reason":"stop".*"usage":\{"prompt_tokens"/)
  })
  test("no index, whole calls, null choices", async () => {
    const all = await events("!parallel-tools+no-tool-index+whole-call+null-choices")
    expect(all[0]).toContain('"choices":null')
    expect(all.filter((event) => event.includes("get_weather")).length).toBe(2)
    expect(all.some((event) => event.includes('"tool_calls":[{"index"'))).toBe(false)
  })
})
