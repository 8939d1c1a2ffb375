import { describe, expect, test } from "bun:test"
import { type ErrorCode, GatewayError } from "../../../src/contract/index.ts"
import type { Exchange } from "../../../src/pipeline/exchange.ts"
import { isRepeated, waitBefore } from "../../../src/pipeline/relay/wait.ts"

const exchange = (random: number) =>
  ({
    snapshot: { config: { retries: { sameUpstream: 1, backoffMs: 250, maxWaitMs: 2000 } } },
    services: { random: () => random },
  }) as unknown as Exchange
const error = (code: ErrorCode, retryAfterMs?: number) =>
  new GatewayError(code, code, retryAfterMs === undefined ? {} : { retryAfterMs })
const waits = (code: ErrorCode, isStep: boolean, random: number) =>
  [0, 1, 2, 3, 4, 5].map((round) => waitBefore(exchange(random), error(code), round, isStep))

describe("before a policy's retry", () => {
  test("twice as long each time, up to four seconds, give or take a tenth", () => {
    expect(waits("provider_down", true, 0.5)).toEqual([500, 1000, 2000, 4000, 4000, 4000])
    expect(waits("provider_down", true, 0)).toEqual([450, 900, 1800, 3600, 3600, 3600])
    expect(waits("provider_down", true, 1)[0]).toBeCloseTo(550)
  })

  test("longer where the rate is limited", () => {
    expect(waits("rate_limited", true, 0.5)).toEqual([1000, 2000, 4000, 8000, 8000, 8000])
  })

  test("what the upstream asks for, unless nobody should wait so long", () => {
    expect(waitBefore(exchange(0), error("rate_limited", 7000), 0, true)).toBe(7000)
    expect(waitBefore(exchange(0), error("rate_limited", 60_000), 0, true)).toBeUndefined()
  })
})

test("where there is nothing else to try, the configured backoff holds", () => {
  expect(waits("provider_down", false, 0)).toEqual([125, 250, 500, 1000, 2000, 2000])
  expect(waitBefore(exchange(0), error("rate_limited", 2000), 0, false)).toBe(2000)
  expect(waitBefore(exchange(0), error("rate_limited", 2001), 0, false)).toBeUndefined()
})

test("only what waiting may mend is repeated", () => {
  const repeated = (code: ErrorCode) => isRepeated(error(code))
  expect(
    ["provider_down", "rate_limited", "provider_overloaded", "bad_provider_response"].every((code) =>
      repeated(code as ErrorCode),
    ),
  ).toBe(true)
  expect(
    ["provider_timeout", "provider_auth", "provider_quota", "upstream_invalid_request", "capacity_exhausted"].some(
      (code) => repeated(code as ErrorCode),
    ),
  ).toBe(false)
})
