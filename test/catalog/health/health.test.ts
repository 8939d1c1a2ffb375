import { describe, expect, test } from "bun:test"
import { Health, type HealthSettings, type UpstreamSettings } from "../../../src/catalog/health/health.ts"
import type { Ending, Manner } from "../../../src/catalog/health/visit.ts"

const key = "vendor/model"
const never = () => () => {}
const make = (more: Partial<HealthSettings> = {}) => new Health({ failures: 1, cooldownMs: 1000, ...more }, never)

const good: Ending = { result: "good" }
const outage: Ending = { result: "bad", rests: "offer" }
const limited: Ending = { result: "none", rests: "limit" }
const refused: Ending = { result: "bad", rests: "credential", isLasting: true }

interface Request {
  readonly at: number
  readonly took?: number
  readonly first?: number
  readonly credential?: number
  readonly manner?: Manner
}

/** One request from its place to its end. */
function request(
  health: Health,
  ending: Ending,
  { at, took = 100, first, credential = 0, manner = "streamed" }: Request,
  of = key,
) {
  health.upstream(of.slice(0, of.indexOf("/"))).places.take(0, new AbortController().signal)
  const visit = health.visit(of, credential, at, manner)
  if (first !== undefined) {
    visit.answered(at + first)
    visit.spoke(at + first)
  }
  visit.ended(at + took, ending)
}

const settings = (more: Partial<UpstreamSettings> = {}): UpstreamSettings => ({
  limits: { places: Number.POSITIVE_INFINITY, queue: 0, queueMs: 0 },
  credentials: 1,
  mark: "one",
  ...more,
})

describe("uptime", () => {
  test("is the share of good answers in five minutes, half an hour and a day", () => {
    const health = make()
    const minute = 60_000
    for (let each = 0; each < 10; each++) request(health, each < 5 ? outage : good, { at: each })
    for (let each = 0; each < 10; each++) request(health, good, { at: 10 * minute + each })
    for (let each = 0; each < 10; each++) request(health, each < 1 ? outage : good, { at: 29 * minute + each })
    const { uptime5m, uptime30m, uptime1d } = health.view(key, 29 * minute + 200)
    expect(uptime5m).toBeCloseTo(0.9)
    expect(uptime30m).toBeCloseTo(24 / 30)
    expect(uptime1d).toBeCloseTo(24 / 30)
    const later = health.view(key, 59 * minute)
    expect([later.uptime5m, later.uptime30m]).toEqual([undefined, undefined])
    expect(later.uptime1d).toBeCloseTo(24 / 30)
    expect(health.view(key, 26 * 60 * minute).uptime1d).toBeUndefined()
  })

  test("what says nothing of the upstream counts as neither, and few requests say nothing", () => {
    const health = make()
    for (let each = 0; each < 20; each++) request(health, { result: "none" }, { at: each })
    expect(health.view(key, 300).uptime5m).toBeUndefined()
    for (let each = 0; each < 4; each++) request(health, good, { at: each })
    expect(health.view(key, 300).uptime5m).toBeUndefined()
    request(health, good, { at: 5 })
    expect(health.view(key, 300).uptime5m).toBe(1)
  })

  test("the last outage is remembered", () => {
    const health = make()
    expect(health.view(key, 0).lastOutageAt).toBeUndefined()
    request(health, outage, { at: 0, took: 70 })
    request(health, limited, { at: 100, took: 50 })
    request(health, refused, { at: 200, took: 50 })
    expect(health.view(key, 1000).lastOutageAt).toBe(70)
  })
})

describe("speed", () => {
  test("is that of streamed answers: to the first part, and from there on", () => {
    const health = make()
    for (let each = 0; each < 20; each++)
      request(health, { ...good, outputTokens: 100 }, { at: each, first: 200, took: 1200 })
    const { latency, throughput } = health.view(key, 2000)
    expect(latency!.p50).toBeGreaterThan(180)
    expect(latency!.p50).toBeLessThan(220)
    expect(throughput!.p50).toBeGreaterThan(90)
    expect(throughput!.p50).toBeLessThan(110)
  })

  test("whole answers tell it only where none is streamed", () => {
    const health = make()
    request(health, { ...good, outputTokens: 100 }, { at: 0, first: 2000, took: 2000, manner: "whole" })
    expect(health.view(key, 2000).latency!.p50).toBeGreaterThan(1700)
    expect(health.view(key, 2000).throughput!.p50).toBeGreaterThan(45)
    expect(health.view(key, 2000).throughput!.p50).toBeLessThan(60)
    request(health, good, { at: 2000, first: 100 })
    expect(health.view(key, 2200).latency!.p99).toBeLessThan(130)
  })

  test("what is asked beside answers tells nothing of it", () => {
    const health = make()
    request(health, { ...good, outputTokens: 100 }, { at: 0, first: 5, manner: "aside" })
    expect(health.view(key, 100)).toMatchObject({ latency: undefined, throughput: undefined })
  })

  test("a handful of tokens say nothing of tokens a second", () => {
    const health = make()
    request(health, { ...good, outputTokens: 3 }, { at: 0, first: 5 })
    expect(health.view(key, 100).throughput).toBeUndefined()
  })
})

test("the share of input tokens that came from the upstream's cache, and of tool calls that could not be run", () => {
  const health = make()
  request(health, { ...good, inputTokens: 1000, cachedTokens: 0 }, { at: 0 })
  request(health, { ...good, inputTokens: 3000, cachedTokens: 2000 }, { at: 0 })
  for (let each = 0; each < 8; each++) request(health, { ...good, toolsAreGood: each > 1 }, { at: 0 })
  expect(health.view(key, 100)).toMatchObject({ cacheHitRate: 0.5, toolErrorRate: 0.25 })
  expect(health.view(key, 31 * 60_000)).toMatchObject({ cacheHitRate: undefined, toolErrorRate: 0.25 })
})

describe("what is left alone", () => {
  test("an outage closes the offer, and no other one of its provider", () => {
    const health = make()
    request(health, outage, { at: 0 })
    expect(health.view(key, 200)).toMatchObject({ breaker: "open", openUntil: 1100 })
    expect(health.admits(key, 200)).toBe(false)
    expect(health.view("vendor/other", 200).breaker).toBe("closed")
  })

  test("an account without money closes all offers of its provider, used or not", () => {
    const health = make()
    request(health, refused, { at: 0 })
    expect(health.view(key, 200)).toMatchObject({ breaker: "open", openUntil: 300_100 })
    expect(health.view("vendor/other", 200).breaker).toBe("open")
    expect(health.admits("vendor/other", 200)).toBe(false)
    expect(health.view("another/model", 200).breaker).toBe("closed")
  })

  test("with several credentials only the one that was refused rests", () => {
    const health = make({ upstreams: new Map([["vendor", settings({ credentials: 2 })]]) })
    request(health, refused, { at: 0 })
    expect(health.view(key, 200).breaker).toBe("closed")
    expect(health.credential(key, [0, 1], 200)).toBe(1)
    request(health, limited, { at: 200, credential: 1 })
    expect(health.view(key, 400)).toMatchObject({ breaker: "open", openUntil: 1300 })
    // Limited here only; refused everywhere.
    expect(health.credential("vendor/other", [0, 1], 400)).toBe(1)
    expect(health.view("vendor/other", 400).breaker).toBe("closed")
    // Where all rest, the first one wanted.
    expect(health.credential(key, [1, 0], 400)).toBe(1)
    expect([...health.providers(400)][0]!.credentials.map(({ breaker }) => breaker)).toEqual(["open", "closed"])
  })

  test("half-open, one request at a time tries, and its answer closes it", () => {
    const health = make()
    request(health, outage, { at: 0 })
    expect(health.view(key, 1100)).toMatchObject({ breaker: "half-open", openUntil: undefined })
    const probe = health.visit(key, 0, 1100, "streamed")
    expect(health.admits(key, 1101)).toBe(false)
    probe.answered(1200)
    expect(health.view(key, 1200).breaker).toBe("closed")
    probe.ended(1300, good)
    expect(health.admits(key, 1300)).toBe(true)
  })

  test("a probe that tells nothing lets the next one try", () => {
    const health = make()
    request(health, outage, { at: 0 })
    const probe = health.visit(key, 0, 1100, "streamed")
    probe.ended(1150, { result: "none" })
    expect(health.view(key, 1150).breaker).toBe("half-open")
  })

  test("an answer that breaks off opens it again, for longer each time", () => {
    const health = make()
    request(health, outage, { at: 0, first: 50 })
    expect(health.view(key, 200).openUntil).toBe(1100)
    request(health, outage, { at: 1100, first: 50 })
    expect(health.view(key, 1200).openUntil).toBe(3200)
  })
})

describe("requests under way", () => {
  test("are counted until they end, once", () => {
    const health = make()
    const { places } = health.upstream("vendor")
    places.take(0, new AbortController().signal)
    const visit = health.visit(key, 0, 0, "whole")
    expect(health.view(key, 0).inFlight).toBe(1)
    visit.ended(10, good)
    visit.ended(20, outage)
    expect(health.view(key, 20)).toMatchObject({ inFlight: 0, breaker: "closed" })
    expect(places.taken).toBe(0)
  })

  test("the free places of a provider are those of all its offers", () => {
    const health = make({
      upstreams: new Map([["vendor", settings({ limits: { places: 2, queue: 5, queueMs: 10 } })]]),
    })
    const { places } = health.upstream("vendor")
    places.take(0, new AbortController().signal)
    expect(health.view(key, 0).freePlaces).toBe(1)
    expect(health.view("vendor/other", 0).freePlaces).toBe(1)
    expect(health.view("another/model", 0).freePlaces).toBeUndefined()
  })
})

describe("a new configuration", () => {
  test("keeps what is known, and forgets it of an upstream that is another one now", () => {
    const upstreams = new Map([["vendor", settings()]])
    const health = make({ upstreams })
    request(health, refused, { at: 0 })
    request(health, outage, { at: 0 })
    health.configure({ failures: 1, cooldownMs: 1000, upstreams })
    expect(health.view(key, 200).breaker).toBe("open")
    health.configure({ failures: 1, cooldownMs: 1000, upstreams: new Map([["vendor", settings({ mark: "two" })]]) })
    expect(health.view(key, 200).breaker).toBe("closed")
  })

  test("a request under way gives its place back to the limits of now", () => {
    const limits = { places: 1, queue: 5, queueMs: 10 }
    const health = make({ upstreams: new Map([["vendor", settings({ limits })]]) })
    health.upstream("vendor").places.take(0, new AbortController().signal)
    const visit = health.visit(key, 0, 0, "whole")
    health.configure({
      failures: 1,
      cooldownMs: 1000,
      upstreams: new Map([["vendor", settings({ limits, mark: "two" })]]),
    })
    expect(health.upstream("vendor").places.taken).toBe(1)
    visit.ended(5, good)
    expect(health.upstream("vendor").places.taken).toBe(0)
  })
})

test("names that clients make up are forgotten, those in use are not", () => {
  const health = make()
  for (let each = 0; each < 20_000; each++) {
    request(health, outage, { at: each }, `vendor/made-up-${each}`)
    if (each % 100 === 0) request(health, good, { at: each })
  }
  const list = [...health.list(20_000)]
  expect(list.length).toBe(3000)
  expect(list.find((one) => one.key === key)!.total).toBe(200)
})
