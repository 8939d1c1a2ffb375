import { describe, expect, test } from "bun:test"
import { defineVendor } from "../../../plugins/anthropic/provider.ts"
import { vendors } from "../../../plugins/anthropic/vendors.ts"
import type { ProviderSettings } from "../../../src/contract/index.ts"
import { wireOf } from "../../kit/wire-client.ts"

const create = (id: string, fields: Partial<ProviderSettings> = {}) =>
  wireOf(defineVendor(vendors.find((vendor) => vendor.id === id)!).create({ id, headers: {}, options: {}, ...fields }))
const endpoint = (id: string, fields: Partial<ProviderSettings>) =>
  create(id, fields).endpoint({ model: "m", stream: true })

describe("where Anthropic's API is", () => {
  test("with the usual base", () => {
    expect(endpoint("anthropic", { apiKey: "k" })).toEqual({
      url: "https://api.anthropic.com/v1/messages",
      headers: {
        accept: "text/event-stream",
        "content-type": "application/json",
        "anthropic-version": "2023-06-01",
        "x-api-key": "k",
      },
    })
    expect(endpoint("minimax", { apiKey: "k" }).url).toBe("https://api.minimax.io/anthropic/v1/messages")
  })

  for (const base of ["https://h/a", "https://h/a/", "https://h/a/v1", "https://h/a/v1/", "https://h/a/v1/messages"])
    test(`with ${base}`, () => {
      expect(endpoint("anthropic-compatible", { baseUrl: base }).url).toBe("https://h/a/v1/messages")
    })

  test("with options and headers of one's own", () => {
    const { headers } = endpoint("anthropic", {
      apiKey: "k",
      headers: { "X-Team": "a" },
      options: { version: "2026-10-21", betas: ["a", "b"], auth: "bearer" },
    })
    expect(headers).toMatchObject({
      "anthropic-version": "2026-10-21",
      "anthropic-beta": "a,b",
      authorization: "Bearer k",
      "x-team": "a",
    })
    expect(headers).not.toHaveProperty("x-api-key")
  })

  test("what is missing or unknown is said", () => {
    expect(() => create("anthropic")).toThrow("api_key is missing; set it or ANTHROPIC_API_KEY")
    expect(() => create("anthropic-compatible")).toThrow("base_url is missing")
    expect(() => create("anthropic", { apiKey: "k", options: { beta: "x" } })).toThrow("options.beta is not known")
  })
})

describe("what is known of a model", () => {
  const wire = create("anthropic", { apiKey: "k" })
  const rows: readonly [string, Record<string, unknown>][] = [
    [
      "claude-opus-5-5",
      { thinking: "adaptive", noSampling: true, noForcedTool: true, thinkingMandatory: true, midSystem: true },
    ],
    ["claude-haiku-5-5", { thinking: "adaptive", noSampling: true, midSystem: true }],
    ["claude-fable-5-1", { noForcedTool: true, thinkingMandatory: true }],
    ["claude-fable-5", { thinkingMandatory: true }],
    ["claude-opus-5-20260724", { thinking: "adaptive", noSampling: true, midSystem: true }],
    ["claude-sonnet-5", { thinking: "adaptive", noSampling: true }],
    ["claude-opus-4-8", { noSampling: true, midSystem: true }],
    ["claude-opus-4.7", { noSampling: true }],
    ["claude-sonnet-4-6", { thinking: "adaptive", nativeSchema: true }],
    ["claude-haiku-4-5-20251001", { thinking: "budget", nativeSchema: true, maxOutput: 64_000 }],
    ["claude-opus-4-1-20250805", { thinking: "budget", nativeSchema: true, maxOutput: 32_000 }],
    ["claude-sonnet-4-20250514", { thinking: "budget", nativeSchema: false, maxOutput: 64_000 }],
    ["claude-opus-4-0", { thinking: "budget", nativeSchema: false, maxOutput: 32_000 }],
    ["claude-3-7-sonnet-20250219", { thinking: "budget", nativeSchema: false }],
    ["claude-3-haiku-20240307", { thinking: "none", maxOutput: 4096 }],
    ["claude-unheard-of", { noSampling: true, noForcedTool: true, maxOutput: 128_000 }],
  ]
  const flags = ["noSampling", "noForcedTool", "thinkingMandatory", "midSystem"] as const
  for (const [model, expected] of rows)
    test(model, () => {
      const profile = wire.profile(model)
      expect(profile).toMatchObject(expected)
      if (expected.thinking === undefined) return
      for (const flag of flags) expect(profile[flag] ?? false).toBe((expected[flag] ?? false) as boolean)
    })

  test("the newer API version takes no sampling fields from any model", () => {
    const newer = create("anthropic", { apiKey: "k", options: { version: "2026-10-21" } })
    expect(newer.profile("claude-sonnet-4-5").noSampling).toBe(true)
  })
})
