import { describe, expect, test } from "bun:test"
import { emptyUsage, type Usage } from "../../src/contract/index.ts"
import { believable } from "../../src/ledger/believable.ts"

const usage = (text: number, more: Partial<Usage> = {}): Usage => ({
  ...emptyUsage,
  output: { ...emptyUsage.output, text, reasoning: 7 },
  ...more,
})

describe("counts of upstreams", () => {
  test("right ones come back as they are", () => {
    const right = usage(5, { reportedCostUsd: 0.25 })
    expect(believable(right)).toBe(right)
  })

  for (const wrong of [1e308, Number.POSITIVE_INFINITY, Number.NaN, -1, 1e9])
    test(`${wrong} tokens count as nothing, the others stay`, () => {
      expect(believable(usage(wrong))).toEqual({ ...usage(0), estimated: true })
    })

  test("a fraction is rounded up", () => {
    expect(believable(usage(1.25)).output.text).toBe(2)
  })

  for (const wrong of [1e300, -1, Number.NaN])
    test(`a cost of ${wrong} USD is not believed`, () => {
      expect(believable(usage(5, { reportedCostUsd: wrong })).reportedCostUsd).toBeUndefined()
    })
})
