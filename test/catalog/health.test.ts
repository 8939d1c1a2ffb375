import { expect, test } from "bun:test"
import { Health } from "../../src/catalog/health/health.ts"

const cooldownMs = 1000
const key = "vendor/model"
const coolUntil = (health: Health) => health.list(0)[0]!.coolUntil

test("requests that fail together are one outage: they do not lengthen each other's cool-down", () => {
  const health = new Health({ failures: 1, cooldownMs })
  for (let request = 0; request < 50; request++) health.failed(key, request)
  expect(coolUntil(health)).toBe(cooldownMs)
  expect(health.cooling(key, cooldownMs)).toBe(false)
})

test("a failure after the cool-down doubles it, up to ten times", () => {
  const health = new Health({ failures: 1, cooldownMs })
  let now = 0
  const lengths = Array.from({ length: 6 }, () => {
    health.failed(key, now)
    const length = coolUntil(health) - now
    now = coolUntil(health)
    return length
  })
  expect(lengths).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000])
})

test("what the upstream asks for holds at once, also while it cools down, within ten times", () => {
  const health = new Health({ failures: 1, cooldownMs })
  health.failed(key, 0)
  health.failed(key, 10, 5000)
  expect(coolUntil(health)).toBe(5010)
  health.failed(key, 20, 60_000)
  expect(coolUntil(health)).toBe(10_020)
  // A shorter wish does not shorten it.
  health.failed(key, 30, 1)
  expect(coolUntil(health)).toBe(10_020)
})

test("a success ends it, and the next cool-down is short again", () => {
  const health = new Health({ failures: 1, cooldownMs })
  health.failed(key, 0)
  health.failed(key, 1000)
  health.succeeded(key, 5)
  expect(health.cooling(key, 1001)).toBe(false)
  health.failed(key, 5000)
  expect(coolUntil(health)).toBe(6000)
})

test("fewer failures in a row than configured cool nothing", () => {
  const health = new Health({ failures: 3, cooldownMs })
  health.failed(key, 0)
  health.failed(key, 1)
  expect(health.cooling(key, 2)).toBe(false)
  health.failed(key, 2)
  expect(health.cooling(key, 3)).toBe(true)
})
