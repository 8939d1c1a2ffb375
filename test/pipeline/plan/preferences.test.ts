import { describe, expect, test } from "bun:test"
import { GatewayError, type Json } from "../../../src/contract/index.ts"
import { readPreferences } from "../../../src/pipeline/plan/preferences/preferences.ts"

const read = (value: Json) => {
  const { sent: _, ...found } = readPreferences(value)!
  return found
}

describe("what is read of a provider object", () => {
  test("every member", () => {
    expect(
      read({
        order: ["OpenAI", "azure/eastus"],
        only: ["openai"],
        ignore: ["DeepInfra/FP8"],
        allow_fallbacks: false,
        require_parameters: true,
        data_collection: "deny",
        zdr: true,
        enforce_distillable_text: true,
        quantizations: ["FP8"],
        sort: { by: "price", partition: "none" },
        max_price: { prompt: "0.5", completion: 1.5, request: "1e-3" },
        preferred_min_throughput: { p50: 30, p90: 10 },
        preferred_max_latency: 1.5,
        region: "EU",
        route: "fallback",
      }),
    ).toEqual({
      order: ["openai", "azure/eastus"],
      only: ["openai"],
      ignore: ["deepinfra/fp8"],
      allowFallbacks: false,
      requireParameters: true,
      dataCollection: "deny",
      zdr: true,
      distillable: true,
      quantizations: ["fp8"],
      sort: { by: "price", partition: "none" },
      maxPrice: { prompt: 0.5, completion: 1.5, request: 0.001 },
      minThroughput: { p50: 30, p90: 10 },
      maxLatencyMs: { p50: 1500 },
      regions: ["eu"],
    })
  })

  test("null is what nobody said, except that a sort can be taken back", () => {
    expect(read({ order: null, only: null, zdr: null, max_price: null, allow_fallbacks: null, route: null })).toEqual(
      {},
    )
    expect(read({ sort: null })).toEqual({ sort: null })
    expect(read({ sort: { by: null, partition: null } })).toEqual({ sort: { partition: "model" } })
    expect(read({ max_price: { prompt: null, completion: 1 } })).toEqual({ maxPrice: { completion: 1 } })
    expect(readPreferences(null)).toBeUndefined()
    expect(readPreferences(undefined)).toBeUndefined()
  })

  test("members that nobody knows are kept and change nothing", () => {
    const sent = { experimental: { a: 1 }, constructor: "x", toString: 1, only: ["a"] }
    expect(readPreferences(sent)).toEqual({ sent, only: ["a"] })
  })
})

describe("what has the wrong type is named by its path", () => {
  for (const [value, path] of [
    ["fast", "provider"],
    [[], "provider"],
    [{ order: "openai" }, "provider.order"],
    [{ order: ["a", 1] }, "provider.order[1]"],
    [{ only: [""] }, "provider.only[0]"],
    [{ ignore: {} }, "provider.ignore"],
    [{ allow_fallbacks: "no" }, "provider.allow_fallbacks"],
    [{ require_parameters: 1 }, "provider.require_parameters"],
    [{ data_collection: "maybe" }, "provider.data_collection"],
    [{ zdr: "true" }, "provider.zdr"],
    [{ enforce_distillable_text: 0 }, "provider.enforce_distillable_text"],
    [{ quantizations: "fp8" }, "provider.quantizations"],
    [{ sort: "cheap" }, "provider.sort"],
    [{ sort: { by: "cheap" } }, "provider.sort.by"],
    [{ sort: { partition: "all" } }, "provider.sort.partition"],
    [{ max_price: 1 }, "provider.max_price"],
    [{ max_price: { prompt: "cheap" } }, "provider.max_price.prompt"],
    [{ max_price: { completion: -1 } }, "provider.max_price.completion"],
    [{ preferred_min_throughput: "fast" }, "provider.preferred_min_throughput"],
    [{ preferred_max_latency: { p90: true } }, "provider.preferred_max_latency.p90"],
    [{ region: 1 }, "provider.region"],
    [{ route: 1 }, "provider.route"],
  ] as const) {
    test(JSON.stringify(value), () => {
      let thrown: unknown
      try {
        readPreferences(value as unknown as Json)
      } catch (error) {
        thrown = error
      }
      expect(GatewayError.is(thrown)).toBe(true)
      expect(thrown).toMatchObject({ code: "invalid_request", param: path })
    })
  }
})
