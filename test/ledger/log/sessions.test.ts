import { afterAll, expect, test } from "bun:test"
import { textsOf } from "../../../src/ledger/log/entry-columns.ts"
import type { LogSessions } from "../../../src/ledger/log/types.ts"
import { newFolder, openTestStore, removeFolders } from "../../store/support.ts"
import { anyLog, indexOf, numbers, record, varied } from "./support.ts"

afterAll(removeFolders)

test("sessions add up to their requests, over all segments, the latest first", async () => {
  const random = numbers(3)
  const dataDir = newFolder()
  const store = await openTestStore(dataDir, { queueRows: 100_000 })
  const entries = Array.from({ length: 400 }, (_, number) => varied(number, random))
  await record(store, entries, random)
  const index = indexOf(store, dataDir)
  const filter = { ...anyLog, conditions: [{ columns: ["key_id"], values: ["key-1", "key-2"] }] }
  const { sessions } = (await index.ask({ kind: "sessions", filter, limit: 1_000 })) as LogSessions
  const meant = entries.filter(({ generation }) => generation.keyId !== "key-3")
  const names = new Set(meant.map((entry) => textsOf(entry).conversation).filter((name) => name !== ""))
  expect(sessions.map(({ conversation }) => conversation).sort()).toEqual([...names].sort())
  for (const one of sessions) {
    const own = meant.filter((entry) => textsOf(entry).conversation === one.conversation)
    const times = own.map(({ settledAt }) => settledAt)
    const generations = own.map(({ generation }) => generation)
    expect({ ...one, models: [...one.models].sort() }).toEqual({
      conversation: one.conversation,
      session: one.conversation,
      keyId: expect.any(String) as unknown as string,
      firstAt: Math.min(...times),
      lastAt: Math.max(...times),
      requests: own.length,
      failed: generations.filter(({ status }) => status >= 400).length,
      costNano: generations.reduce((sum, { costNano }) => sum + costNano, 0),
      inputTokens: 10 * own.length,
      outputTokens: 5 * own.length,
      models: [...new Set(generations.map(({ model }) => model))].sort(),
    })
  }
  const ends = sessions.map(({ lastAt }) => lastAt)
  expect(ends).toEqual(ends.toSorted((one, other) => other - one))
  index.close()
  await store.close()
})
