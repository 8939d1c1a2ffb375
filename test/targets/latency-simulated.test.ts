import { expect, test } from "bun:test"
import { Health } from "../../src/catalog/health/health.ts"
import type { Policy } from "../../src/config/config.ts"
import { endingOf } from "../../src/pipeline/attempt/verdict.ts"
import { inquiryOf } from "../../src/pipeline/plan/request-inquiry.ts"
import { resolveTargets } from "../../src/pipeline/plan/targets/resolve-targets.ts"
import type { Services } from "../../src/pipeline/services.ts"
import { exchangeOf, offerOf } from "../kit/planning.ts"

/** A generator of random numbers with a fixed start (mulberry32). */
const randomFrom = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
}

const offers = [offerOf("a", { model: "a/m" }), offerOf("b", { model: "b/m" })]
const quick: Policy = {
  kind: "latency",
  steps: ["a/m", "b/m"].map((model) => ({ model, retries: 0, weight: 1 })),
  stickyBy: "trace",
  others: true,
  explore: 0.05,
}

test("a latency policy finds the faster upstream, and follows when they change places", () => {
  const health = new Health({ failures: 1, cooldownMs: 15_000 }, () => () => {})
  const random = randomFrom(5)
  let now = Date.UTC(2026, 0, 1)
  const run = (count: number, times: Readonly<Record<string, number>>) => {
    const chosen: string[] = []
    for (let index = 0; index < count; index++) {
      const exchange = exchangeOf(
        { model: "policy/quick" },
        { offers, config: { policies: { "policy/quick": quick } } },
      )
      Object.assign(exchange.services as { -readonly [K in keyof Services]: Services[K] }, {
        health,
        random,
        now: () => now,
      })
      const [first] = resolveTargets(inquiryOf(exchange), ["policy/quick"]).targets
      const { key, provider } = first!.offers[0]!
      const visit = health.visit(key, 0, now, "streamed")
      now += times[provider]!
      visit.answered(now)
      visit.spoke(now)
      now += 10
      visit.ended(now, endingOf(undefined, { usage: undefined, finishReason: "stop" }))
      chosen.push(provider)
    }
    return (provider: string) => chosen.filter((each) => each === provider).length / count
  }
  expect(run(50, { a: 50, b: 500 })("a")).toBeGreaterThanOrEqual(0.8)
  // Until it is tried again, nobody knows that the other one is well.
  run(50, { a: 500, b: 50 })
  expect(run(50, { a: 500, b: 50 })("b")).toBeGreaterThanOrEqual(0.8)
})
