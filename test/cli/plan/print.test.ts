import { describe, expect, test } from "bun:test"
import { money, reportText } from "../../../src/cli/plan/print.ts"
import type { Report } from "../../../src/cli/plan/report.ts"
import { reportJson } from "../../../src/cli/plan/report-json.ts"
import { spanOf } from "../../../src/cli/plan/span.ts"

describe("money", () => {
  for (const [nano, text] of [
    [0, "$0.00"],
    [1, "$0.000000001"],
    [12_345, "$0.0000123"],
    [500_000_000, "$0.50"],
    [999_999_999, "$1.00"],
    [1_005_000_000, "$1.01"],
    [-2_500_000_000, "-$2.50"],
    [1_234_567_890_000, "$1,234.57"],
  ] as const)
    test(`${nano} nano-dollars are ${text}`, () => expect(money(nano)).toBe(text))
})

describe("spans", () => {
  for (const [text, ms] of [
    ["90m", 5_400_000],
    ["24h", 86_400_000],
    ["7d", 604_800_000],
  ] as const)
    test(text, () => expect(spanOf(text)).toBe(ms))
  for (const wrong of ["", "24", "h", "-1h", "1.5h", "0m", "1w", "9999999999999999d"])
    test(`not ${JSON.stringify(wrong)}`, () => expect(() => spanOf(wrong)).toThrow("--last must be"))
})

const report: Report = {
  from: Date.UTC(2026, 5, 1),
  to: Date.UTC(2026, 5, 2),
  replayed: 4,
  left: [{ requests: 1, why: "were refused before they were planned (guardrail_blocked)" }],
  routes: [
    { model: "a/b", was: "p/b", would: "quite-long/b", requests: 3, share: 0.75 },
    { model: "a/c", was: "p/c", would: "q/c", requests: 1, share: 1 },
  ],
  refusals: [],
  costs: {
    billedNano: 2_000_000_000,
    thenNano: 3_000_000_000,
    models: [{ model: "a/b", requests: 3, billedNano: 2_000_000_000, thenNano: 3_000_000_000 }],
    refusedNano: 0,
    unpriced: [{ offer: "q/c", requests: 1, billedNano: 500_000_000 }],
  },
  budgets: [],
  caches: { conversations: 0, tokens: 0, nano: 0, moves: [] },
  names: [],
}

test("tables are aligned, numbers to the right, and say what they leave out", () => {
  const text = reportText(report, "new.yaml", 1)
  expect(text).toStartWith(
    `new.yaml: 4 of 5 requests replayed, from 2026-06-01 00:00 UTC to 2026-06-02 00:00 UTC
  not replayed: 1 that were refused before they were planned (guardrail_blocked)

ROUTES  4 requests (100.0 %) would go elsewhere
MODEL  NOW  THEN          REQUESTS  OF MODEL
a/b    p/b  quite-long/b         3    75.0 %
1 more; --limit 2 shows all
`,
  )
  expect(text).toContain(`COST  $2.00 billed, $3.00 then (+$1.00, +50.0 %)
  left out: 1 request to q/c, billed $0.50; nobody knows its price
`)
})

test("for machines money is in dollars and nothing is left out", () => {
  const json = reportJson(report)
  expect(json.routes).toHaveLength(2)
  expect(json.cost).toEqual({
    billed: 2,
    would_be: 3,
    refused: 0,
    models: [{ model: "a/b", requests: 3, billed: 2, would_be: 3 }],
    without_price: [{ offer: "q/c", requests: 1, billed: 0.5 }],
  })
  expect(reportJson(report, 1).routes).toHaveLength(1)
})
