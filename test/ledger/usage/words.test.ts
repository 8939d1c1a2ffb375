import { afterAll, expect, test } from "bun:test"
import type { Generation } from "../../../src/contract/generation.ts"
import { openUsage } from "../../../src/ledger/usage/usage.ts"
import { fixedClock, generation, NOW, newFolder, openTestStore, removeFolders } from "../../store/support.ts"

afterAll(removeFolders)

const dayMs = 86_400_000
const tagged = (number: number, key: string) =>
  generation({
    id: `g${key}${number}`,
    keyId: key,
    provider: "",
    requestedModel: `made-up-${number}`,
    model: `made-up-${number}`,
    status: 404,
    labels: { requesty: { extra: { Run: `run ${number}` } } },
  })

test("beyond two hundred new words a day and key, tags and names of models are (other)", async () => {
  const dataDir = newFolder()
  const fill = async (generations: readonly Generation[], at: number) => {
    const store = await openTestStore(dataDir, { compactRows: 1 })
    for (const one of generations) store.writer.append(one, at)
    await store.close()
  }
  const many = (key: string, count: number) => Array.from({ length: count }, (_, number) => tagged(number, key))
  await fill([...many("wild", 500), ...many("tame", 3)], NOW - dayMs)
  await fill(many("wild", 500), NOW)
  const store = await openTestStore(dataDir)
  expect(await store.writer.query({ sql: "select * from usage_deltas", args: [] })).toEqual([])
  const usage = openUsage({ store, clock: fixedClock() })
  const of = async (key: string, dimension: "extra.run" | "requestedModel" | "model") => {
    const rows = await usage.query({ from: NOW - 2 * dayMs, to: NOW + dayMs, groupBy: [dimension], filter: { key } })
    return new Map(rows.map(({ values, requests }) => [values[dimension], requests]))
  }
  for (const dimension of ["extra.run", "requestedModel", "model"] as const) {
    const wild = await of("wild", dimension)
    // Two hundred of the first day; on the second those are known, and two hundred more.
    expect(wild.size).toBe(401)
    expect(wild.get("(other)")).toBe(300 + 100)
    expect((await of("tame", dimension)).size).toBe(3)
  }
  await store.close()
})
