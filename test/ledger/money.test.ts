import { expect, test } from "bun:test"
import fc from "fast-check"
import { emptyUsage, inputTokens, outputTokens, type Price, type Usage } from "../../src/contract/usage.ts"
import { divideHalfUp, scaled, scaledOne } from "../../src/ledger/decimal.ts"
import {
  affordableOutputTokens,
  costBreakdown,
  costNano,
  nanoOfUsd,
  usd,
  worstCaseNano,
} from "../../src/ledger/money.ts"

const usage = (input: Partial<Usage["input"]>, output: Partial<Usage["output"]> = {}): Usage => ({
  input: { ...emptyUsage.input, ...input },
  output: { ...emptyUsage.output, ...output },
})

test.each([
  // Binary fractions would give 0.30000000000000004 for the first.
  [0.1 * 3, "300000000000000040000000"],
  [0.3, "300000000000000000000000"],
  [1, "1000000000000000000000000"],
  [1e-7, "100000000000000000"],
  [2.5e-6, "2500000000000000000"],
  [1e21, "1000000000000000000000000000000000000000000000"],
  [-1.5, "-1500000000000000000000000"],
  [0, "0"],
])("%p is read as the decimal that it prints as", (value, text) => {
  expect(scaled(value).toString()).toBe(text)
})

test("what is not a finite number is refused", () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) expect(() => scaled(value)).toThrow(RangeError)
})

test.each([
  [5n, 10n, 1n],
  [4n, 10n, 0n],
  [15n, 10n, 2n],
  [25n, 10n, 3n],
  [-5n, 10n, -1n],
  [7n, 3n, 2n],
])("%p / %p rounds to %p", (dividend, divisor, result) => {
  expect(divideHalfUp(dividend, divisor)).toBe(result)
})

test("golden vectors, by hand from the vendors' price pages", () => {
  // gpt-4o-mini: 0.15 in, 0.075 cached, 0.60 out; 1,200 in of which 1,024 cached, 300 out.
  const mini: Price = { input: 0.15, output: 0.6, cacheRead: 0.075 }
  expect(costNano(usage({ fresh: 176, cacheRead: 1024 }, { text: 300 }), mini)).toBe(26_400 + 76_800 + 180_000)
  // claude-sonnet-4.5: 3 in, 15 out, 0.30 read, 3.75 write for 5 minutes, 6 for an hour; above 200k input 6 / 22.50 / 0.60 / 7.50 / 12.
  const sonnet: Price = {
    input: 3,
    output: 15,
    cacheRead: 0.3,
    cacheWrite: 3.75,
    cacheWrite1h: 6,
    tiers: [{ above: 200_000, input: 6, output: 22.5, cacheRead: 0.6, cacheWrite: 7.5, cacheWrite1h: 12 }],
  }
  const small = usage({ fresh: 100, cacheRead: 900, cacheWrite: 50, cacheWrite1h: 10 }, { text: 20, reasoning: 30 })
  expect(costNano(small, sonnet)).toBe(300_000 + 270_000 + 187_500 + 60_000 + 750_000)
  expect(costNano(usage({ fresh: 200_000 }, { text: 1 }), sonnet)).toBe(600_000_000 + 15_000)
  expect(costNano(usage({ fresh: 1, cacheRead: 200_000 }, { text: 1 }), sonnet)).toBe(6_000 + 120_000_000 + 22_500)
  // The price of a request comes on top, once.
  expect(costNano(usage({ fresh: 1 }), { input: 1, output: 1, request: 0.012 })).toBe(12_001_000)
})

test("a bucket without a price of its own is billed at its side's base price", () => {
  const all = usage(
    { fresh: 1, cacheRead: 1, cacheWrite: 1, cacheWrite1h: 1, audio: 1, image: 1 },
    { text: 1, reasoning: 1, audio: 1, image: 1 },
  )
  expect(costNano(all, { input: 1, output: 10 })).toBe(6_000 + 40_000)
})

test("rounding happens once, at the end, halves up", () => {
  // 0.0005 USD per million tokens is half a nano-dollar per token.
  const price: Price = { input: 0.0005, output: 0.0005 }
  expect(costNano(usage({ fresh: 1 }), price)).toBe(1)
  expect(costNano(usage({ fresh: 1 }, { text: 1 }), price)).toBe(1)
  expect(costNano(usage({ fresh: 2 }, { text: 1 }), price)).toBe(2)
  expect(costNano(usage({ fresh: 1 }), { input: 0.0004, output: 0 })).toBe(0)
})

const tokens = fc.integer({ min: 0, max: 2_000_000 })
const price = fc.integer({ min: 0, max: 10_000_000 }).map((micro) => micro / 10_000)
const anyUsage = fc.record({
  input: fc.record({
    fresh: tokens,
    cacheRead: tokens,
    cacheWrite: tokens,
    cacheWrite1h: tokens,
    audio: tokens,
    image: tokens,
  }),
  output: fc.record({ text: tokens, reasoning: tokens, audio: tokens, image: tokens }),
})
const anyPrice: fc.Arbitrary<Price> = fc
  .record(
    {
      input: price,
      output: price,
      cacheRead: price,
      cacheWrite: price,
      cacheWrite1h: price,
      audioInput: price,
      audioOutput: price,
      imageInput: price,
      imageOutput: price,
      reasoning: price,
      request: price,
    },
    { requiredKeys: ["input", "output"] },
  )
  .map((made) => made as Price)

test("the buckets add up to the total exactly, and the cost is the total rounded once", () => {
  fc.assert(
    fc.property(anyUsage, anyPrice, (used, rate) => {
      const { buckets, total } = costBreakdown(used, rate)
      expect(Object.values(buckets).reduce((sum, cost) => sum + cost, 0n)).toBe(total)
      // Prices have four decimals here, so ten thousand times the cost is a whole number: worked out without decimals.ts.
      const units = (value: number | undefined, side: number): bigint => BigInt(Math.round((value ?? side) * 10_000))
      const { input, output } = used
      const exact =
        BigInt(input.fresh) * units(rate.input, 0) +
        BigInt(input.cacheRead) * units(rate.cacheRead, rate.input) +
        BigInt(input.cacheWrite) * units(rate.cacheWrite, rate.input) +
        BigInt(input.cacheWrite1h) * units(rate.cacheWrite1h, rate.input) +
        BigInt(input.audio) * units(rate.audioInput, rate.input) +
        BigInt(input.image) * units(rate.imageInput, rate.input) +
        BigInt(output.text) * units(rate.output, 0) +
        BigInt(output.reasoning) * units(rate.reasoning, rate.output) +
        BigInt(output.audio) * units(rate.audioOutput, rate.output) +
        BigInt(output.image) * units(rate.imageOutput, rate.output) +
        units(rate.request, 0) * 1_000_000n
      expect(BigInt(costNano(used, rate))).toBe((exact + 5n) / 10n)
    }),
  )
})

test("a thousand small answers cost what one answer a thousand times as long does", () => {
  const rate: Price = { input: 0.1, output: 0.7 }
  let sum = 0
  for (let index = 0; index < 1_000; index += 1) sum += costNano(usage({ fresh: 10 }, { text: 10 }), rate)
  expect(sum).toBe(costNano(usage({ fresh: 10_000 }, { text: 10_000 }), rate))
})

test("dollars there and back", () => {
  expect(nanoOfUsd(0.000123456)).toBe(123_456)
  expect(nanoOfUsd(1.1)).toBe(1_100_000_000)
  expect(nanoOfUsd(0.0000000005)).toBe(1)
  expect(usd(123_456)).toBe(0.000123456)
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000_000_000_000 }), (nano) => {
      expect(nanoOfUsd(usd(nano))).toBe(nano)
    }),
  )
})

test("no answer within the limits costs more than its worst case, and what is affordable is paid for", () => {
  fc.assert(
    fc.property(anyUsage, anyPrice, fc.integer({ min: 0, max: 10_000_000_000 }), (used, rate, budget) => {
      const { audioInput: _, audioOutput: __, imageInput: ___, imageOutput: ____, ...plain } = rate
      const text = usage(
        { fresh: used.input.fresh, cacheWrite: used.input.cacheWrite, cacheWrite1h: used.input.cacheWrite1h },
        { text: used.output.text, reasoning: used.output.reasoning },
      )
      const worst = { inputTokens: inputTokens(text), cacheWrites: true }
      expect(costNano(text, plain)).toBeLessThanOrEqual(worstCaseNano(plain, worst, outputTokens(text)))
      const most = affordableOutputTokens(plain, worst, budget)
      if (most === Number.POSITIVE_INFINITY) return
      if (most < 0) expect(worstCaseNano(plain, worst, 0)).toBeGreaterThan(budget)
      else {
        expect(worstCaseNano(plain, worst, most)).toBeLessThanOrEqual(budget)
        expect(worstCaseNano(plain, worst, most + 1)).toBeGreaterThan(budget)
      }
    }),
  )
})

test("the scale is what its name says", () => {
  expect(scaled(1)).toBe(scaledOne)
})

test("the worst case counts pictures and sound at their prices, where there may be some", () => {
  const price = { input: 1, output: 2, audioInput: 40, imageInput: 3, audioOutput: 80, imageOutput: 30 }
  const worst = { inputTokens: 1000, cacheWrites: false }
  expect(worstCaseNano(price, worst, 1000)).toBe(3_000_000)
  expect(worstCaseNano(price, { ...worst, mediaInput: true }, 1000)).toBe(42_000_000)
  expect(worstCaseNano(price, { ...worst, mediaOutput: true }, 1000)).toBe(81_000_000)
})
