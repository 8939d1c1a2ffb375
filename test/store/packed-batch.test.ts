import { afterAll, expect, test } from "bun:test"
import type { Generation } from "../../src/contract/generation.ts"
import { idHash, packBatch, packEntries, unpackEntries } from "../../src/store/packed-batch.ts"
import { usageEntry } from "../../src/store/usage/entry.ts"
import { dayStart } from "../../src/store/windows.ts"
import { generation, NOW, newFolder, openTestStore, removeFolders, storedEntries } from "./support.ts"

afterAll(removeFolders)

const full: Generation = generation({
  id: "chatcmpl-Ünï'; drop table keys; --",
  upstreamId: "chatcmpl-9",
  face: "requesty",
  cancelled: true,
  status: 499,
  errorCode: "client_closed",
  finishReason: "stop",
  nativeFinishReason: "end_turn",
  usage: {
    input: { fresh: 1, cacheRead: 2, cacheWrite: 3, cacheWrite1h: 4, audio: 5, image: 6 },
    output: { text: 7, reasoning: 8, audio: 9, image: 10 },
    counters: { webSearch: 2 },
    estimated: true,
    reportedCostUsd: 0.000123456,
  },
  costNano: 8_000_000_000_000_001,
  priceSource: "genai-prices",
  price: { input: 0.15, output: 0.6, tiers: [{ above: 200_000, input: 0.3 }] },
  firstPartMs: 0.25,
  attempts: [
    {
      provider: "a",
      model: "m",
      status: 0,
      startedAt: NOW,
      durationMs: 1.5,
      lane: "translated",
      outcome: "failed",
      code: "provider_down",
      reason: "refused",
    },
    { provider: "b", model: "m", status: 200, startedAt: NOW + 2, durationMs: 3, lane: "native", outcome: "ok" },
  ],
  losses: [{ path: "logit_bias", action: "dropped", code: "parameter_unsupported", reason: "not known there" }],
  user: "u",
  sessionId: "s",
  origin: "https://example.com",
  originTitle: "Cline",
  userAgent: "OpenAI/JS 5",
  labels: { tags: ["a", "b"], nested: { deep: null } },
})

test.each([
  ["with every field", full],
  ["with the fewest fields", generation()],
])("a generation %s is read back as it was recorded", async (_, recorded) => {
  const store = await openTestStore(newFolder())
  store.writer.append(recorded, NOW)
  await store.writer.flush()
  expect(await storedEntries(store)).toStrictEqual([{ settledAt: NOW, generation: recorded }])
  await store.close()
})

test("a batch is packed with its span, its sums and each id once", () => {
  const native = generation({ id: "same", requestId: "r1", upstreamId: "same", costNano: 3 })
  const translated = generation({ id: "ours", requestId: "r2", upstreamId: "theirs", keyId: "key-2", costNano: 4 })
  const entries = [
    { settledAt: NOW + 1, generation: native },
    { settledAt: NOW, generation: translated },
  ]
  const { hashes, usage, spending, entries: text, ...rest } = packBatch({ id: "b1", bucket: 7, entries })
  expect(rest).toEqual({ id: "b1", bucket: 7, firstAt: NOW, lastAt: NOW + 1, count: 2 })
  expect(JSON.parse(hashes)).toEqual(["same", "r1", "ours", "r2", "theirs"].map(idHash))
  expect(JSON.parse(usage)).toEqual(entries.map(usageEntry))
  const day = dayStart(NOW)
  const spent = { day, byokNano: 0, requests: 1 }
  expect(JSON.parse(spending)).toEqual([
    { account: "key:key-1", spentNano: 3, ...spent },
    { account: "project:default", day, spentNano: 7, byokNano: 0, requests: 2 },
    { account: "organisation", day, spentNano: 7, byokNano: 0, requests: 2 },
    { account: "key:key-2", spentNano: 4, ...spent },
  ])
  expect(unpackEntries(packEntries(text))).toStrictEqual(entries)
})

test("the hash of an id never changes, for databases hold it", () => {
  expect(idHash("123456789")).toBe(0xcbf43926)
  expect(idHash("chatcmpl-Ünï")).toBe(4_188_517_296)
})

test("what a batch adds to usage is one sum for each series and hour, not one for each request", () => {
  const entries = [1, 2, 3].map((number) => ({
    settledAt: NOW,
    generation: generation({ id: `gen-${number}`, costNano: number }),
  }))
  const other = { settledAt: NOW, generation: generation({ id: "gen-4", model: "another/model" }) }
  const { usage } = packBatch({ id: "b", bucket: 1, entries: [...entries, other] })
  const rows = JSON.parse(usage) as readonly [number, string, readonly number[], readonly number[]][]
  expect(rows.map(([, , sums]) => [sums[0], sums[8]])).toEqual([
    [3, 6],
    [1, usageEntry(other)[2][8]!],
  ])
})
