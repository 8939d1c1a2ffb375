import { afterAll, expect, test } from "bun:test"
import { getTableConfig } from "drizzle-orm/sqlite-core"
import type { Generation } from "../../src/contract/generation.ts"
import { generationColumns, generationOf } from "../../src/store/generation-row.ts"
import { generations } from "../../src/store/schema.ts"
import { generation, NOW, newFolder, openTestStore, removeFolders } from "./support.ts"

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
  losses: [{ path: "logit_bias", action: "dropped", reason: "not known there" }],
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
  const [row] = await store.writer.query({ sql: "select * from generations", args: [] })
  expect(generationOf(row!)).toStrictEqual(recorded)
  await store.close()
})

test("the insert names the columns of the schema", () => {
  const described = getTableConfig(generations).columns.map(({ name }) => name)
  expect([...generationColumns].sort()).toEqual(described.sort())
})
