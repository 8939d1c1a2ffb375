import { describe, expect, test } from "bun:test"
import type { ErrorCode, Retry } from "../../../src/contract/index.ts"
import { createWire } from "./kit.ts"

const error = (fields: object) => JSON.stringify({ error: { message: "words", ...fields } })

/** Vendor, status, body, and what it means; the general rules would read each of them otherwise, or not surely. */
const cases: readonly (readonly [string, number, string, ErrorCode, Retry])[] = [
  ["cerebras", 400, "", "context_length_exceeded", "next"],
  ["cerebras", 413, "  ", "context_length_exceeded", "next"],
  ["zai", 400, error({ code: "1261" }), "context_length_exceeded", "next"],
  ["zai", 429, error({ code: "1308" }), "provider_quota", "next"],
  ["zai", 429, error({ code: 1113 }), "provider_quota", "next"],
  ["zai", 400, error({ code: "1301" }), "content_filter", "no"],
  ["zai", 429, error({ code: "1302" }), "rate_limited", "same"],
  ["zai-cn-coding-plan", 400, error({ code: "1211" }), "upstream_model_not_found", "next"],
  ["groq", 400, error({ code: "tool_use_failed" }), "bad_provider_response", "same"],
  ["groq", 413, error({ code: "rate_limit_exceeded" }), "rate_limited", "next"],
  ["groq", 498, error({ message: "capacity exceeded" }), "provider_overloaded", "same"],
  ["perplexity", 401, error({ type: "insufficient_quota" }), "provider_quota", "next"],
  ["moonshotai", 429, error({ type: "exceeded_current_quota_error" }), "provider_quota", "next"],
  ["moonshotai", 429, error({ type: "engine_overloaded_error" }), "provider_overloaded", "same"],
  ["alibaba", 429, error({ code: "insufficient_quota" }), "rate_limited", "same"],
  ["alibaba", 400, error({ code: "Arrearage" }), "provider_quota", "next"],
  ["alibaba", 400, error({ code: "data_inspection_failed" }), "content_filter", "no"],
  ["xai", 403, error({ message: "used all available credits" }), "provider_quota", "next"],
  ["fireworks", 412, error({ message: "Account is suspended" }), "provider_quota", "next"],
  ["nvidia", 500, error({ message: "ResourceExhausted: full" }), "provider_overloaded", "same"],
  ["novita", 403, '{"reason":"NOT_ENOUGH_BALANCE"}', "provider_quota", "next"],
  ["openrouter", 403, error({ metadata: { reasons: ["violence"] } }), "content_filter", "no"],
]

describe("a vendor's own words", () => {
  for (const [slug, status, body, code, retry] of cases)
    test(`${slug} ${status} ${body.slice(0, 60)}`, () => {
      const classified = createWire(slug).classify?.({ status, headers: new Headers(), body })
      expect(classified?.code).toBe(code)
      expect(classified?.retry).toBe(retry)
      expect(classified?.provider).toBe(slug)
      expect(classified?.upstreamStatus).toBe(status)
      expect(classified?.message).not.toBe("")
    })
})

describe("everything else is left to the dialect", () => {
  for (const [slug, status, body] of [
    ["groq", 400, error({ message: "bad" })],
    ["cerebras", 400, error({ message: "bad" })],
    ["zai", 500, error({ code: "12610" })],
    ["together", 429, error({ message: "slow" })],
  ] as const)
    test(`${slug} ${status} ${body}`, () => {
      expect(createWire(slug).classify?.({ status, headers: new Headers(), body })).toBeUndefined()
    })
})

test("what Groq's model wrote by mistake is kept for whoever looks", () => {
  const body = error({ code: "tool_use_failed", failed_generation: "<function=f>" })
  expect(createWire("groq").classify?.({ status: 400, headers: new Headers(), body })?.upstreamBody).toContain(
    "<function=f>",
  )
})

test("waits and words are kept, keys in them are not", () => {
  const headers = new Headers({ "retry-after": "3" })
  const body = error({ code: "1302", message: "slow down, sk-abcdefghijklmnopqrstuvwxyz123456" })
  const classified = createWire("zai").classify?.({ status: 429, headers, body })
  expect(classified?.retryAfterMs).toBe(3000)
  expect(classified?.message).toContain("slow down")
  expect(`${classified?.message}${classified?.upstreamBody}`).not.toContain("abcdefghijklmnopqrstuvwxyz123456")
})
