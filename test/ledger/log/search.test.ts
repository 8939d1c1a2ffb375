import { afterAll, expect, test } from "bun:test"
import { join } from "node:path"
import Database from "libsql"
import { numbersOf, tagsOfEntry, textsOf } from "../../../src/ledger/log/entry-columns.ts"
import {
  type LogFacets,
  type LogFilter,
  type NumberName,
  type TextName,
  textNames,
} from "../../../src/ledger/log/types.ts"
import type { LedgerEntry } from "../../../src/store/executor.ts"
import { packEntries } from "../../../src/store/packed-batch.ts"
import { generation, NOW, newFolder, openTestStore, removeFolders } from "../../store/support.ts"
import { anyLog, idsOf, indexOf, numbers, page, record, smallSegment, varied } from "./support.ts"

afterAll(removeFolders)

const random = numbers(20_260_304)
const dataDir = newFolder()
const store = await openTestStore(dataDir, { queueRows: 100_000 })
const entries = Array.from({ length: 700 }, (_, number) => varied(number, random))
await record(store, entries, random)
const index = indexOf(store, dataDir)
afterAll(async () => {
  index.close()
  await store.close()
})

/** Names of tags are the same in any case. */
const folded = (tags: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(tags).map(([name, value]) => [name.toLowerCase(), value]))

/** The same as a regular expression over each row, which is what the columns must come to. */
const meant = (filter: LogFilter, entry: LedgerEntry): boolean => {
  const texts: Record<string, string> = textsOf(entry)
  const tags = folded(tagsOfEntry(entry))
  const valuesOf = (name: string): readonly string[] => {
    const text = name.startsWith("extra.") ? (tags[name.slice(6).toLowerCase()] ?? "") : (texts[name] ?? "")
    return name === "guardrail" || name.toLowerCase() === "extra.tags" ? text.split(",") : [text]
  }
  const fits = (pattern: string, text: string) =>
    text !== "" &&
    new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^]*")}$`).test(text)
  const numbers = numbersOf(entry)
  return (
    entry.settledAt >= (filter.from ?? 0) &&
    entry.settledAt < (filter.to ?? Number.MAX_SAFE_INTEGER) &&
    filter.ranges.every(({ column, min = -1e30, max = 1e30 }) => numbers[column] >= min && numbers[column] <= max) &&
    filter.conditions.every(
      ({ columns, values, isNot = false }) =>
        columns.some((column) => valuesOf(column).some((text) => values.some((value) => fits(value, text)))) !== isNot,
    )
  )
}

const values: Partial<Record<string, readonly string[]>> = {
  status: ["200", "4*", "5*", "404"],
  model: ["vendor/one", "vendor/*", "*one", "*/%_*", "*d*/*o*", "nobody"],
  provider: ["alpha", "b*a", "*"],
  key_id: ["key-1", "key-3", "key*"],
  member: ["ann", "b*"],
  error: ["rate_limited", "*error"],
  finish_reason: ["stop", "length"],
  streamed: ["true", "false"],
  cancelled: ["true"],
  session: ["run-1", "run-17", "run-*1", "run-"],
  user: ["u ser", "Jörg", "J*"],
  app: ["https://app.example", "*example"],
  id: ["gen-5", "gen-69*", "gen-none"],
  "extra.team": ["red", "b*e"],
  "extra.rare": ["yes"],
  "extra.Team": ["red", "blue"],
  "extra.tags": ["y", "x"],
  "extra.TAGS": ["y"],
  "extra.none": ["x", "*"],
}
const some = <T>(list: readonly T[], most: number): T[] =>
  Array.from({ length: 1 + random.below(most) }, () => list[random.below(list.length)]!)
const filters = (): LogFilter => {
  const names = some(Object.keys(values), 3)
  const conditions = names.map((name) => ({
    ...(random.below(6) === 0
      ? { columns: ["session", "user", "id"], values: some(["run-1", "Jörg", "gen-7*"], 2) }
      : { columns: [name], values: some(values[name]!, 2) }),
    ...(random.below(4) === 0 ? { isNot: true } : {}),
  }))
  const column = some<NumberName>(["cost", "latency", "first_token", "output_tokens"], 1)[0]!
  const bounds = [-1, 0, 5, 1_000, 25_000, 500_000_000_000]
  const range = { column, min: some(bounds, 1)[0]!, ...(random.below(2) ? { max: some(bounds, 1)[0]! } : {}) }
  const from = NOW + random.below(700) * 1_000
  return {
    conditions: random.below(5) === 0 ? [] : conditions,
    ranges: random.below(2) ? [range] : [],
    ...(random.below(3) === 0 ? { from } : {}),
    ...(random.below(3) === 0 ? { to: from + random.below(300_000) } : {}),
  }
}

test("a search finds what a filter over all records finds, newest first", async () => {
  let found = 0
  for (let round = 0; round < 200; round += 1) {
    const filter = filters()
    const wanted = entries.filter((entry) => meant(filter, entry)).map(({ generation }) => generation.id)
    const { rows, behind, next } = await page(index, filter)
    expect({ filter, ids: idsOf(rows) }).toEqual({ filter, ids: wanted.reverse() })
    expect([behind, next]).toEqual([false, undefined])
    found += rows.length
  }
  expect(found).toBeGreaterThan(5_000)
})

test("rows say what the records say", async () => {
  const { rows } = await page(index, anyLog)
  expect(rows).toHaveLength(entries.length)
  for (const [position, row] of rows.toReversed().entries()) {
    const entry = entries[position]!
    expect(row.texts).toEqual(textsOf(entry))
    expect(row.numbers).toEqual(numbersOf(entry))
    expect(folded(row.tags)).toEqual(folded(tagsOfEntry(entry)))
    expect(row.at).toBe(entry.settledAt)
  }
})

test("facets count what a search finds", async () => {
  for (let round = 0; round < 60; round += 1) {
    const filter = filters()
    const column = some<TextName>(textNames, 1)[0]!
    const found = (await index.ask({ kind: "facets", filter, column, limit: 1_000 })) as LogFacets
    const { rows } = await page(index, filter)
    const counts = new Map<string, number>()
    for (const { texts } of rows)
      for (const value of column === "guardrail" ? texts[column].split(",") : [texts[column]])
        counts.set(value, (counts.get(value) ?? 0) + 1)
    expect(Object.fromEntries(found.facets.map(({ value, count }) => [value, count]))).toEqual(
      Object.fromEntries(counts),
    )
    expect(found.requests).toBe(rows.length)
  }
})

test("ids with about when they ended are found, and others are not", async () => {
  const wanted = [entries[3]!, entries[650]!]
  const ids = wanted.map(({ generation, settledAt }) => ({ id: generation.id, at: settledAt + 1 }))
  const { rows } = await page(index, { ...anyLog, ids: [...ids, { id: "gen-9", at: NOW - 1e9 }] })
  expect(idsOf(rows)).toEqual(["gen-650", "gen-3"])
  expect(idsOf((await page(index, { ...anyLog, ids: [] })).rows)).toEqual([])
})

test("whatever tags say, and a batch that cannot be read at all, stops nothing", async () => {
  const folder = newFolder()
  const own = await openTestStore(folder)
  const tagged = (id: string, extra: Record<string, string>): LedgerEntry => ({
    settledAt: NOW,
    generation: generation({ id, requestId: id, labels: { requesty: { extra } } }),
  })
  const odd = [
    tagged("gen-a", { way: "C:\\u0000", zero: "a\0b" }),
    tagged("gen-b", { "\ud800": "one", "\ud801": "two", "half\ud83d": "\ud83d" }),
    tagged("gen-c", {}),
  ]
  const many = Array.from({ length: 100 }, (_, number) => tagged(`gen-${number}`, {}))
  for (const entry of odd) await record(own, [entry], numbers(7))
  await record(own, many, numbers(7))
  const damaged = "update generation_batches set entries = ? where number = 3"
  await own.writer.commit([{ sql: damaged, args: [packEntries('[{"settledAt":1}]')] }])
  const first = indexOf(own, folder)
  expect((await page(first, anyLog)).rows).toHaveLength(102)
  first.close()
  const again = indexOf(own, folder)
  const rows = new Map((await page(again, anyLog)).rows.map(({ texts, tags }) => [texts.id, tags]))
  expect(rows.get("gen-a")).toEqual({ way: "C:\\u0000", zero: "a b" })
  expect(rows.get("gen-99")).toEqual({})
  again.close()
  await own.close()
})

test("a file that takes nothing makes no segment larger", async () => {
  const folder = newFolder()
  const own = indexOf(store, folder)
  const file = new Database(join(folder, "log.db"))
  file.exec("alter table segments rename to away")
  for (let count = 0; count < 10; count += 1) await page(own, anyLog).catch(() => undefined)
  file.exec("alter table away rename to segments")
  expect((await page(own, anyLog)).rows).toHaveLength(entries.length)
  const [{ most } = { most: 0 }] = file.prepare("select max(rows) as most from segments").all() as { most: number }[]
  expect(most).toBeLessThan(smallSegment + 25)
  file.close()
  own.close()
})
