import { describe, expect, test } from "bun:test"
import { mock } from "../../plugins/mock/index.ts"
import { type Script, scriptText } from "../../plugins/mock/script.ts"
import { countWords } from "../../plugins/mock/words.ts"
import {
  type ChatPart,
  type ChatRequest,
  type DirectCall,
  GatewayError,
  inputTokens,
  type Loss,
  outputTokens,
} from "../../src/contract/index.ts"
import { demandWellFormed } from "../../src/contract-suite/parts.ts"

const provider = mock.create({ id: "mock", headers: {}, options: {} })
const requestOf = (text: string, more: Partial<ChatRequest> = {}): ChatRequest => ({
  model: "m",
  messages: [{ role: "user", content: [{ type: "text", text }] }],
  sampling: {},
  stream: true,
  ...more,
})
async function play(model: string, request: ChatRequest, more: Partial<DirectCall> = {}) {
  const parts: ChatPart[] = []
  const call = { model, request, signal: new AbortController().signal, lose: () => {}, ...more }
  for await (const part of provider.chat!(call)) parts.push(part)
  return parts
}
const script = (script: Script, more: Partial<ChatRequest> = {}) => play("script", requestOf(scriptText(script), more))
const textOf = (parts: readonly ChatPart[], choice?: number) =>
  parts.map((part) => (part.type === "text-delta" && part.choice === choice ? part.text : "")).join("")
const find = <T extends ChatPart["type"]>(parts: readonly ChatPart[], type: T) =>
  parts.filter((part): part is Extract<ChatPart, { type: T }> => part.type === type)
const usageOf = (parts: readonly ChatPart[]) => find(parts, "usage")[0]!.usage

describe("mock/echo", () => {
  test.each(["one two  three\nfour ", " leading", "", "   ", "🙂 ünïcode"])(
    "answers %j with itself, a word a token",
    async (text) => {
      const parts = await play("echo", requestOf(text))
      demandWellFormed(parts)
      expect(textOf(parts)).toBe(text)
      expect(find(parts, "text-delta").filter(({ text }) => text.trim() !== "")).toHaveLength(countWords(text))
      expect(outputTokens(usageOf(parts))).toBe(countWords(text))
      expect(inputTokens(usageOf(parts))).toBe(countWords(text))
    },
  )
  test("counts the whole conversation as input and answers the last user message", async () => {
    const say = (role: "user" | "assistant", text: string) => ({ role, content: [{ type: "text" as const, text }] })
    const parts = await play(
      "echo",
      requestOf("", { messages: [say("user", "a b"), say("assistant", "c"), say("user", "d e f")] }),
    )
    expect(textOf(parts)).toBe("d e f")
    expect(inputTokens(usageOf(parts))).toBe(6)
  })
  test("stops at the limit, at a stop sequence, and answers n times", async () => {
    const limited = await play("echo", requestOf("one two three four", { maxOutputTokens: 2 }))
    expect([textOf(limited), find(limited, "finish")[0]?.reason, outputTokens(usageOf(limited))]).toEqual([
      "one two ",
      "length",
      2,
    ])
    const exact = await play("echo", requestOf("one two", { maxOutputTokens: 2 }))
    expect(find(exact, "finish")[0]?.reason).toBe("stop")
    const stopped = await play("echo", requestOf("one END two", { stop: ["two", "END"] }))
    expect([textOf(stopped), find(stopped, "finish")[0]]).toEqual([
      "one ",
      expect.objectContaining({ reason: "stop", stopSequence: "END" }),
    ])
    const twice = await play("echo", requestOf("one two", { choices: 2 }))
    demandWellFormed(twice, 2)
    expect([textOf(twice), textOf(twice, 1), outputTokens(usageOf(twice))]).toEqual(["one two", "one two", 4])
  })
  test("calls a forced tool and gives JSON where it is asked for", async () => {
    const schema = {
      type: "object",
      properties: { city: { type: "string" }, days: { type: "integer", minimum: 1 }, unit: { enum: ["c", "f"] } },
      required: ["city", "days", "unit"],
    }
    const tools = [{ type: "function", name: "weather", parameters: schema }] as const
    const called = await play("echo", requestOf("Rome now", { tools, toolChoice: "required" }))
    demandWellFormed(called)
    const text = find(called, "tool-call-delta")
      .map((part) => part.arguments)
      .join("")
    expect(JSON.parse(text)).toEqual({ city: "Rome now", days: 1, unit: "c" })
    expect(find(called, "finish")[0]?.reason).toBe("tool-calls")
    const json = await play("echo", requestOf("Rome", { responseFormat: { type: "json-schema", name: "x", schema } }))
    expect(JSON.parse(textOf(json))).toEqual({ city: "Rome", days: 1, unit: "c" })
  })
  test("reports media that it does not read", async () => {
    const losses: Loss[] = []
    const media = { type: "media", kind: "image", source: { type: "url", url: "https://example.com/a.png" } } as const
    await play("echo", requestOf("", { messages: [{ role: "user", content: [media] }] }), {
      lose: (loss) => losses.push(loss),
    })
    expect(losses).toMatchObject([{ path: "messages[0].content[0]", action: "dropped" }])
  })
})

describe("mock/script", () => {
  test("plays reasoning, text, images and tool calls in order", async () => {
    const parts = await script({
      reasoning: "let me see",
      text: "it is",
      images: ["AAAA"],
      toolCalls: [{ name: "a" }, { name: "b", arguments: '{"x": 1}', id: "mine" }],
    })
    demandWellFormed(parts)
    const kinds = parts.map(({ type }) => type).filter((type) => !type.endsWith("-delta") && !type.endsWith("-end"))
    expect(kinds).toEqual([
      "start",
      "reasoning-start",
      "text-start",
      "media",
      "tool-call-start",
      "tool-call-start",
      "finish",
      "usage",
    ])
    expect(find(parts, "tool-call-start").map(({ id, name }) => [id, name])).toEqual([
      ["call_mock_0_0", "a"],
      ["mine", "b"],
    ])
    expect(usageOf(parts).output).toMatchObject({ text: 5, reasoning: 3 })
  })
  test("follows what the request allows", async () => {
    const toolCalls = [{ name: "a" }, { name: "b" }]
    expect(find(await script({ toolCalls }, { parallelToolCalls: false }), "tool-call-start")).toHaveLength(1)
    const none = await script({ text: "x", toolCalls }, { toolChoice: "none" })
    expect(find(none, "tool-call-start")).toHaveLength(0)
    const full = await script({ reasoning: "one two", text: "three four", toolCalls }, { maxOutputTokens: 3 })
    demandWellFormed(full)
    expect([outputTokens(usageOf(full)), find(full, "finish")[0]?.reason]).toEqual([3, "length"])
    expect(find(full, "tool-call-start")).toHaveLength(0)
  })
  test("fails before the first part with the code and the wait that it is told", async () => {
    for (const [error, expected] of [
      [
        { status: 429, retryAfterMs: 2000 },
        { code: "rate_limited", upstreamStatus: 429, retryAfterMs: 2000 },
      ],
      [{ status: 500 }, { code: "provider_down" }],
      [
        { code: "context_length_exceeded", message: "too long" },
        { code: "context_length_exceeded", message: "too long" },
      ],
    ] as const) {
      const thrown = await script({ text: "x", error }).catch((thrown: unknown) => thrown)
      expect(GatewayError.is(thrown)).toBe(true)
      expect(thrown).toMatchObject(expected)
    }
    await expect(script({ crash: "boom" })).rejects.toThrow("boom")
  })
  test("breaks off in the middle with an error part and nothing after it", async () => {
    for (const [given, code] of [
      [{ cutAfterWords: 2 }, "stream_interrupted"],
      [{ error: { status: 503, afterWords: 2 } }, "provider_overloaded"],
    ] as const) {
      const parts = await script({ text: "one two three", ...given })
      demandWellFormed(parts)
      expect(textOf(parts)).toBe("one two ")
      expect(find(parts, "error")[0]?.error.code).toBe(code)
    }
    expect(find(await script({ text: "one two", cutAfterWords: 2 }), "error")).toHaveLength(1)
  })
  test("takes usage and finish reason from the script", async () => {
    const parts = await script({
      text: "x",
      finish: "content-filter",
      usage: { input: { cacheRead: 9 }, output: { reasoning: 4 }, reportedCostUsd: 0.5 },
    })
    expect(find(parts, "finish")[0]?.reason).toBe("content-filter")
    expect(usageOf(parts)).toMatchObject({
      input: { cacheRead: 9 },
      output: { text: 1, reasoning: 4 },
      reportedCostUsd: 0.5,
    })
  })
  test("an abort ends waiting at once", async () => {
    for (const waiting of [{ hang: true }, { text: "x", delayMs: 1e8 }, { text: "one two", wordMs: 1e8 }] as const) {
      const abort = new AbortController()
      const playing = play("script", requestOf(scriptText(waiting)), { signal: abort.signal })
      queueMicrotask(() => abort.abort(new Error("client gone")))
      await expect(playing).rejects.toThrow("client gone")
    }
  })
  test("is found in the body's field, in metadata, in the last message; other text is echoed", async () => {
    const body = await play(
      "script",
      requestOf("ignored", { extras: { "chat-completions": { mock: { text: "from the body" } } } }),
    )
    expect(textOf(body)).toBe("from the body")
    const metadata = await play("script", requestOf("ignored", { metadata: { mock: '{"text":"from metadata"}' } }))
    expect(textOf(metadata)).toBe("from metadata")
    expect(textOf(await play("script", requestOf("just text")))).toBe("just text")
  })
  test.each([
    ["{", "is not JSON"],
    ['{"txt":"x"}', 'unknown key "txt"'],
    ['{"text":1}', 'a text as "text"'],
    ['{"toolCalls":[{}]}', '"toolCalls"'],
    ['{"error":{"code":"nope"}}', '"error"'],
    ['{"finish":"done"}', "one of stop"],
    ['{"constructor":1}', "unknown key"],
  ])("refuses the script %s", async (text, words) => {
    const thrown = await play("script", requestOf(text)).catch((thrown: unknown) => thrown)
    expect(thrown).toMatchObject({ code: "invalid_request", message: expect.stringContaining(words) })
  })
})

test("a model that it does not have is refused as an upstream would", async () => {
  await expect(play("other", requestOf("x"))).rejects.toMatchObject({ code: "upstream_model_not_found" })
})
