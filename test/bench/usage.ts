/**
 * Questions about usage at ten million requests: `bun test/bench/usage.ts [REQUESTS] [FOLDER]`. Writes ninety days of them, rows and sums, in
 * the way in which the gateway does (a folder that has them already is used again), then prints how long each answer takes on the thread of
 * long reads, and what the requests' thread and the writer pay per request beside it.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Generation } from "../../src/contract/generation.ts"
import type { UsageQuery } from "../../src/ledger/usage/types.ts"
import { openUsage } from "../../src/ledger/usage/usage.ts"
import { databaseFile } from "../../src/store/client.ts"
import { openConnection } from "../../src/store/connection.ts"
import type { LedgerEntry } from "../../src/store/executor.ts"
import { openStore } from "../../src/store/open-store.ts"
import { packBatch } from "../../src/store/packed-batch.ts"
import { usageEntry } from "../../src/store/usage/entry.ts"
import { seeded } from "../ledger/usage/kit.ts"

const requests = Number(process.argv[2] ?? 10_000_000)
const kept = process.argv[3]
const days = 90
const dayMs = 86_400_000
const hourMs = 3_600_000
/** A Friday, noon. */
const NOW = Date.UTC(2026, 10, 20, 12)
const start = NOW - days * dayMs
const rounds = 7
const rowsPerBatch = 500
const compactRows = 4_000

const random = seeded(7)
const quiet = () => undefined
const log = { debug: quiet, info: quiet, warn: console.warn, error: console.error }
const word = (length: number): string => Array.from({ length }, () => "0123456789abcdef"[random.below(16)]).join("")

/** A few are used much, most are not. */
const skewed = (count: number): number => Math.floor(count * random.next() ** 2.5)

const providers = Array.from({ length: 8 }, (_, at) => `provider-${at}`)
const models = Array.from({ length: 60 }, (_, at) => ({
  name: `author-${at % 9}/model-${at}`,
  providers: Array.from({ length: 1 + (at % 2) }, () => random.oneOf(providers)),
}))
const apps = Array.from({ length: 30 }, (_, at) => [`https://app-${at}.example.com`, `App ${at}`] as const)
const keys = Array.from({ length: 300 }, (_, at) => ({
  id: word(64),
  owner: { member: `member-${at % 120}`, group: `group-${at % 15}` },
  models: Array.from({ length: 2 + random.below(5) }, () => models[skewed(60)]!),
  apps: Array.from({ length: 1 + random.below(2) }, () => apps[skewed(30)]!),
  tags:
    random.next() < 0.4
      ? Array.from({ length: 1 + random.below(6) }, (_, tag) => ({ Repo: `repo-${at % 9}-${tag}`, Environment: "ci" }))
      : [],
}))

const finished = (number: number, at: number): Generation => {
  const key = keys[skewed(300)]!
  const model = random.oneOf(key.models)
  const [origin, originTitle] = random.oneOf(key.apps)
  const provider = random.oneOf(model.providers)
  const durationMs = Math.round(300 * Math.exp(random.next() * 4))
  const input = random.below(20_000)
  const failed = random.next() < 0.02
  return {
    id: `gen-${number.toString(36)}-x8Yq2`,
    requestId: `req-${number.toString(36)}-Wm3`,
    upstreamId: `chatcmpl-${number.toString(36)}`,
    keyId: key.id,
    owner: key.owner,
    createdAt: at - durationMs,
    requestedModel: model.name,
    model: model.name,
    provider,
    upstreamModel: model.name,
    api: "chat-completions",
    face: "openrouter",
    streamed: true,
    cancelled: false,
    status: failed ? 502 : 200,
    usage: {
      input: { fresh: input, cacheRead: input >> 1, cacheWrite: 0, cacheWrite1h: 0, audio: 0, image: 0 },
      output: { text: random.below(2_000), reasoning: random.below(500), audio: 0, image: 0 },
    },
    costNano: input * 1_500,
    priceSource: "config",
    price: { input: 3, output: 15, cacheRead: 0.3 },
    durationMs,
    firstPartMs: Math.round(durationMs / 4),
    attempts: [{ provider, model: model.name, status: 200, startedAt: at, durationMs, lane: "native", outcome: "ok" }],
    losses: [],
    origin,
    originTitle,
    userAgent: "OpenAI/JS 5.0.0",
    ...(key.tags.length > 0 ? { labels: { requesty: { extra: random.oneOf(key.tags) } } } : {}),
  }
}

const open = (dataDir: string) =>
  openStore({
    dataDir,
    flushMs: 20,
    queueRows: 100_000,
    durability: "relaxed",
    log,
    clock: { now: () => NOW },
    newId: () => crypto.randomUUID().slice(0, 8),
  })

async function fill(dataDir: string): Promise<void> {
  await (await open(dataDir)).close()
  const connection = openConnection({
    path: databaseFile(dataDir),
    busyMs: 1_000,
    readOnly: false,
    alwaysDurable: false,
  })
  const began = performance.now()
  let packing = 0
  let writing = 0
  let compacting = 0
  let longest = 0
  for (let number = 0; number < requests; ) {
    const entries: LedgerEntry[] = []
    while (entries.length < rowsPerBatch && number < requests) {
      const settledAt = Math.floor(start + (number / requests) * days * dayMs)
      entries.push({ settledAt, generation: finished(number++, settledAt) })
    }
    const at = [performance.now()]
    const packed = packBatch({ id: `fill.${number}`, bucket: start + Math.floor(number / 1_000), entries })
    at.push(performance.now())
    connection.apply(packed)
    at.push(performance.now())
    if (number % compactRows === 0) while (!connection.compact()) {}
    at.push(performance.now())
    packing += at[1]! - at[0]!
    writing += at[2]! - at[1]!
    compacting += at[3]! - at[2]!
    longest = Math.max(longest, at[3]! - at[2]!)
    if (number % 1_000_000 === 0)
      console.info(`${number / 1_000_000} million after ${Math.round((performance.now() - began) / 1_000)} s`)
  }
  connection.close()
  const each = (ms: number) => ((ms * 1_000) / requests).toFixed(2)
  console.info(
    `per request, µs: packed ${each(packing)}, written ${each(writing)}, added up ${each(compacting)} (longest ${longest.toFixed(0)} ms)`,
  )
}

const month = { from: NOW - 90 * dayMs, to: NOW }
const questions: readonly (readonly [name: string, query: UsageQuery])[] = [
  [
    "activity: 30 days by model and provider",
    {
      from: NOW - 30 * dayMs,
      to: NOW - 12 * hourMs,
      resolution: "day",
      groupBy: ["model", "provider"],
      filter: { provider: { not: null } },
      measures: ["inputTokens", "outputTokens", "reasoningTokens", "byokNano"],
    },
  ],
  [
    "a key, 90 days by day and model",
    { ...month, resolution: "day", groupBy: ["model"], filter: { key: keys[3]!.id } },
  ],
  [
    "organisation, 90 days by member and extra.Repo",
    { ...month, resolution: "month", groupBy: ["member", "extra.Repo"] },
  ],
  [
    "organisation, 30 days by day, group and extra.Repo",
    { ...month, from: NOW - 30 * dayMs, resolution: "day", groupBy: ["group", "extra.Repo"] },
  ],
  ["breakdown by key, 90 days", { ...month, groupBy: ["key"] }],
  ["breakdown by app and model, 90 days", { ...month, groupBy: ["app", "model"] }],
  [
    "analytics, 90 days by day and model, percentiles",
    { ...month, resolution: "day", groupBy: ["model"], latency: [0.5, 0.95], firstPart: [0.5] },
  ],
  [
    "analytics, 7 days by hour and provider, percentiles",
    { ...month, from: NOW - 7 * dayMs, resolution: "hour", groupBy: ["provider"], latency: [0.5, 0.95] },
  ],
  ["all, 90 days by hour", { ...month, resolution: "hour", groupBy: [], measures: [] }],
]

async function ask(dataDir: string): Promise<void> {
  const store = await open(dataDir)
  const usage = openUsage({ store, clock: { now: () => NOW } })
  // As it mostly is: some wait to be added up.
  for (let number = 0; number < compactRows - rowsPerBatch; number += 1)
    store.writer.append(finished(number, NOW - 1), NOW - 1)
  await store.writer.flush()
  const measure = async (name: string, work: () => Promise<number>): Promise<void> => {
    const times: number[] = []
    let rows = 0
    for (let round = 0; round < rounds; round += 1) {
      const began = performance.now()
      rows = await work()
      times.push(performance.now() - began)
    }
    const [first] = times
    const sorted = times.toSorted((one, other) => one - other)
    console.info(
      `${name.padEnd(52)} ${String(rows).padStart(6)} rows ${first!.toFixed(0).padStart(6)} ${sorted[rounds >> 1]!.toFixed(0).padStart(6)} ${sorted.at(-1)!.toFixed(0).padStart(6)}`,
    )
  }
  console.info(`\n${"ms per answer".padEnd(64)}  first median  worst`)
  for (const [name, query] of questions) await measure(name, async () => (await usage.query(query)).length)
  await measure("month end", async () => Math.sign((await usage.projectMonth({})).projectedNano))
  await measure("export, first piece (days, key and model)", async () => {
    const pieces = usage.stream({ ...month, resolution: "day", groupBy: ["key", "model"] })
    const { value } = await pieces.next()
    await pieces.return(undefined)
    return (value as readonly unknown[]).length
  })
  await store.close()
}

function entryCost(): void {
  const entries = Array.from({ length: 20_000 }, (_, number) => ({ settledAt: NOW, generation: finished(number, NOW) }))
  const time = (work: (entries: readonly LedgerEntry[]) => unknown): number => {
    let best = Number.POSITIVE_INFINITY
    for (let round = 0; round < 8; round += 1) {
      const began = performance.now()
      for (let at = 0; at < entries.length; at += 80) work(entries.slice(at, at + 80))
      best = Math.min(best, performance.now() - began)
    }
    return (best * 1_000) / entries.length
  }
  const packed = time((some) => JSON.stringify(some.map(usageEntry)))
  const rows = time((some) => JSON.stringify(some))
  console.info(`\nrequests' thread, µs per request: usage ${packed.toFixed(2)}, the row itself ${rows.toFixed(2)}`)
}

const dataDir = kept ?? mkdtempSync(join(tmpdir(), "signalbox-usage-"))
mkdirSync(dataDir, { recursive: true })
try {
  if (!existsSync(databaseFile(dataDir))) await fill(dataDir)
  console.info(`database: ${Math.round(statSync(databaseFile(dataDir)).size / 1_000_000)} MB`)
  await ask(dataDir)
  entryCost()
} finally {
  if (kept === undefined) rmSync(dataDir, { recursive: true })
}
