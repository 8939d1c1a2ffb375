import { describe, expect, test } from "bun:test"
import { type ErrorCode, emptyUsage, errorCodes, GatewayError, type Usage } from "../../src/contract/index.ts"
import { openrouterFace, requestyFace } from "../../src/dialects/index.ts"

const context = { requestId: "req_1", attempts: [{ provider: "a", code: "rate_limited", status: 429 }] }
const usage: Usage = {
  input: { fresh: 5, cacheRead: 3, cacheWrite: 1, cacheWrite1h: 1, audio: 2, image: 0 },
  output: { text: 4, reasoning: 6, audio: 0, image: 0 },
  counters: { webSearch: 2 },
}

describe.each(Object.keys(errorCodes) as ErrorCode[])("%s", (code) => {
  const error = new GatewayError(code, "Words.", { provider: "acme", upstreamBody: '{"error":"x"}', param: "messages" })
  test("on the OpenRouter face: an integer code that is the status, and error_type", () => {
    const body = openrouterFace.errorBody(error, context).error as Record<string, unknown>
    expect(body.code).toBe(openrouterFace.status(error))
    expect(body.message).toBeString()
    expect(body.metadata).toMatchObject({ error_type: errorCodes[code].errorType })
  })
  test("on the Requesty face: type is text, param is there, code is text", () => {
    const body = requestyFace.errorBody(error, context).error as Record<string, unknown>
    expect(requestyFace.status(error)).toBe(errorCodes[code].status)
    expect(body).toMatchObject({
      origin: errorCodes[code].origin,
      type: errorCodes[code].type,
      code,
      param: "messages",
    })
  })
})

test("provider errors tell who failed, with what words, and what was tried before", () => {
  const error = new GatewayError("rate_limited", "slow", {
    provider: "acme",
    upstreamStatus: 429,
    upstreamBody: '{"error":"slow"}',
    retryAfterMs: 1200,
  })
  expect(openrouterFace.errorBody(error, context).error).toMatchObject({
    metadata: {
      provider_name: "acme",
      provider_code: "429",
      raw: { error: "slow" },
      previous_errors: context.attempts,
      retry_after: 2,
    },
  })
})

test("faults of the gateway are masked, and refused credentials are not quoted", () => {
  const internal = new GatewayError("internal", "secret stack", { upstreamBody: "secret" })
  expect(
    JSON.stringify([openrouterFace.errorBody(internal, context), requestyFace.errorBody(internal, context)]),
  ).not.toContain("secret")
  const refused = new GatewayError("provider_auth", "Refused", { provider: "acme", upstreamBody: "org-1" })
  expect(JSON.stringify(openrouterFace.errorBody(refused, context))).not.toContain("org-1")
})

test("usage: totals that add up, details without nulls, each face's word for cache writes", () => {
  expect(openrouterFace.usage(usage, 0.1 + 0.2)).toEqual({
    prompt_tokens: 12,
    completion_tokens: 10,
    total_tokens: 22,
    prompt_tokens_details: { cached_tokens: 3, audio_tokens: 2, cache_write_tokens: 2 },
    completion_tokens_details: { reasoning_tokens: 6 },
    cost: 0.3,
    is_byok: false,
    server_tool_use: { web_search_requests: 2 },
  })
  expect(requestyFace.usage(usage, 0.5)).toMatchObject({
    prompt_tokens_details: { cached_tokens: 3, caching_tokens: 2 },
    cost: 0.5,
  })
  expect(JSON.stringify([openrouterFace.usage(emptyUsage, 0), requestyFace.usage(emptyUsage, 0)])).not.toContain("null")
})

test("a stream's error always has an array of choices", () => {
  const identity = { id: "gen-1", model: "m", provider: "p", providerName: "P", createdSeconds: 1 }
  const error = new GatewayError("stream_interrupted", "cut")
  expect(requestyFace.streamError(error, identity, context).choices).toEqual([{ delta: {}, finish_reason: "error" }])
  expect(openrouterFace.streamError(error, identity, context)).toMatchObject({
    id: "gen-1",
    error: { code: 502 },
    choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }],
  })
})

test("ids have the form of their API", () => {
  expect(openrouterFace.newId("abCD0123456789abcdefghijklmnop", 1_790_000_000_123)).toBe(
    "gen-1790000000-abCD0123456789abcdef",
  )
  expect(requestyFace.newId("0123456789abcdefghijklmnop", 0)).toBe("chatcmpl-0123456789abcdefghijklmn")
})
