import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { defineVendor } from "../../../plugins/anthropic/provider.ts"
import { vendors } from "../../../plugins/anthropic/vendors.ts"
import type { WireChat } from "../../../src/contract/index.ts"
import { startFakeAnthropic } from "../../kit/fake-anthropic.ts"
import { ask, chat, wireOf } from "../../kit/wire-client.ts"
import type { FakeUpstream } from "../../kit/wire-server.ts"

let fake: FakeUpstream
let wire: WireChat
beforeAll(() => {
  fake = startFakeAnthropic()
  wire = wireOf(
    defineVendor(vendors[0]!).create({ id: "anthropic", apiKey: "k", baseUrl: fake.url, headers: {}, options: {} }),
  )
})
afterAll(() => fake.stop())

describe("failures of Anthropic", () => {
  const rows: readonly [string, Record<string, unknown>][] = [
    ["rate limit", { code: "rate_limited", retry: "same", retryAfterMs: 7000, upstreamStatus: 429 }],
    ["spend limit", { code: "provider_quota", retry: "next" }],
    ["overloaded", { code: "provider_overloaded", retry: "same", upstreamStatus: 529 }],
    ["server error", { code: "provider_down", retry: "same" }],
    ["bad key", { code: "provider_auth", retry: "next" }],
    ["no money", { code: "provider_quota", retry: "next" }],
    ["missing model", { code: "upstream_model_not_found", retry: "next" }],
    [
      "overflow",
      { code: "context_length_exceeded", message: "Input is too long for the model: 213462 tokens, limit 200000" },
    ],
    ["too large", { code: "context_length_exceeded", upstreamStatus: 413 }],
    ["bad request", { code: "upstream_invalid_request", retry: "no", message: "max_tokens: Input should be positive" }],
  ]
  for (const [text, expected] of rows)
    test(text, () => expect(ask(wire, "claude-sonnet-4-5", chat({ text }))).rejects.toMatchObject(expected))

  test("a page of HTML is judged by its status", () => {
    const failure = { status: 502, headers: new Headers(), body: "<html>Bad gateway</html>" }
    expect(wire.dialect.decodeError(failure, "anthropic")).toMatchObject({
      code: "provider_down",
      provider: "anthropic",
    })
  })
})
