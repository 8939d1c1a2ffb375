import { expect, test } from "bun:test"
import { windowEnd, windowStart } from "../../src/store/windows.ts"

const at = (text: string): number => Date.parse(text)

test.each([
  ["daily", "2026-03-04T23:59:59.999Z", "2026-03-04T00:00:00Z", "2026-03-05T00:00:00Z"],
  ["daily", "2026-03-05T00:00:00.000Z", "2026-03-05T00:00:00Z", "2026-03-06T00:00:00Z"],
  // 2026-01-01 is a Thursday: its week began in the old year.
  ["weekly", "2026-01-01T00:00:00Z", "2025-12-29T00:00:00Z", "2026-01-05T00:00:00Z"],
  ["weekly", "2026-01-04T23:59:59.999Z", "2025-12-29T00:00:00Z", "2026-01-05T00:00:00Z"],
  ["weekly", "2026-01-05T00:00:00Z", "2026-01-05T00:00:00Z", "2026-01-12T00:00:00Z"],
  // 2024-12-30 is a Monday.
  ["weekly", "2024-12-29T23:59:59.999Z", "2024-12-23T00:00:00Z", "2024-12-30T00:00:00Z"],
  ["weekly", "2024-12-31T12:00:00Z", "2024-12-30T00:00:00Z", "2025-01-06T00:00:00Z"],
  ["weekly", "1969-12-31T00:00:00Z", "1969-12-29T00:00:00Z", "1970-01-05T00:00:00Z"],
  ["monthly", "2026-12-31T23:59:59.999Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"],
  ["monthly", "2028-02-29T12:00:00Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"],
] as const)("the %s window of %s is %s to %s", (kind, moment, start, end) => {
  expect(windowStart(kind, at(moment))).toBe(at(start))
  expect(windowEnd(kind, at(moment))).toBe(at(end))
})

test("every week of forty years begins on a Monday and lasts until the next one", () => {
  for (let day = at("2000-01-01T00:00:00Z"); day < at("2040-01-01T00:00:00Z"); day += 86_400_000) {
    const start = windowStart("weekly", day + 1)
    expect(new Date(start).getUTCDay()).toBe(1)
    expect(day - start).toBeWithin(0, 7 * 86_400_000)
    expect(windowEnd("weekly", day)).toBe(start + 7 * 86_400_000)
  }
})

test("the total never starts anew", () => {
  expect(windowStart("total", at("2026-01-01T00:00:00Z"))).toBe(0)
  expect(windowEnd("total", at("2026-01-01T00:00:00Z"))).toBeUndefined()
})
