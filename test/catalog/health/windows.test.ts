import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { Ring } from "../../../src/catalog/health/ring.ts"
import { Samples } from "../../../src/catalog/health/samples.ts"

describe("sums over a sliding window", () => {
  test("what is older than the window is gone, what is younger is not", () => {
    const ring = new Ring(30, 10_000, 2)
    ring.add(0, 0)
    ring.add(5_000, 1, 7)
    ring.add(150_000, 0, 2)
    expect([ring.sum(299_999, 0), ring.sum(299_999, 1)]).toEqual([3, 7])
    expect([ring.sum(300_000, 0), ring.sum(300_000, 1)]).toEqual([2, 0])
    expect(ring.sum(10_000_000, 0)).toBe(0)
  })

  test("equals a list of all that happened, at any time and for any steps", () => {
    const events = fc.array(fc.record({ after: fc.nat(400), column: fc.nat(1), amount: fc.nat(9) }), { maxLength: 200 })
    fc.assert(
      fc.property(events, (given) => {
        const ring = new Ring(8, 50, 2)
        const all: { step: number; column: number; amount: number }[] = []
        let now = 0
        for (const { after, column, amount } of given) {
          now += after
          ring.add(now, column, amount)
          all.push({ step: Math.floor(now / 50), column, amount })
          for (const each of [0, 1]) {
            const within = all.filter((one) => one.column === each && one.step > Math.floor(now / 50) - 8)
            expect(ring.sum(now, each)).toBe(within.reduce((sum, one) => sum + one.amount, 0))
          }
        }
      }),
      { seed: 7, numRuns: 200 },
    )
  })

  test("a clock that goes back loses nothing", () => {
    const ring = new Ring(3, 10, 1)
    ring.add(100, 0)
    ring.add(50, 0)
    expect(ring.sum(100, 0)).toBe(2)
  })
})

describe("percentiles of the last five minutes", () => {
  test("are within an eighth of the true ones", () => {
    const samples = new Samples(5, 300_000)
    // 1 to 1000 ms, each once, in no order.
    for (let each = 0; each < 1000; each++) samples.add(0, ((each * 389) % 1000) + 1)
    const found = samples.percentiles(0)!
    for (const [name, wanted] of [
      ["p50", 500],
      ["p75", 750],
      ["p90", 900],
      ["p99", 990],
    ] as const) {
      expect(found[name]).toBeGreaterThan(wanted * 0.88)
      expect(found[name]).toBeLessThan(wanted * 1.12)
    }
  })

  test("of a speed are what so many answers reached at least", () => {
    const samples = new Samples(1, 2000)
    for (let each = 0; each < 1000; each++) samples.add(0, ((each * 389) % 1000) + 1)
    const found = samples.percentiles(0, "fewer")!
    for (const [name, wanted] of [
      ["p50", 500],
      ["p75", 250],
      ["p90", 100],
      ["p99", 10],
    ] as const) {
      expect(found[name]).toBeGreaterThan(wanted * 0.88)
      expect(found[name]).toBeLessThan(wanted * 1.12)
    }
  })

  test("ascend, whatever the samples", () => {
    const value = fc.double({ min: 0, max: 1e9, noNaN: true })
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 50 }), (values) => {
        const samples = new Samples(5, 300_000)
        for (const each of values) samples.add(0, each)
        const { p50, p75, p90, p99 } = samples.percentiles(0)!
        expect([p50, p75, p90, p99]).toEqual([p50, p75, p90, p99].toSorted((one, other) => one - other))
        expect(p99).toBeLessThanOrEqual(300_001)
      }),
      { seed: 7, numRuns: 200 },
    )
  })

  test("forget what is older", () => {
    const samples = new Samples(5, 300_000)
    expect(samples.percentiles(0)).toBeUndefined()
    for (let each = 0; each < 10; each++) samples.add(0, 10_000)
    samples.add(200_000, 100)
    expect(samples.percentiles(200_000)!.p50).toBeGreaterThan(8000)
    expect(samples.percentiles(300_000)!.p99).toBeLessThan(130)
    expect(samples.percentiles(600_000)).toBeUndefined()
  })

  test("a cell that is full stays full, and takes away no more than it got", () => {
    const samples = new Samples(5, 300_000)
    for (let each = 0; each < 70_000; each++) samples.add(0, 100)
    samples.add(60_000, 5000)
    expect(samples.percentiles(60_000)!.p50).toBeLessThan(130)
    expect(samples.percentiles(320_000)!.p50).toBeGreaterThan(4000)
    expect(samples.percentiles(700_000)).toBeUndefined()
  })
})
