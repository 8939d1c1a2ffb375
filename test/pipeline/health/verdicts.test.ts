import { expect, test } from "bun:test"
import { type ErrorCode, emptyUsage, errorCodes, GatewayError } from "../../../src/contract/index.ts"
import { endingOf } from "../../../src/pipeline/attempt/verdict.ts"

const answered = { usage: undefined, finishReason: "stop" }
const of = (code: ErrorCode, upstreamStatus?: number) =>
  endingOf(new GatewayError(code, code, upstreamStatus === undefined ? {} : { upstreamStatus }), answered)

test("what counts against an upstream: its own faults, and nothing else", () => {
  const bad = (Object.keys(errorCodes) as ErrorCode[]).filter((code) => of(code).result === "bad")
  expect(bad.toSorted()).toEqual([
    "bad_provider_response",
    "provider_auth",
    "provider_down",
    "provider_overloaded",
    "provider_quota",
    "provider_timeout",
    "stream_interrupted",
    "upstream_model_not_found",
  ])
})

test("a limited rate counts as neither, and rests", () => {
  expect(of("rate_limited")).toEqual({ result: "none", rests: "limit" })
})

test("a refused credential rests everywhere; one that may not use this model rests here", () => {
  expect(of("provider_auth", 401)).toMatchObject({ rests: "credential", isLasting: true })
  expect(of("provider_auth", 403)).toMatchObject({ rests: "limit", isLasting: true })
  expect(of("provider_quota", 429)).toMatchObject({ rests: "credential", isLasting: true })
})

test("an answer that says itself that it failed is a failure", () => {
  expect(endingOf(undefined, { ...answered, finishReason: "error" })).toEqual({ result: "bad", rests: "offer" })
  expect(endingOf(undefined, answered)).toEqual({ result: "good" })
})

test("counts of our own tell nothing of the upstream's cache", () => {
  const usage = { ...emptyUsage, input: { ...emptyUsage.input, fresh: 10, cacheRead: 30 } }
  expect(endingOf(undefined, { ...answered, usage })).toMatchObject({ inputTokens: 40, cachedTokens: 30 })
  expect(endingOf(undefined, { ...answered, usage: { ...usage, estimated: true } })).not.toHaveProperty("inputTokens")
})
