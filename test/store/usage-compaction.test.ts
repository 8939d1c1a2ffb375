import { expect, test } from "bun:test"
import { type Client, createClient } from "@libsql/client"
import { emptyUsage } from "../../src/contract/usage.ts"
import { type Statement, StoreFailure } from "../../src/store/executor.ts"
import { migrate } from "../../src/store/migrate.ts"
import { migrations } from "../../src/store/migrations.ts"
import { remoteExecutor } from "../../src/store/remote-executor.ts"
import type { StoreExecutor } from "../../src/store/store-executor.ts"
import { compaction } from "../../src/store/usage/compact.ts"
import { createCompactor } from "../../src/store/usage/compactor.ts"
import { awaitSteps } from "../../src/store/usage/steps.ts"
import { fixedClock, generation, NOW, recordingLog, usageTotals } from "./support.ts"

const dayMs = 86_400_000
const options = () => ({ log: recordingLog(), clock: fixedClock() })
const runBatch = (client: Client, statements: readonly Statement[]) =>
  client.batch(
    statements.map(({ sql, args }) => ({ sql, args: [...args] })),
    "write",
  )
const opened = async () => {
  const client = createClient({ url: ":memory:" })
  await migrate({ client, migrations, ...options() })
  return { client, executor: remoteExecutor(client) }
}
const batch = (id: string, at: number, count: number) => ({
  id,
  bucket: 1,
  entries: Array.from({ length: count }, (_, number) => ({
    settledAt: at,
    generation: generation({ id: `${id}${number}`, costNano: 7 }),
  })),
})
const totals = ({ usage }: ReturnType<typeof remoteExecutor>) => usageTotals((query) => usage({ query, pending: [] }))

test("two gateways that add up the same batches add them once", async () => {
  const { client, executor } = await opened()
  await executor.apply(batch("a", NOW, 3))
  const slower = await awaitSteps(compaction(), executor.query)
  expect(await executor.compact()).toBe(true)
  await executor.apply(batch("b", NOW, 2))
  const refused = await runBatch(client, slower!.statements).catch((thrown: unknown) => thrown)
  expect(refused).toMatchObject({ code: expect.stringContaining("SQLITE_CONSTRAINT") })
  expect(await totals(executor)).toEqual({ requests: 5, costNano: 35 })
  await executor.compact()
  expect(await totals(executor)).toEqual({ requests: 5, costNano: 35 })
})

test("a day that is over is summed from its hours, and anew when something late comes", async () => {
  const { executor } = await opened()
  const days = async () =>
    (
      await executor.query({
        sql: "select start from usage_columns where span = 'day' and name = 'series' order by start",
        args: [],
      })
    ).map(({ start }) => start)
  await executor.apply(batch("a", NOW - 2 * dayMs, 2))
  await executor.apply(batch("b", NOW - 2 * dayMs + 3_600_000, 2))
  await executor.compact()
  expect(await days()).toEqual([])
  await executor.apply(batch("c", NOW, 1))
  await executor.compact()
  const day = Math.floor((NOW - 2 * dayMs) / dayMs) * dayMs
  expect(await days()).toEqual([day])
  expect(await totals(executor)).toEqual({ requests: 5, costNano: 35 })
  await executor.apply(batch("late", NOW - 2 * dayMs, 4))
  await executor.compact()
  expect(await totals(executor)).toEqual({ requests: 9, costNano: 63 })
  // The day answers, not its hours.
  await executor.commit([{ sql: "delete from usage_columns where span = 'hour' and start < ?", args: [day + dayMs] }])
  expect(await totals(executor)).toEqual({ requests: 9, costNano: 63 })
})

test("sums of an earlier version are kept", async () => {
  const client = createClient({ url: ":memory:" })
  const before = migrations.slice(
    0,
    migrations.findIndex(({ name }) => name === "0005_usage"),
  )
  await migrate({ client, migrations: before, ...options() })
  for (const [day, key, model] of [
    [NOW - dayMs, "k1", "a/b"],
    [NOW - dayMs, "k2", "a/b"],
    [NOW, "k1", "c/d"],
  ] as const)
    await client.execute({
      sql: "insert into usage_rollups values (?, ?, ?, 'openai', 10, 1, 2, 300, 40, 50, 600, 70, 8000)",
      args: [Math.floor(day / dayMs) * dayMs, key, model],
    })
  await migrate({ client, migrations, ...options() })
  const executor = remoteExecutor(client)
  const ask = async () => {
    const { stretches, values } = await executor.usage({
      query: {
        from: 0,
        to: NOW + dayMs,
        groupBy: ["key", "model", "provider"],
        measures: ["requests", "failed", "inputTokens", "costNano"],
      },
      pending: [],
    })
    return [...stretches[0]!.groups]
      .map((group, row) => [...values[group]!, ...stretches[0]!.sums.slice(row * 4, row * 4 + 4)])
      .sort()
  }
  const kept = [
    ["k1", "a/b", "openai", 10, 1, 300, 8_000],
    ["k1", "c/d", "openai", 10, 1, 300, 8_000],
    ["k2", "a/b", "openai", 10, 1, 300, 8_000],
  ]
  expect(await ask()).toEqual(kept)
  expect(await executor.compact()).toBe(true)
  expect(await ask()).toEqual(kept)
})

test("a name that the database would not give back as it got it is added up, and added up again", async () => {
  const { executor } = await opened()
  const names = ["half \ud83d", `${"x".repeat(199)}\u{1f600}`, "a\0b", "a", "a\tb"]
  for (const id of ["first", "second"]) {
    await executor.apply({
      id,
      bucket: 1,
      entries: names.map((name, number) => ({
        settledAt: NOW,
        generation: generation({ id: `${id}${number}`, costNano: 7, requestedModel: name, originTitle: name }),
      })),
    })
    await executor.compact()
  }
  expect(await totals(executor)).toEqual({ requests: 10, costNano: 70 })
  expect(await executor.query({ sql: "select rows from usage_deltas", args: [] })).toEqual([])
})

test("what was saved, and then lost again, is nothing, for whomever it is summed with", async () => {
  const { executor } = await opened()
  const cached = (id: string, keyId: string, cacheRead: number, cacheWrite1h: number) => ({
    id,
    bucket: 1,
    entries: [
      {
        settledAt: NOW,
        generation: generation({
          id,
          keyId,
          price: { input: 3, output: 15, cacheRead: 1, cacheWrite1h: 5 },
          usage: { ...emptyUsage, input: { ...emptyUsage.input, cacheRead, cacheWrite1h } },
        }),
      },
    ],
  })
  const saved = async () => {
    const { stretches } = await executor.usage({
      query: { from: NOW - dayMs, to: NOW + dayMs, groupBy: [], measures: ["promptCacheSavedNano"] },
      pending: [],
    })
    return stretches.map(({ sums }) => [...sums].at(-1))
  }
  await executor.apply(cached("a", "one", 100, 0))
  await executor.compact()
  expect(await saved()).toEqual([200_000])
  await executor.apply(cached("b", "one", 0, 100))
  await executor.apply(cached("c", "two", 0, 0))
  await executor.compact()
  expect(await saved()).toEqual([0])
})

test("only another gateway's compaction is passed over in silence", async () => {
  const log = recordingLog()
  for (const table of ["usage_compactions.number", "usage_values.text"]) {
    const compact = async () => {
      throw new StoreFailure("SQLITE_CONSTRAINT_UNIQUE", `UNIQUE constraint failed: ${table}`)
    }
    const compactor = createCompactor({ compact } as Partial<StoreExecutor> as StoreExecutor, log, 1)
    compactor.wrote(1)
    await compactor.idle()
  }
  expect(log.lines.map(({ level }) => level)).toEqual(["debug", "warn"])
})
