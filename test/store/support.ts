import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Generation } from "../../src/contract/generation.ts"
import type { Logger } from "../../src/contract/plugin.ts"
import { emptyUsage } from "../../src/contract/usage.ts"
import type { LedgerEntry } from "../../src/store/executor.ts"
import { openStore, type Store, type StoreOptions } from "../../src/store/open-store.ts"
import { unpackEntries } from "../../src/store/packed-batch.ts"
import type { UsageAnswer } from "../../src/store/usage/question.ts"
import type { UsageQuery } from "../../src/store/usage/usage-types.ts"

/** Folders made by a test file; call `removeFolders` in its `afterAll`. */
const folders: string[] = []

export const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-store-"))
  folders.push(folder)
  return folder
}

export const removeFolders = (): void => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
}

export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error"
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>> | undefined
}

export const recordingLog = (): Logger & { readonly lines: LogLine[] } => {
  const lines: LogLine[] = []
  const at = (level: LogLine["level"]) => (message: string, fields?: Readonly<Record<string, unknown>>) => {
    lines.push({ level, message, fields })
  }
  return { lines, debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") }
}

/** 2026-03-04 12:00 UTC, a Wednesday. */
export const NOW = Date.UTC(2026, 2, 4, 12)

export const fixedClock = (start = NOW) => {
  const clock = { time: start, now: () => clock.time }
  return clock
}

let ids = 0
export const newId = (): string => `t${(++ids).toString(36)}`

export const openTestStore = (dataDir: string, options: Partial<StoreOptions> = {}): Promise<Store> =>
  openStore({
    dataDir,
    flushMs: 5,
    queueRows: 1_000,
    durability: "relaxed",
    log: recordingLog(),
    clock: fixedClock(),
    newId,
    retryMs: 1,
    busyMs: 0,
    ...options,
  })

export const generation = (change: Partial<Generation> = {}): Generation => ({
  id: "gen-1",
  requestId: "req-1",
  keyId: "key-1",
  createdAt: NOW - 1_000,
  requestedModel: "openai/gpt-4o-mini",
  model: "openai/gpt-4o-mini",
  provider: "openai",
  upstreamModel: "gpt-4o-mini",
  api: "chat-completions",
  face: "openrouter",
  streamed: true,
  cancelled: false,
  status: 200,
  usage: { ...emptyUsage, input: { ...emptyUsage.input, fresh: 10 }, output: { ...emptyUsage.output, text: 5 } },
  costNano: 1_000,
  priceSource: "config",
  durationMs: 12.5,
  attempts: [],
  losses: [],
  ...change,
})

export const rowCount = async (store: Store): Promise<number> => (await storedEntries(store)).length

/** Every row of the ledger, in the order in which they were written. */
export const storedEntries = async (store: Store): Promise<LedgerEntry[]> =>
  (await store.writer.query({ sql: "select entries from generation_batches order by number", args: [] })).flatMap(
    (row) => unpackEntries(row.entries),
  )

/** Spent in total per key, as the database has it. */
export const storedTotals = async (store: Store): Promise<Record<string, number>> =>
  Object.fromEntries(
    (
      await store.writer.query({
        sql: "select account, spent_nano from spending where day = 0 and account like 'key:%'",
        args: [],
      })
    ).map((row) => [String(row.account).slice("key:".length), Number(row.spent_nano)]),
  )

/** All usage there ever was, whoever answers. */
export const usageTotals = async (ask: (query: UsageQuery) => Promise<UsageAnswer>) => {
  const { stretches } = await ask({
    from: 0,
    to: Date.UTC(2100, 0, 1),
    groupBy: [],
    measures: ["requests", "costNano"],
  })
  const [requests = 0, costNano = 0] = stretches.flatMap(({ sums }) => [...sums])
  return { requests, costNano }
}
