import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { defineVendor } from "../../../plugins/anthropic/provider.ts"
import { vendors } from "../../../plugins/anthropic/vendors.ts"
import type { AbilityCall, OutgoingCall, ProviderSettings } from "../../../src/contract/index.ts"
import { decode, minimal } from "../../kit/messages.ts"
import { wireOf } from "../../kit/wire-client.ts"
import type { FakeUpstream } from "../../kit/wire-server.ts"
import { startWireServer } from "../../kit/wire-server.ts"

const provider = (id: string, fields: Partial<ProviderSettings> = {}) =>
  defineVendor(vendors.find((vendor) => vendor.id === id)!).create({
    id,
    apiKey: "k",
    headers: {},
    options: {},
    ...fields,
  })
const headers = (
  id: string,
  forwarded: Record<string, string>,
  fields: Partial<ProviderSettings> = {},
  model = "claude-opus-5-5",
) => wireOf(provider(id, fields)).endpoint({ model, stream: true, forwarded }).headers

describe("headers of a client of this format", () => {
  test("its version replaces the usual one, its betas join the configured ones", () => {
    const sent = headers(
      "anthropic",
      { "anthropic-version": "2026-10-21", "anthropic-beta": "b, c" },
      { options: { betas: ["a", "b"] } },
    )
    expect(sent).toMatchObject({ "anthropic-version": "2026-10-21", "anthropic-beta": "a,b,c", "x-api-key": "k" })
  })
  test("without any, nothing changes", () => {
    expect(headers("anthropic", {})).toEqual(
      wireOf(provider("anthropic")).endpoint({ model: "m", stream: true }).headers,
    )
  })
  test("what is no version is not sent, and nothing else is", () => {
    const sent = headers("anthropic", { "anthropic-version": "x\r\ny", "x-api-key": "theirs", cookie: "c" })
    expect(sent).toMatchObject({ "anthropic-version": "2023-06-01", "x-api-key": "k" })
    expect(sent).not.toHaveProperty("cookie")
  })
  test("servers that imitate the API get none, unless Claude is behind them", () => {
    const beta = { "anthropic-beta": "b" }
    expect(headers("minimax", beta, {}, "MiniMax-M2")).not.toHaveProperty("anthropic-beta")
    const own = { baseUrl: "http://127.0.0.1:1" }
    expect(headers("anthropic-compatible", beta, own)).toHaveProperty("anthropic-beta", "b")
  })
})

describe("counting tokens", () => {
  let fake: FakeUpstream
  let answer = '{"input_tokens":42}'
  beforeAll(() => {
    fake = startWireServer(() => ({ status: 200, body: answer }))
  })
  afterAll(() => fake.stop())
  const call: AbilityCall = {
    model: "claude-opus-5-5",
    signal: new AbortController().signal,
    send: ({ url, headers, body }: OutgoingCall) =>
      fetch(url, { method: "POST", headers: { ...headers }, body: String(body) }),
    wait: async () => {},
    lose: () => {},
    newId: (prefix) => prefix,
  }
  const count = () =>
    provider("anthropic", { baseUrl: fake.url }).abilities!.countTokens!.run(
      decode({
        ...minimal,
        system: "s",
        tools: [{ name: "t", input_schema: { type: "object" } }],
        thinking: { type: "adaptive" },
        metadata: { user_id: "u" },
        stop_sequences: ["x"],
        stream: true,
      }),
      call,
    )

  test("asks the vendor with what counts, and no more", async () => {
    expect(await count()).toBe(42)
    const seen = fake.requests.at(-1)!
    expect(seen.path).toBe("/v1/messages/count_tokens")
    expect(Object.keys(seen.body).sort()).toEqual(["messages", "model", "output_config", "system", "thinking", "tools"])
    expect(seen.body.model).toBe("claude-opus-5-5")
  })
  test("an answer without a count is an error", async () => {
    for (const bad of ["{}", "null", "<html>", '{"input_tokens":"42"}']) {
      answer = bad
      await expect(count()).rejects.toMatchObject({ code: "bad_provider_response" })
    }
  })
  test("others cannot", () => {
    expect(provider("minimax").abilities).toBeUndefined()
  })
})
