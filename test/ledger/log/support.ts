import { join } from "node:path"
import type { Generation } from "../../../src/contract/generation.ts"
import { type LogIndex, openLogIndex } from "../../../src/ledger/log/log-index.ts"
import type { LogFilter, LogPage, LogRow } from "../../../src/ledger/log/types.ts"
import type { LedgerEntry } from "../../../src/store/executor.ts"
import type { Store } from "../../../src/store/open-store.ts"
import { generation, NOW } from "../../store/support.ts"

export const anyLog: LogFilter = { conditions: [], ranges: [] }

/** Segments of this many rows and a few more, so that a test has many of them. */
export const smallSegment = 60

export const indexOf = (store: Store, dataDir: string, now: () => number = () => 0): LogIndex =>
  openLogIndex(join(dataDir, "log.db"), store.writer.query, now, smallSegment)

export const page = async (
  index: LogIndex,
  filter: LogFilter,
  more: { limit?: number; before?: LogPage["next"]; budgetMs?: number } = {},
): Promise<LogPage> => {
  const { limit = 1_000_000, budgetMs = 1e9, before } = more
  return (await index.ask({ kind: "search", filter, limit, budgetMs, ...(before ? { before } : {}) })) as LogPage
}

export const idsOf = (rows: readonly LogRow[]): readonly string[] => rows.map(({ texts }) => texts.id)

/** A generator that gives the same numbers in every run (Lehmer). */
export const numbers = (seed: number) => {
  let state = seed
  const next = (): number => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
  return { below: (count: number) => Math.floor(next() * count) }
}

/** As different as few values allow, so that filters meet, and miss, each other. */
export function varied(number: number, random: { below(count: number): number }): LedgerEntry {
  const { below } = random
  const pick = <T>(...values: T[]): T => values[below(values.length)]!
  const status = pick(200, 200, 200, 429, 502)
  const session = pick(undefined, "run-1", "run-2", `run-${number}`)
  const change: Partial<Generation> = {
    id: `gen-${number}`,
    requestId: `req-${number}`,
    keyId: pick("key-1", "key-2", "key-3"),
    model: pick("vendor/one", "vendor/two", "other/one", "other/%_*"),
    provider: pick("alpha", "beta", ""),
    status,
    ...(status === 200
      ? { finishReason: pick("stop", "length") }
      : { errorCode: pick("rate_limited", "upstream_error") }),
    streamed: below(2) === 0,
    cancelled: below(9) === 0,
    costNano: below(3) === 0 ? 0 : below(1_000_000_000_000),
    durationMs: below(100_000) / 2,
    ...(below(2) === 0 ? { firstPartMs: below(5_000) } : {}),
    ...(below(2) === 0 ? { owner: { member: pick("ann", "bob"), group: pick("a", "b") } } : {}),
    ...(session === undefined ? {} : { sessionId: session }),
    ...(below(3) === 0 ? { user: pick("u\u0000ser", "Jörg", "") } : {}),
    ...(below(2) === 0 ? { origin: pick("https://app.example", "https://other.example") } : {}),
    ...(below(2) === 0
      ? {
          labels: {
            requesty: {
              extra: { [pick("team", "Team")]: pick("red", "blue"), rare: below(40) === 0 ? "yes" : "" },
              tags: pick(["x"], ["x", "y"], []),
            },
          },
        }
      : {}),
  }
  return { settledAt: NOW + number * 1_000 + below(900), generation: generation(change) }
}

/** Recorded in batches of different sizes. */
export async function record(store: Store, entries: readonly LedgerEntry[], random: { below(count: number): number }) {
  let left = 1
  for (const { generation, settledAt } of entries) {
    store.writer.append(generation, settledAt)
    left -= 1
    if (left > 0) continue
    await store.writer.flush()
    left = 1 + random.below(25)
  }
  await store.writer.flush()
}
