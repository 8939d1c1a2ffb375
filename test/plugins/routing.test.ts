import { describe, expect, test } from "bun:test"
import type { Candidate, Strategy } from "../../src/contract/index.ts"
import { callInfo } from "../../src/contract-suite/case.ts"
import { strategiesOf } from "../kit/planning.ts"

const strategies = await strategiesOf()
const strategy = (name: string): Strategy => strategies.get(name)!

const candidate = (provider: string, more: Partial<Candidate> = {}): Candidate => ({
  offer: { provider, model: "test/model", upstream: "model" },
  cooling: false,
  stable: true,
  latencyMs: undefined,
  throughput: undefined,
  uptime: undefined,
  cost: undefined,
  inFlight: 0,
  weight: 1,
  ...more,
})

/** Mulberry32: the same draws in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const names = (ordered: readonly Candidate[]) => ordered.map(({ offer }) => offer.provider)
const order = (name: string, candidates: readonly Candidate[], conversation?: string, random = seeded(1)) =>
  names(strategy(name).order(candidates, { ...callInfo(), conversation, random }))

const draws = 10_000

/** How often each came first; each share must be within three standard deviations of what it should be. */
function expectShares(candidates: readonly Candidate[], shares: Readonly<Record<string, number>>): void {
  const random = seeded(42)
  const counts: Record<string, number> = {}
  for (let draw = 0; draw < draws; draw++) {
    const [first] = order("weighted", candidates, undefined, random)
    counts[first!] = (counts[first!] ?? 0) + 1
  }
  const sum = Object.values(shares).reduce((all, share) => all + share, 0)
  for (const [name, share] of Object.entries(shares)) {
    const expected = share / sum
    const sigma = Math.sqrt(draws * expected * (1 - expected))
    expect(Math.abs((counts[name] ?? 0) - draws * expected)).toBeLessThanOrEqual(3 * sigma)
  }
  expect(Object.keys(counts).filter((name) => !(name in shares))).toEqual([])
}

describe("weighted", () => {
  test("1 USD against 3 USD is nine to one", () => {
    expectShares([candidate("three", { cost: 3 }), candidate("one", { cost: 1 })], { one: 9, three: 1 })
  })

  test("equal prices share evenly", () => {
    const three = ["a", "b", "c"].map((id) => candidate(id, { cost: 0.002 }))
    expectShares(three, { a: 1, b: 1, c: 1 })
  })

  test("a policy's share counts as well", () => {
    const weights = [candidate("a", { cost: 1, weight: 3 }), candidate("b", { cost: 1 })]
    expectShares(weights, { a: 3, b: 1 })
  })

  test("free ones go before all others, evenly", () => {
    const mixed = [candidate("paid", { cost: 0.1 }), candidate("x", { cost: 0 }), candidate("y", { cost: 0 })]
    expectShares(mixed, { x: 1, y: 1 })
    expect(order("weighted", mixed).at(-1)).toBe("paid")
  })

  test("one after an outage is only to fall back to, however cheap", () => {
    const unstable = [
      candidate("cheap", { cost: 0.1, stable: false }),
      candidate("one", { cost: 1 }),
      candidate("three", { cost: 3 }),
    ]
    expectShares(unstable, { one: 9, three: 1 })
    expect(order("weighted", unstable).at(-1)).toBe("cheap")
  })

  test("the rest by cost, unknown prices behind, then what is not well by cost", () => {
    const all = [
      candidate("unknown"),
      candidate("dear", { cost: 9 }),
      candidate("sick-dear", { cost: 2, cooling: true }),
      candidate("sick", { cost: 1, stable: false }),
      candidate("cheap", { cost: 1 }),
    ]
    expect(order("weighted", all, undefined, () => 0)).toEqual(["cheap", "dear", "unknown", "sick", "sick-dear"])
    expect(order("weighted", all, undefined, () => 0.999999)).toEqual(["dear", "cheap", "unknown", "sick", "sick-dear"])
  })

  test("without any price the configured order holds", () => {
    expect(
      order(
        "weighted",
        ["c", "a", "b"].map((id) => candidate(id)),
      ),
    ).toEqual(["c", "a", "b"])
  })
})

describe("sorting", () => {
  const all = [
    candidate("a", { cost: 3, latencyMs: 10, throughput: 5 }),
    candidate("b", { cost: 1, latencyMs: 30, throughput: 50 }),
    candidate("c"),
    candidate("d", { cost: 2, latencyMs: 1, throughput: 90, stable: false }),
  ]
  test("smallest or fastest first, unknown ones behind, those that are not well at the end", () => {
    expect(order("price", all)).toEqual(["b", "a", "c", "d"])
    expect(order("latency", all)).toEqual(["a", "b", "c", "d"])
    expect(order("throughput", all)).toEqual(["b", "a", "c", "d"])
    expect(order("configured", all)).toEqual(["a", "b", "c", "d"])
  })
})

describe("sticky", () => {
  const five = ["a", "b", "c", "d", "e"].map((id) => candidate(id))
  const conversations = Array.from({ length: 5000 }, (_, index) => `conversation-${index}`)

  test("the same conversation has the same order, whatever the list's", () => {
    for (const conversation of conversations.slice(0, 50))
      expect(order("sticky", five.toReversed(), conversation)).toEqual(order("sticky", five, conversation))
  })

  test("conversations spread evenly, or by weight", () => {
    const count = (list: readonly Candidate[]) => {
      const found: Record<string, number> = {}
      for (const conversation of conversations) {
        const [first] = order("sticky", list, conversation)
        found[first!] = (found[first!] ?? 0) + 1
      }
      return found
    }
    const sigma = Math.sqrt(5000 * 0.2 * 0.8)
    for (const times of Object.values(count(five))) expect(Math.abs(times - 1000)).toBeLessThan(4 * sigma)
    const weighty = count([candidate("a", { weight: 3 }), candidate("b")])
    expect(Math.abs(weighty.a! - 3750)).toBeLessThan(4 * Math.sqrt(5000 * 0.75 * 0.25))
  })

  test("one that goes moves its own conversations only", () => {
    for (const conversation of conversations.slice(0, 500)) {
      const before = order("sticky", five, conversation)
      expect(order("sticky", five.slice(1), conversation)).toEqual(before.filter((id) => id !== "a"))
    }
  })

  test("one that is not well comes last; requests by themselves are balanced", () => {
    const sick = [candidate("a", { stable: false }), candidate("b", { cost: 1 }), candidate("c", { cost: 3 })]
    for (const conversation of conversations.slice(0, 20)) expect(order("sticky", sick, conversation).at(-1)).toBe("a")
    expect(order("sticky", sick, undefined, () => 0)[0]).toBe("b")
  })
})
