import { afterAll, describe, expect, test } from "bun:test"
import { monthOf, projected } from "../../../src/ledger/usage/month.ts"
import { pieces } from "../../../src/ledger/usage/pieces.ts"
import type { UsageQuery, UsageRow } from "../../../src/ledger/usage/types.ts"
import { openUsage } from "../../../src/ledger/usage/usage.ts"
import { binOf, middleOf, quantileOf } from "../../../src/store/usage/bins.ts"
import { packColumn, unpackColumn } from "../../../src/store/usage/columns.ts"
import { conditionOf } from "../../../src/store/usage/condition.ts"
import { tagsOf } from "../../../src/store/usage/tags.ts"
import { fixedClock, generation, newFolder, openTestStore, removeFolders } from "../../store/support.ts"
import { seeded } from "./kit.ts"

afterAll(removeFolders)

const at = (text: string): number => Date.parse(`${text}Z`)
const hourMs = 3_600_000

test("an hour belongs to its day, a day to its week, month and year", async () => {
  const store = await openTestStore(newFolder())
  const usage = openUsage({ store, clock: fixedClock(at("2026-02-01T00:30:00")) })
  // A Wednesday, then the last millisecond of a Saturday that ends January, and the first of a Sunday.
  for (const [moment, costNano] of [
    ["2025-12-31T23:59:59.999", 1],
    ["2026-01-31T23:59:59.999", 2],
    ["2026-02-01T00:00:00.000", 4],
  ] as const)
    store.writer.append(generation({ id: moment, costNano }), at(moment))
  const starts = async (resolution: UsageQuery["resolution"]) =>
    (
      await usage.query({
        from: at("2025-12-01T00:00:00"),
        to: at("2026-03-01T00:00:00"),
        resolution,
        groupBy: [],
      } as UsageQuery)
    ).map(({ start, costNano }) => [new Date(start!).toISOString().slice(0, 13), costNano])
  expect(await starts("hour")).toEqual([
    ["2025-12-31T23", 1],
    ["2026-01-31T23", 2],
    ["2026-02-01T00", 4],
  ])
  expect(await starts("day")).toEqual([
    ["2025-12-31T00", 1],
    ["2026-01-31T00", 2],
    ["2026-02-01T00", 4],
  ])
  expect(await starts("week")).toEqual([
    ["2025-12-29T00", 1],
    ["2026-01-26T00", 6],
  ])
  expect(await starts("month")).toEqual([
    ["2025-12-01T00", 1],
    ["2026-01-01T00", 2],
    ["2026-02-01T00", 4],
  ])
  const cost = async (from: string, to: string) =>
    (await usage.query({ from: at(from), to: at(to), groupBy: [] }))[0]?.costNano
  // The hour that it begins in counts whole, and so does the last one.
  expect(await cost("2026-01-31T23:59:00", "2026-02-01T00:00:00")).toBe(2)
  expect(await cost("2026-02-01T00:00:00", "2026-02-01T00:00:01")).toBe(4)
  expect(await cost("2026-02-01T01:00:00", "2026-02-02T00:00:00")).toBeUndefined()
  const month = await usage.projectMonth({})
  expect(month).toMatchObject({ from: at("2026-02-01T00:00:00"), to: at("2026-03-01T00:00:00"), spentNano: 4 })
  // Six in the last day, for 27 days and 23 and a half hours.
  expect(month.projectedNano).toBe(Math.round(4 + (6 / 24) * (28 * 24 - 0.5)))
  await store.close()
})

test("a scope takes away, whatever the filter says", async () => {
  const store = await openTestStore(newFolder())
  const usage = openUsage({ store, clock: fixedClock() })
  const now = fixedClock().now()
  store.writer.append(generation({ id: "a", keyId: "k1", owner: { member: "m1" } }), now)
  store.writer.append(generation({ id: "b", keyId: "k2", owner: { member: "m2" } }), now)
  const keys = async (filter: NonNullable<UsageQuery["filter"]>, scope: { memberId?: string; keyId?: string }) =>
    (await usage.query({ from: now - hourMs, to: now + hourMs, groupBy: ["key"], filter }, scope)).map(
      ({ values }) => values.key,
    )
  expect(await keys({}, { memberId: "m1" })).toEqual(["k1"])
  expect(await keys({ key: ["k1", "k2"] }, { memberId: "m1" })).toEqual(["k1"])
  expect(await keys({ member: "m2" }, { memberId: "m1" })).toEqual([])
  expect(await keys({ member: "*" }, { memberId: "m1" })).toEqual(["k1"])
  expect(await keys({ member: { not: "m1" } }, { memberId: "m1" })).toEqual([])
  expect(await keys({ key: "k2" }, { keyId: "k1" })).toEqual([])
  const refused = await keys({ nonsense: "x" } as never, {}).catch((thrown: unknown) => thrown)
  expect(refused).toMatchObject({ code: "invalid_request" })
  await store.close()
})

test("pieces of a question end where a period does, and leave nothing out", () => {
  const random = seeded(5)
  for (const resolution of ["hour", "day", "week", "month"] as const)
    for (let round = 0; round < 50; round += 1) {
      const from = at("2026-01-01T00:00:00") + random.below(400 * 24) * hourMs
      const to = from + (1 + random.below(120 * 24)) * hourMs
      const found = [...pieces({ from, to, resolution, groupBy: [] })]
      expect(found[0]!.from).toBe(from)
      expect(found.at(-1)!.to).toBe(to)
      for (const [place, piece] of found.entries()) {
        expect(piece.to).toBeGreaterThan(piece.from)
        if (place > 0) expect(piece.from).toBe(found[place - 1]!.to)
      }
    }
})

test("a month that has begun is projected by the hours that there were", () => {
  const now = at("2026-03-02T00:00:00")
  const row = (start: number, costNano: number) => ({ start, costNano }) as UsageRow
  const { to } = monthOf(now)
  expect(projected(10, [], to, now)).toEqual({ spentNano: 10, projectedNano: 10 })
  expect(projected(48, [row(now - 48 * hourMs, 96)], to, now)).toEqual({
    spentNano: 48,
    projectedNano: 48 + 2 * 30 * 24,
  })
})

describe("times", () => {
  test("the middle of a bin is within 5 per cent of what is in it", () => {
    for (let milliseconds = 1; milliseconds < 10_000_000; milliseconds *= 1.01) {
      const middle = middleOf(binOf(milliseconds))
      expect(Math.abs(middle - milliseconds) / milliseconds).toBeLessThan(0.05)
    }
    expect(binOf(0)).toBe(0)
    expect(binOf(Number.MAX_SAFE_INTEGER)).toBe(255)
  })

  test("percentiles through the store are within the scale's error of the true ones", async () => {
    const random = seeded(11)
    const store = await openTestStore(newFolder(), { queueRows: 100_000, compactRows: 500 })
    const now = fixedClock().now()
    const times: number[] = []
    for (let number = 0; number < 2_000; number += 1) {
      const durationMs = Math.round(40 * Math.exp(random.next() * 6))
      times.push(durationMs)
      store.writer.append(generation({ id: `g${number}`, durationMs, firstPartMs: Math.ceil(durationMs / 10) }), now)
    }
    const usage = openUsage({ store, clock: fixedClock() })
    const quantiles = [0.5, 0.9, 0.99]
    const [row] = await usage.query({
      from: now - hourMs,
      to: now + hourMs,
      groupBy: [],
      latency: quantiles,
      firstPart: [0.5],
    })
    times.sort((one, other) => one - other)
    for (const [place, quantile] of quantiles.entries()) {
      const real = times[Math.ceil(quantile * times.length) - 1]!
      expect(Math.abs(row!.latencyMs![place]! - real) / real).toBeLessThan(0.05)
    }
    expect(row!.firstPartMsAt).toHaveLength(1)
    await store.close()
  })

  test("nothing timed has no percentile", () => {
    expect(quantileOf(new Float64Array(256), 0, 0.5)).toBeNull()
  })
})

test.each([[[]], [[0]], [[1, 255]], [[256, 0]], [[65_536]], [[4_294_967_296]], [[-3, 2]], [[8e15 + 1]]])(
  "a column of %p is read back, wherever its bytes lie",
  (numbers: number[]) => {
    const packed = packColumn(numbers)
    expect([...unpackColumn(packed)]).toEqual(numbers)
    const moved = new Uint8Array(packed.length + 3)
    moved.set(packed, 3)
    expect([...unpackColumn(moved.subarray(3))]).toEqual(numbers)
    expect([...unpackColumn(packed.slice().buffer as ArrayBuffer)]).toEqual(numbers)
  },
)

test.each([
  ["abc", "a*c", true],
  ["abc", "*", true],
  ["abc", "abc*", true],
  ["abc", "a*bc*c", false],
  ["aXbXc", "a*b*c", true],
  ["ab", "ab*b", false],
  [null, "*", false],
  [null, null, true],
  ["x", ["y", "x"], true],
  ["x", { not: ["y"] }, true],
  [null, { not: [null] }, false],
])("%p against %p: %p", (value, condition, fits) => {
  expect(conditionOf(condition as string)(value)).toBe(fits)
})

test("tags are bounded, sorted, and only what was meant as tags", () => {
  const of = (requesty: unknown) => tagsOf({ labels: { requesty, trace: { id: "t" }, metadata: { a: "b" } } as never })
  expect(of({ extra: { b: 1, a: true, c: { deep: 1 }, d: "" }, tags: ["y", "x"], user_id: "u" })).toBe(
    '{"a":"true","b":"1","tags":"x,y"}',
  )
  expect(of({ user_id: "u", trace_id: "t" })).toBe("")
  expect(of("nonsense")).toBe("")
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, place) => [`n${place}`, "v".repeat(500)]))
  const kept = JSON.parse(of({ extra: many })) as Record<string, string>
  expect(Object.keys(kept)).toHaveLength(10)
  expect(Object.values(kept).every((value) => value.length === 100)).toBe(true)
})

test("names with whatever stands between names are names all the same", async () => {
  const store = await openTestStore(newFolder(), { compactRows: 1 })
  const now = fixedClock().now()
  const strange = generation({
    requestedModel: "a\x7fb\nc",
    origin: "https://x\ty\x7f",
    originTitle: "\x7f",
    labels: { requesty: { extra: { "n\x7f": "v\x7fw" } } },
  })
  store.writer.append(strange, now)
  const query = {
    from: now - hourMs,
    to: now + hourMs,
    groupBy: ["requestedModel", "provider", "origin", "extra.n "],
  } as const
  const [row] = await openUsage({ store, clock: fixedClock() }).query(query)
  expect(row!.values).toEqual({
    requestedModel: "a b\nc",
    provider: "openai",
    origin: "https://x y ",
    "extra.n ": "v w",
  })
  await store.close()
})
