import { describe, expect, test } from "bun:test"
import type { ErrorCode } from "../../src/contract/index.ts"
import { chatCompletions, durationMs, redact } from "../../src/dialects/index.ts"

const fail = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  chatCompletions.decodeError(
    { status, headers: new Headers(headers), body: typeof body === "string" ? body : JSON.stringify(body) },
    "acme",
  )
const openai = (message: string, more: object = {}) => ({
  error: { message, type: "x", param: null, code: null, ...more },
})

describe("body shapes", () => {
  test.each<[string, unknown, string]>([
    ["OpenAI", openai("no such thing"), "no such thing"],
    [
      "Anthropic",
      { type: "error", error: { type: "invalid_request_error", message: "no such thing" } },
      "no such thing",
    ],
    [
      "Google's list",
      [{ error: { code: 400, message: "no such thing", status: "INVALID_ARGUMENT" } }],
      "no such thing",
    ],
    ["flat", { message: "no such thing" }, "no such thing"],
    ["Mistral", { object: "error", message: { detail: [{ loc: ["body", "x"], msg: "bad" }] } }, "body.x: bad"],
    ["FastAPI", { detail: "no such thing" }, "no such thing"],
    ["xAI", { code: "bad", error: "no such thing" }, "no such thing"],
    ["LM Studio", { error: "no such thing" }, "no such thing"],
    [
      "OpenRouter",
      {
        error: {
          code: 400,
          message: "Provider returned error",
          metadata: { raw: '{"error":{"message":"no such thing"}}' },
        },
      },
      "Provider returned error: no such thing",
    ],
    ["a text", "no such thing", "no such thing"],
    ["a page", "<html><h1>502</h1></html>", "acme answered with status 418 and no message"],
    ["nothing", "", "acme answered with status 418 and no message"],
  ])("%s", (_name, body, message) => {
    expect(fail(418, body).message).toBe(message)
  })
})

describe("classes", () => {
  test.each<[number, unknown, ErrorCode]>([
    [400, openai("bad"), "upstream_invalid_request"],
    [400, openai("Unsupported parameter: 'temperature'"), "unsupported_parameter"],
    [400, openai("x", { code: "content_filter" }), "content_filter"],
    [400, openai("API key not valid", { status: "INVALID_ARGUMENT" }), "provider_auth"],
    [401, openai("Incorrect API key provided"), "provider_auth"],
    [402, openai("pay"), "provider_quota"],
    [403, openai("no"), "provider_auth"],
    [404, openai("The model `x` does not exist"), "upstream_model_not_found"],
    [408, "", "provider_timeout"],
    [413, openai("too big"), "upstream_payload_too_large"],
    [413, "", "context_length_exceeded"],
    [422, openai("bad"), "upstream_invalid_request"],
    [429, openai("slow down"), "rate_limited"],
    [
      429,
      openai("You exceeded your current quota, please check your plan and billing details.", {
        code: "insufficient_quota",
      }),
      "provider_quota",
    ],
    [
      429,
      {
        error: {
          code: 429,
          message: "You exceeded your current quota, please check your plan and billing details.",
          status: "RESOURCE_EXHAUSTED",
          details: [{ retryDelay: "12s" }],
        },
      },
      "rate_limited",
    ],
    [429, openai("usage limit reached for 5 hour", { code: "1308" }), "provider_quota"],
    [429, openai("Too many tokens, please wait before trying again."), "rate_limited"],
    [500, openai("oops"), "provider_down"],
    [502, "<html>", "provider_down"],
    [503, "", "provider_overloaded"],
    [504, "", "provider_timeout"],
    [524, "", "provider_timeout"],
    [529, { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }, "provider_overloaded"],
  ])("%d %j is %s", (status, body, code) => {
    expect(fail(status, body)).toMatchObject({ code, provider: "acme", upstreamStatus: status })
  })
})

describe("overflow", () => {
  test.each<[string, string]>([
    ["prompt is too long: 213462 tokens > 200000 maximum", "213462 tokens, limit 200000"],
    [
      "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.",
      "9001 tokens, limit 8192",
    ],
    [
      "This endpoint's maximum context length is 100 tokens. However, you requested about 200 tokens (…)",
      "200 tokens, limit 100",
    ],
    [
      "The input token count (1234567) exceeds the maximum number of tokens allowed (1048576).",
      "1234567 tokens, limit 1048576",
    ],
    ["This model's maximum prompt length is 10 but the request contains 20 tokens", "20 tokens, limit 10"],
    ["The input (30 tokens) is longer than the model's context length (20 tokens).", "30 tokens, limit 20"],
    [
      "Prompt contains 40 tokens and 0 draft tokens, too large for model with 30 maximum context length",
      "40 tokens, limit 30",
    ],
    ["Input length (50) exceeds model's maximum context length (40)", "50 tokens, limit 40"],
    ["Your request exceeded model token limit: 10 (requested: 20)", "20 tokens, limit 10"],
    ["prompt token count of 70 exceeds the limit of 60", "70 tokens, limit 60"],
    ["Input is too long for requested model.", ""],
    ["Your input exceeds the context window of this model.", ""],
    ["Please reduce the length of the messages or completion.", ""],
    ["the request exceeds the available context size, try increasing it", ""],
    ["tokens to keep from the initial prompt is greater than the context length", ""],
    ["prompt too long; exceeded max context length by 5 tokens", ""],
    ["invalid params, context window exceeds limit", ""],
    ["Range of input length should be [1, 30720]", ""],
    ["Prompt exceeds max length", ""],
  ])("%s", (message, numbers) => {
    const error = fail(400, openai(message))
    expect(error.code).toBe("context_length_exceeded")
    if (numbers) expect(error.message).toBe(`Input is too long for the model: ${numbers}`)
  })
})

describe("waits", () => {
  const date = "Fri, 20 Nov 2026 10:00:00 GMT"
  test.each<[Record<string, string>, string, number | undefined]>([
    [{ "retry-after-ms": "1500", "retry-after": "9" }, "", 1500],
    [{ "retry-after": "3" }, "", 3000],
    [{ "retry-after": "Fri, 20 Nov 2026 10:00:07 GMT", date }, "", 7000],
    [{ "x-ratelimit-reset": "6m0s" }, "", 360_000],
    [
      {
        "x-ratelimit-reset-requests": "1s",
        "x-ratelimit-remaining-requests": "5",
        "x-ratelimit-reset-tokens": "20ms",
        "x-ratelimit-remaining-tokens": "0",
      },
      "",
      20,
    ],
    [
      { "anthropic-ratelimit-tokens-reset": "2026-11-20T10:00:05Z", "anthropic-ratelimit-tokens-remaining": "0", date },
      "",
      5000,
    ],
    [{}, "Rate limit reached. Please try again in 3s.", 3000],
    [{}, "Please try again in 1m2.5s", 62_500],
    [{}, "retry after 250ms", 250],
    [{}, "slow", undefined],
  ])("%j %s", (headers, message, wait) => {
    expect(fail(429, openai(message), headers).retryAfterMs).toBe(wait)
  })
  test("Google's RetryInfo", () => {
    expect(
      fail(429, {
        error: {
          message: "slow",
          details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "12s" }],
        },
      }).retryAfterMs,
    ).toBe(12_000)
    expect(durationMs("soon")).toBeUndefined()
  })
  test("an upstream that forbids retries is not asked again", () => {
    expect(fail(500, openai("no"), { "x-should-retry": "false" }).retry).toBe("next")
    expect(fail(500, openai("no")).retry).toBe("same")
  })
})

describe("secrets", () => {
  test.each([
    ["Incorrect API key provided: sk-proj-abcDEF1234567890. Find it", "sk-proj"],
    ['{"api_key":"abcd1234efgh"}', "abcd1234"],
    ["Authorization: Bearer abc.def-ghi_jkl", "abc.def"],
    ["https://x.test/v1?key=AIzaSyA1234567890abcdef", "AIza"],
    ["https://user:secret@host/", "secret"],
    ["AKIAIOSFODNN7EXAMPLE", "AKIA"],
  ])("%s", (text, secret) => {
    expect(redact(text)).not.toContain(secret)
    const error = fail(400, openai(text))
    expect(`${error.message}${error.upstreamBody}`).not.toContain(secret)
  })
  test("words are capped, and refused credentials are not quoted to clients", () => {
    expect(fail(400, openai("x".repeat(9000))).message.length).toBeLessThan(1300)
    expect(fail(401, openai("Incorrect key for org-1")).message).not.toContain("org-1")
  })
})
