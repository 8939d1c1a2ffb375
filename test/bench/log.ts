/**
 * The log at ten million requests: `bun test/bench/log.ts [rows]`. Packed batches are written as the ledger does, a month of them; the log is
 * filled from them, and then asked. Each time is that of a page of 50 as the requests' thread waits for it, the first time and the best of
 * three. At the end the ledger is written at once with the log being filled, and without.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import Database from "libsql"
import type { Generation } from "../../src/contract/generation.ts"
import { openGenerations } from "../../src/ledger/generations.ts"
import { openFeedback } from "../../src/ledger/log/feedback.ts"
import { openLog } from "../../src/ledger/log/log.ts"
import type { LogFilter } from "../../src/ledger/log/types.ts"
import { openStore } from "../../src/store/open-store.ts"

const rows = Number(process.argv[2] ?? 10_000_000)
const batchRows = 500
const monthMs = 30 * 86_400_000
const start = Date.UTC(2026, 5, 1)
const quiet = () => undefined
const log = { debug: quiet, info: quiet, warn: quiet, error: console.error }
const dataDir = mkdtempSync(join(tmpdir(), "signalbox-log-"))
const clock = { now: () => start + monthMs }
const open = () =>
  openStore({
    dataDir,
    flushMs: 20,
    queueRows: 100_000,
    durability: "relaxed",
    log,
    clock,
    newId: () => crypto.randomUUID().slice(0, 8),
  })

/** The same numbers in every run (mulberry32). */
let seed = 7
const random = (): number => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
}
/** The first of them are the most frequent. */
const pick = (count: number): number => Math.floor(count * random() ** 3)
const hex = (): string =>
  Math.floor(random() * 0xffffffffffff)
    .toString(16)
    .padStart(12, "0")

function entryText(number: number, at: number): string {
  const model = `vendor-${pick(9)}/model-${pick(40)}`
  const failed = random() < 0.03
  const status = failed ? (random() < 0.5 ? 429 : 502) : 200
  const tokens = Math.floor(50 + 20_000 * random() ** 3)
  const first = Math.floor(200 + 3_000 * random() ** 4)
  const duration = first + Math.floor(20_000 * random() ** 3)
  const session = `run-${pick(rows / 20)}-${number % 7}`
  const id = `gen-${number.toString(36)}-${hex()}`
  const [key, provider] = [pick(400), `provider-${pick(12)}`]
  return `{"settledAt":${at},"generation":{"id":"${id}","requestId":"req_${hex()}${hex()}","keyId":"${"0".repeat(60)}${String(key).padStart(4, "0")}","owner":{"member":"member-${key % 120}","group":"group-${key % 15}"},"createdAt":${at - duration},"requestedModel":"${model}","model":"${model}","provider":"${provider}","upstreamModel":"${model}","api":"chat-completions","face":"requesty","streamed":${random() < 0.7},"cancelled":false,"status":${status},${failed ? '"errorCode":"rate_limited",' : '"finishReason":"stop",'}"usage":{"input":{"fresh":${tokens},"cacheRead":${pick(4) * 1000},"cacheWrite":0,"cacheWrite1h":0,"audio":0,"image":0},"output":{"text":${pick(2000)},"reasoning":0,"audio":0,"image":0}},"costNano":${tokens * 150 + pick(2000) * 600},"priceSource":"config","durationMs":${duration},"firstPartMs":${first},"attempts":[{"provider":"${provider}","model":"${model}","status":${status},"startedAt":${at - duration},"durationMs":${duration},"lane":"native","outcome":"${failed ? "failed" : "ok"}"}],"losses":[],"user":"user-${pick(5_000)}","sessionId":"${session}","origin":"https://app-${pick(60)}.example","userAgent":"OpenAI/JS 6.${pick(9)}.0","labels":{"requesty":{"trace_id":"trace-${hex()}","extra":{"team":"team-${pick(30)}","stage":"stage-${pick(3)}"}}},"route":{"strategy":"balanced","planned":["${provider}/${model}"],"demand":{"models":["${model}"],"inputTokens":${tokens}},"conversation":"${session}","conversationIsNamed":true}}}`
}

function write(): void {
  const database = new Database(join(dataDir, "signalbox.db"))
  database.exec("pragma synchronous = off")
  const insert = database.prepare(
    "insert into generation_batches (id, bucket, first_at, last_at, count, entries) values (?, ?, ?, ?, ?, ?)",
  )
  for (let number = 0; number < rows; ) {
    database.exec("begin immediate")
    for (let batch = 0; batch < 40 && number < rows; batch += 1) {
      const entries: string[] = []
      const at = (row: number) => start + Math.floor((row / rows) * monthMs)
      const firstAt = at(number)
      for (; entries.length < batchRows && number < rows; number += 1) entries.push(entryText(number, at(number)))
      const packed = Bun.zstdCompressSync(`[${entries.join(",")}]`, { level: 1 })
      insert.run([`b${number}`, firstAt, firstAt, at(number - 1), entries.length, packed])
    }
    database.exec("commit")
  }
  database.close()
}

const megabytes = (path: string): string => `${Math.round(statSync(path).size / 1e6)} MB`
const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(0)} s`
const store = await open()
const generations = openGenerations({ store })
const feedback = openFeedback({ store, generations, clock })
const searched = openLog({
  dataDir,
  store,
  feedback,
  clock,
  log,
  after: () => () => {},
  retentionDays: () => undefined,
  deadlineMs: 60_000,
})

const filter = (change: Partial<LogFilter>): LogFilter => ({ conditions: [], ranges: [], ...change })
const has = (column: string, ...values: string[]) => ({ columns: [column], values })
const day = (from: number, days = 1) => ({ from: start + from * 86_400_000, to: start + (from + days) * 86_400_000 })
const questions: Readonly<Record<string, LogFilter>> = {
  nothing: filter({}),
  "one model": filter({ conditions: [has("model", "vendor-0/model-0")] }),
  "failures of a key": filter({ conditions: [has("status", "4*", "5*"), has("key_id", `${"0".repeat(60)}0399`)] }),
  "three rare values together": filter({
    conditions: [has("model", "vendor-8/model-39"), has("provider", "provider-11"), has("extra.team", "team-29")],
  }),
  "what never happened together": filter({ conditions: [has("status", "200"), has("error", "rate_limited")] }),
  wildcards: filter({ conditions: [has("model", "vendor-8/*-3*"), has("app", "*app-5*"), has("error", "rate*")] }),
  "dear and slow": filter({
    ranges: [
      { column: "cost", min: 3_900_000 },
      { column: "latency", min: 22_000 },
    ],
  }),
  "dearer than any": filter({ ranges: [{ column: "cost", min: 1e12 }] }),
  "a session": filter({ conditions: [has("session", "run-4711-3")] }),
  "a session that is not": filter({ conditions: [has("session", "run-nobody")] }),
  "sessions by wildcard": filter({ conditions: [has("session", "run-77*-5")] }),
  "a trace that is not": filter({ conditions: [has("trace", "trace-nobody")] }),
  "free text": filter({
    conditions: [{ columns: ["id", "session", "user", "trace", "conversation"], values: ["user-4999"] }],
  }),
  "a day": filter(day(12)),
  "a day of a member and a tag": filter({
    ...day(12),
    conditions: [has("member", "member-7"), has("extra.stage", "stage-2")],
  }),
}

try {
  let began = performance.now()
  write()
  console.info(`${rows} rows written in ${seconds(began)}, ledger ${megabytes(join(dataDir, "signalbox.db"))}`)
  began = performance.now()
  await searched.fill()
  console.info(`log filled in ${seconds(began)}, ${megabytes(join(dataDir, "log.db"))}\n`)
  const timed = async (name: string, ask: () => Promise<number>) => {
    const times: number[] = []
    let count = 0
    for (let run = 0; run < 4; run += 1) {
      const at = performance.now()
      count = await ask()
      times.push(performance.now() - at)
    }
    const best = Math.min(...times.slice(1))
    console.info(`${name.padEnd(34)} ${times[0]!.toFixed(0).padStart(6)} ms${best.toFixed(0).padStart(6)} ms  ${count}`)
  }
  console.info(`search${" ".repeat(33)}first   best  rows`)
  for (const [name, wanted] of Object.entries(questions)) {
    await timed(name, async () => {
      const page = await searched.search({ filter: wanted, limit: 50, budgetMs: 150 })
      return page.next && page.rows.length < 50 ? -page.rows.length - 1 : page.rows.length
    })
  }
  console.info(`\nfacets${" ".repeat(33)}first   best  values`)
  for (const column of ["model", "key_id", "status", "extra.team", "app"])
    await timed(column, async () => (await searched.facets(filter({}), column, 50)).values)
  await timed(
    "model, of failures",
    async () => (await searched.facets(filter({ conditions: [has("status", "4*", "5*")] }), "model", 50)).values,
  )
  await timed("model, of a week", async () => (await searched.facets(filter(day(10, 7)), "model", 50)).values)
  await timed("sessions of a day", async () => (await searched.sessions(filter(day(12)), 50)).sessions.length)

  const sample = JSON.parse(entryText(1, start)) as { generation: Generation }
  const many = 50_000
  const pass = async (whileFilling: boolean): Promise<number> => {
    let wanted = whileFilling
    const filling = (async () => {
      while (wanted) {
        await searched.fill()
        await Bun.sleep(5)
      }
    })()
    const at = performance.now()
    for (let row = 0; row < many; row += 500) {
      for (let one = 0; one < 500; one += 1)
        generations.record({ ...sample.generation, id: `gen-${row + one}-${hex()}` }, clock.now())
      await store.writer.flush()
    }
    const took = performance.now() - at
    wanted = false
    await filling
    return (took * 1000) / many
  }
  await pass(false)
  const [alone, beside] = [await pass(false), await pass(true)]
  console.info(`\nledger, µs a row: ${alone.toFixed(1)} alone, ${beside.toFixed(1)} while the log is filled`)
} finally {
  await searched.close()
  await store.close()
  rmSync(dataDir, { recursive: true })
}
