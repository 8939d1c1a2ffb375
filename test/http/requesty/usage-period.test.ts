import { describe, expect, test } from "bun:test"
import { GatewayError } from "../../../src/contract/index.ts"
import { groupingsOf } from "../../../src/http/requesty/usage/groups.ts"
import { periodName, periodOf } from "../../../src/http/requesty/usage/period.ts"

const now = Date.UTC(2026, 7, 7, 12, 30)
const day = 86_400_000
const period = (query: string, since?: number) => periodOf(new URLSearchParams(query), now, since)
const problem = (work: () => unknown) => {
  try {
    work()
  } catch (thrown) {
    if (GatewayError.is(thrown)) return { code: thrown.code, param: thrown.param }
    throw thrown
  }
  return undefined
}

describe("the time that is asked about", () => {
  const at = Date.UTC(2026, 7, 1)
  test.each<[string, number, number]>([
    ["", now - day, now],
    ["start=", now - day, now],
    ["start=last week", now - day, now],
    ["start=2026-08-01T00:00:00Z", at, at + day],
    ["start=2026-08-01", at, at + day],
    ["start=2026-08-01T02:00:00%2B02:00", at, at + day],
    // Not encoded, a plus sign is a space.
    ["start=2026-08-01T02:00:00+02:00", at, at + day],
    ["start=2026-08-01T00:00:00Z&end=2026-08-03T00:00:00Z", at, at + 2 * day],
    ["end=2026-08-02T00:00:00Z", at, at + day],
    ["start=2026-08-01T00:00:00Z&end=2026-11-09T00:00:00Z", at, at + 100 * day],
  ])("%p", (query, from, to) => {
    expect(period(query)).toEqual({ from, to, resolution: "day" })
  })

  test("is the month so far where the older form says nothing", () => {
    expect(period("resolution=month", at)).toEqual({ from: at, to: now, resolution: "month" })
    expect(period("start=2026-07-01T00:00:00Z", at).from).toBe(Date.UTC(2026, 6, 1))
  })

  test.each<[string, string]>([
    ["start=2026-08-01T00:00:00Z&end=2026-11-09T00:00:01Z", "end"],
    ["start=2026-08-01T00:00:00Z&end=2026-11-10T00:00:00Z", "end"],
    ["start=2026-08-01T00:00:00Z&end=2026-08-01T00:00:00Z", "end"],
    ["start=2026-08-02T00:00:00Z&end=2026-08-01T00:00:00Z", "end"],
    ["start=2026-08-01T00:00:00Z&end=soon", "end"],
    ["resolution=week", "resolution"],
  ])("%p is refused", (query, param) => {
    expect(problem(() => period(query))).toEqual({ code: "invalid_request", param })
  })
})

test.each([
  ["hour", "2026-08-07T12:00:00Z"],
  ["day", "2026-08-07"],
  ["month", "2026-08-01"],
] as const)("a period by %s is called %s", (resolution, name) => {
  expect(periodName(now, resolution)).toBe(name)
  expect(Number.isFinite(Date.parse(name))).toBe(true)
})

describe("what it is grouped by", () => {
  const groupings = (query: string) => groupingsOf(new URLSearchParams(query)).map(({ name }) => name)

  test.each([
    ["group_by=model_used,extra.Repo"],
    ["group_by=model_used&group_by=extra.Repo"],
    ["group_by=model_used%2C%20extra.Repo&group_by=model_used,"],
  ])("%s is the same question", (query) => {
    expect(groupings(query)).toEqual(["model_used", "extra.Repo"])
  })

  test.each(["group_by=model", "group_by=extra.", "group_by=toString", `group_by=${"extra.a extra.b"}`])(
    "%s is refused",
    (query) => expect(problem(() => groupings(query))).toEqual({ code: "invalid_request", param: "group_by" }),
  )

  test("more than anybody reads is refused", () => {
    const many = Array.from({ length: 9 }, (_, index) => `extra.f${index}`).join(",")
    expect(problem(() => groupings(`group_by=${many}`))).toEqual({ code: "invalid_request", param: "group_by" })
  })
})
