import { describe, expect, test } from "bun:test"
import { type ChatPart, type ChatRequest, GatewayError, type JsonObject } from "../../../src/contract/index.ts"
import { createSseDecoder } from "../../../src/dialects/index.ts"
import { refusals } from "../../kit/fake-openai/refusal.ts"
import { type Quirk, streamEvents, wholeReply } from "../../kit/fake-openai/reply.ts"
import { choose } from "../../kit/fake-openai/scenarios.ts"
import { createWire } from "./kit.ts"

const request: ChatRequest = { model: "m", messages: [], sampling: {}, stream: true }

const source = (slug: string, model: string) => {
  const ids = { next: 0 }
  return {
    profile: createWire(slug).profile(model),
    model,
    newId: (prefix: string) => `${prefix}fresh_${ids.next++}`,
    request,
  }
}

const scene = (scenario: string, quirks: readonly Quirk[]) => {
  const { outcome } = choose({ model: "m", messages: [{ role: "user", content: `!${scenario}` }] })
  if (outcome.kind !== "reply") throw new Error(`${scenario} is no reply`)
  const context = {
    id: "chatcmpl-1",
    createdSeconds: 1,
    model: "m",
    choices: 1,
    includeUsage: true,
    obfuscate: false,
    logprobs: false,
    quirks: new Set(quirks),
  }
  return { reply: outcome.reply, context }
}

const streamed = (scenario: string, quirks: readonly Quirk[] = [], slug = "vllm"): readonly ChatPart[] => {
  const { reply, context } = scene(scenario, quirks)
  const decoder = createWire(slug).dialect.decodeStream(source(slug, "m"))
  const sse = createSseDecoder()
  const events = [...sse.push(new TextEncoder().encode(streamEvents(reply, context).join(""))), ...sse.end()]
  return [...events.flatMap((event) => decoder.push(event)), ...decoder.end()]
}

const callsOf = (parts: readonly ChatPart[]) =>
  parts
    .filter((part) => part.type === "tool-call-start")
    .map(({ id, name, index }) => ({
      id,
      name,
      arguments: parts
        .filter((part) => part.type === "tool-call-delta" && part.index === index)
        .map((part) => (part.type === "tool-call-delta" ? part.arguments : ""))
        .join(""),
    }))

describe("tool calls of servers that are only nearly OpenAI's", () => {
  const variants: readonly (readonly Quirk[])[] = [
    [],
    ["whole-call"],
    ["calls-in-one-chunk"],
    ["blank-names"],
    ["no-tool-index", "whole-call"],
    ["no-tool-id"],
    ["reused-tool-id"],
    ["null-choices", "no-done"],
  ]
  for (const quirks of variants)
    test(quirks.join(" ") || "as OpenAI sends them", () => {
      const parts = streamed("parallel-tools", quirks)
      const calls = callsOf(parts)
      expect(calls.map(({ name }) => name)).toEqual(["get_weather", "get_weather"])
      expect(calls.map((call) => JSON.parse(call.arguments))).toEqual([
        { city: "Köln", unit: "celsius" },
        { city: "Oslo", unit: "celsius" },
      ])
      expect(new Set(calls.map(({ id }) => id)).size).toBe(2)
      expect(parts.find(({ type }) => type === "finish")).toMatchObject({ reason: "tool-calls" })
    })
  test("a call without arguments has an empty object", () => {
    expect(callsOf(streamed("zero-argument-tool"))).toMatchObject([{ name: "get_time", arguments: "{}" }])
  })
})

describe("usage, wherever and however it is told", () => {
  const usageOf = (parts: readonly ChatPart[]) =>
    parts.findLast((part) => part.type === "usage" && part.usage !== undefined)
  for (const quirks of [[], ["usage-on-finish"], ["usage-in-choice"], ["no-done"]] as const)
    test(quirks.join(" ") || "in a chunk of its own", () => {
      expect(usageOf(streamed("usage-details", quirks))).toMatchObject({
        usage: { input: { fresh: 136, cacheRead: 1024, audio: 40 }, output: { text: 24, reasoning: 256, audio: 20 } },
      })
    })

  const reply = (slug: string, model: string, usage: JsonObject) => {
    const { reply: plain, context } = scene("text", [])
    const body = { ...wholeReply(plain, context), usage }
    return usageOf(createWire(slug).dialect.decodeReply(body, source(slug, model)))
  }
  test("Perplexity counts reasoning outside the completion", () => {
    const usage = { prompt_tokens: 10, completion_tokens: 20, reasoning_tokens: 5 }
    expect(reply("perplexity", "sonar-deep-research", usage)).toMatchObject({
      usage: { output: { text: 20, reasoning: 5 } },
    })
  })
  test("Moonshot tells cached tokens at the top", () => {
    const usage = { prompt_tokens: 10, completion_tokens: 1, cached_tokens: 4 }
    expect(reply("moonshotai", "kimi-k2.5", usage)).toMatchObject({ usage: { input: { fresh: 6, cacheRead: 4 } } })
  })
  test("DeepSeek calls them hits", () => {
    const usage = { prompt_tokens: 10, completion_tokens: 1, prompt_cache_hit_tokens: 4 }
    expect(reply("deepseek", "deepseek-v4", usage)).toMatchObject({ usage: { input: { fresh: 6, cacheRead: 4 } } })
  })
  test("Alibaba counts cache writes inside the prompt", () => {
    const details = { cached_tokens: 4, cache_creation_input_tokens: 3 }
    const usage = { prompt_tokens: 10, completion_tokens: 1, prompt_tokens_details: details }
    expect(reply("alibaba", "qwen3-max", usage)).toMatchObject({
      usage: { input: { fresh: 3, cacheRead: 4, cacheWrite: 3 } },
    })
  })
  test("DeepInfra's reasoning may be more than its completion", () => {
    const usage = { prompt_tokens: 1, completion_tokens: 5, completion_tokens_details: { reasoning_tokens: 50 } }
    expect(reply("deepinfra", "google/gemini-2.5-flash", usage)).toMatchObject({
      usage: { output: { text: 5, reasoning: 50 } },
    })
  })
})

describe("what Groq has beside the answer", () => {
  const read = (body: JsonObject) => {
    const { reply: plain, context } = scene("text", [])
    return createWire("groq").dialect.decodeReply({ ...wholeReply(plain, context), ...body }, source("groq", "m"))
  }
  test("usage in a field of its own", () => {
    const parts = read({ usage: null, x_groq: { usage: { prompt_tokens: 7, completion_tokens: 2 } } })
    expect(parts.findLast((part) => part.type === "usage")).toMatchObject({ usage: { input: { fresh: 7 } } })
  })
  test("tools that it ran itself are no calls of the client's", () => {
    const executed = [{ index: 0, type: "browser_search", arguments: "{}", output: "found" }]
    const message = { role: "assistant", content: "Hello", executed_tools: executed }
    const parts = read({ choices: [{ index: 0, message, finish_reason: "stop" }] })
    expect(callsOf(parts)).toEqual([])
    expect(parts.find(({ type }) => type === "opaque")).toMatchObject({ data: { executed_tools: executed } })
    expect(parts.find(({ type }) => type === "finish")).toMatchObject({ reason: "stop" })
  })
})

describe("an answer that is an error", () => {
  const { dialect } = createWire("lmstudio")
  for (const scenario of ["error-in-200", "error-object-in-200"])
    test(`${scenario} is thrown`, () => {
      const { outcome } = choose({ model: "m", messages: [{ role: "user", content: `!${scenario}` }] })
      if (outcome.kind !== "refusal") throw new Error("no refusal")
      const body = JSON.parse(outcome.refusal.body)
      expect(() => dialect.decodeReply(body, source("lmstudio", "m"))).toThrow(
        GatewayError as unknown as ErrorConstructor,
      )
    })
  test("a stream without its end", () => {
    const parts = streamed("text", ["no-finish", "no-done", "no-usage"])
    expect(parts.at(-1)).toMatchObject({ type: "error", error: { code: "stream_interrupted" } })
  })
  test("a stream without a terminator has an end nevertheless", () => {
    expect(streamed("text", ["no-done"]).some(({ type }) => type === "error")).toBe(false)
  })
})

describe("what the fake's refusals mean", () => {
  const decode = (name: string) => {
    const refusal = refusals[name]
    if (refusal === undefined) throw new Error(`no refusal ${name}`)
    const headers = new Headers(refusal.headers)
    return createWire("together").dialect.decodeError(
      { status: refusal.status, headers, body: refusal.body },
      "together",
    )
  }
  for (const [name, code, retryAfterMs] of [
    ["error-400", "upstream_invalid_request", undefined],
    ["error-context", "context_length_exceeded", undefined],
    ["error-content-filter", "content_filter", undefined],
    ["error-401", "provider_auth", undefined],
    ["error-403", "provider_auth", undefined],
    ["error-404", "upstream_model_not_found", undefined],
    ["error-408", "provider_timeout", undefined],
    ["error-413", "upstream_payload_too_large", undefined],
    ["error-429", "rate_limited", 2000],
    ["error-429-ms", "rate_limited", 20],
    ["error-429-reset", "rate_limited", 360_000],
    ["error-429-money", "provider_quota", undefined],
    ["error-500", "provider_down", undefined],
    ["error-502", "provider_down", undefined],
    ["error-503", "provider_overloaded", undefined],
    ["error-529", "provider_overloaded", undefined],
    ["error-empty", "context_length_exceeded", undefined],
  ] as const)
    test(name, () => {
      const error = decode(name)
      expect(error.code).toBe(code)
      expect(error.retryAfterMs).toBe(retryAfterMs as number)
    })
  test("an overflow holds both numbers", () => {
    expect(decode("error-context").message).toContain("130412")
    expect(decode("error-context").message).toContain("128000")
  })
})
