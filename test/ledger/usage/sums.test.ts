import { afterAll, expect, test } from "bun:test"
import { join } from "node:path"
import Database from "libsql"
import type { Generation } from "../../../src/contract/generation.ts"
import { inputTokens, outputTokens } from "../../../src/contract/usage.ts"
import type { UsageDimension, UsageMeasure, UsageQuery, UsageRow } from "../../../src/ledger/usage/types.ts"
import { usageMeasures } from "../../../src/ledger/usage/types.ts"
import { openUsage } from "../../../src/ledger/usage/usage.ts"
import type { LedgerEntry } from "../../../src/store/executor.ts"
import { appNumber, kindOfApi } from "../../../src/store/usage/labels.ts"
import { periodStart } from "../../../src/store/usage/periods.ts"
import { fixedClock, NOW, newFolder, openTestStore, removeFolders, storedEntries } from "../../store/support.ts"
import { randomGeneration, randomMoment, seeded } from "./kit.ts"

afterAll(removeFolders)

const dayMs = 86_400_000
const all = { from: NOW - 60 * dayMs, to: NOW + dayMs }

/** What the ledger's rows say of a measure, worked out in the plainest way. */
const measured = (name: UsageMeasure, one: Generation): number => {
  const { usage, byok, cache, costNano, status, cancelled, firstPartMs } = one
  const isTimed = status < 400 && !cancelled && !cache
  switch (name) {
    case "requests":
      return 1
    case "failed":
      return status >= 400 ? 1 : 0
    case "cancelled":
      return cancelled ? 1 : 0
    case "inputTokens":
      return inputTokens(usage)
    case "cacheReadTokens":
      return usage.input.cacheRead
    case "cacheWriteTokens":
      return usage.input.cacheWrite + usage.input.cacheWrite1h
    case "outputTokens":
      return outputTokens(usage)
    case "reasoningTokens":
      return usage.output.reasoning
    case "costNano":
      return costNano
    case "byokNano":
      return byok ? costNano : 0
    case "byokRequests":
      return byok ? 1 : 0
    case "cacheHits":
      return cache ? 1 : 0
    case "cacheSavedNano":
      return cache?.savedNano ?? 0
    case "promptCacheSavedNano":
      return Math.round(usage.input.cacheRead * 2_700 - usage.input.cacheWrite1h * 3_000)
    case "timed":
      return isTimed ? 1 : 0
    case "durationMs":
      return isTimed ? one.durationMs : 0
    case "begun":
      return firstPartMs !== undefined && !cache ? 1 : 0
    case "firstPartMs":
      return cache ? 0 : (firstPartMs ?? 0)
  }
}

const shownOf = (dimension: UsageDimension, one: Generation): string | null => {
  const { owner, origin, originTitle, labels } = one
  switch (dimension) {
    case "key":
      return one.keyId
    case "member":
    case "group":
      return owner?.[dimension] ?? null
    case "project":
      return "default"
    case "kind":
      return kindOfApi(one.api)
    case "byok":
      return String(one.byok === true)
    case "origin":
      return origin ?? null
    case "title":
      return originTitle ?? null
    case "app":
      return origin === undefined ? null : String(appNumber(`${origin}\t${originTitle}`))
    case "extra.repo": {
      const value = (labels?.requesty as { extra?: { Repo?: string } } | undefined)?.extra?.Repo
      return value ?? null
    }
    default:
      return (one as unknown as Record<string, string>)[dimension] ?? null
  }
}

/** The same question, answered from the ledger's rows. */
const expected = (entries: readonly LedgerEntry[], { resolution, groupBy, from, to }: UsageQuery) => {
  const groups = new Map<string, Record<string, number>>()
  for (const { generation, settledAt } of entries) {
    if (settledAt < from || settledAt >= to) continue
    const start = periodStart(resolution, settledAt) ?? null
    const name = JSON.stringify([start, ...groupBy.map((dimension) => shownOf(dimension, generation))])
    const sums = groups.get(name) ?? Object.fromEntries(usageMeasures.map((measure) => [measure, 0]))
    groups.set(name, sums)
    for (const measure of usageMeasures) sums[measure]! += measured(measure, generation)
  }
  return groups
}

const named = (rows: readonly UsageRow[], { groupBy }: UsageQuery) =>
  new Map(
    rows.map((row) => [
      JSON.stringify([row.start ?? null, ...groupBy.map((dimension) => row.values[dimension])]),
      Object.fromEntries(usageMeasures.map((measure) => [measure, row[measure]])),
    ]),
  )

const questions: readonly UsageQuery[] = [
  { ...all, groupBy: [] },
  { ...all, resolution: "day", groupBy: ["key", "model"] },
  { ...all, resolution: "month", groupBy: ["member", "extra.repo"] },
  { ...all, resolution: "week", groupBy: ["kind", "byok"] },
  { ...all, resolution: "hour", groupBy: ["provider"] },
  { ...all, groupBy: ["app", "title", "origin", "api", "requestedModel", "group", "project"] },
  { from: NOW - 9 * dayMs - 5 * 3_600_000, to: NOW - 3 * 3_600_000, resolution: "day", groupBy: [] },
]

const sorted = (groups: ReadonlyMap<string, unknown>) => [...groups].sort(([one], [other]) => (one < other ? -1 : 1))

test.each([1, 2, 3])(
  "every sum is that of the ledger's rows: waiting, added up, put aside, after a restart (%d)",
  async (seed) => {
    const random = seeded(seed)
    const dataDir = newFolder()
    let store = await openTestStore(dataDir, { retryMs: 1_000_000, queueRows: 100_000, compactRows: 150 })
    let number = 0
    const fill = (count: number) => {
      for (let at = 0; at < count; at += 1)
        store.writer.append(randomGeneration(random, number++), randomMoment(random, 40))
    }
    const check = async (spilled: readonly LedgerEntry[] = []) => {
      const usage = openUsage({ store, clock: fixedClock() })
      const entries = [...(await storedEntries(store)), ...spilled]
      expect(entries).toHaveLength(number)
      for (const question of questions)
        expect(sorted(named(await usage.query(question), question))).toEqual(sorted(expected(entries, question)))
    }
    fill(150)
    await store.writer.flush()
    await check()
    // More than wait at most: most of it is added up, in several goes.
    fill(500)
    await store.writer.flush()
    await check()
    await store.close()
    store = await openTestStore(dataDir, { retryMs: 1_000_000, queueRows: 100_000, compactRows: 150 })
    fill(200)
    await store.writer.flush()
    await check()
    const foreign = new Database(join(dataDir, "signalbox.db"))
    foreign.exec("begin immediate")
    const aside: LedgerEntry[] = []
    for (let at = 0; at < 50; at += 1) {
      const entry = { generation: randomGeneration(random, number++), settledAt: randomMoment(random, 40) }
      aside.push(entry)
      store.writer.append(entry.generation, entry.settledAt)
    }
    await store.writer.flush()
    expect(store.state().spilled).toBe(50)
    await check(aside)
    foreign.exec("rollback")
    foreign.close()
    await store.writer.recover()
    await check()
    await store.close()
  },
)
