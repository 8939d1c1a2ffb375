import { expect, test } from "bun:test"
import { type Client, createClient } from "@libsql/client"
import type { Statement } from "../../src/store/executor.ts"
import { migrate } from "../../src/store/migrate.ts"
import { migrations } from "../../src/store/migrations.ts"
import { remoteExecutor } from "../../src/store/remote-executor.ts"
import { compaction } from "../../src/store/usage/compact.ts"
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
