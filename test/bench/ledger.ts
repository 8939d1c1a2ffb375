/**
 * What a finished request costs in the ledger, CPU time per row: `bun test/bench/ledger.ts`. `main` is what the requests' thread pays (the
 * same run without the ledger is taken off), `threads` what all others pay: the writer, and the collectors of garbage.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Generation } from "../../src/contract/generation.ts"
import { openGenerations } from "../../src/ledger/generations.ts"
import { openStore } from "../../src/store/open-store.ts"

const SECONDS = 4
const TURN_MS = 2
const quiet = () => undefined
const log = { debug: quiet, info: quiet, warn: console.warn, error: console.error }
const dataDir = mkdtempSync(join(tmpdir(), "signalbox-ledger-"))
const store = await openStore({
  dataDir,
  flushMs: 20,
  queueRows: 100_000,
  durability: "relaxed",
  log,
  clock: Date,
  newId: () => crypto.randomUUID().slice(0, 8),
})
const ledger = openGenerations({ store })

const word = (): string => crypto.randomUUID().replaceAll("-", "").slice(0, 24)
const keyIds = Array.from({ length: 8 }, () => (word() + word() + word()).slice(0, 64))
const price = { input: 0.15, output: 0.6 }

/** As the native lane records it: one attempt, the client sees the upstream's id. */
const finished = (number: number): Generation => {
  const id = `chatcmpl-${word()}`
  const now = Date.now()
  return {
    id,
    requestId: `req-${word()}`,
    keyId: keyIds[number % keyIds.length]!,
    createdAt: now,
    requestedModel: "openai/gpt-4o-mini",
    model: "openai/gpt-4o-mini",
    provider: "openai",
    upstreamModel: "gpt-4o-mini",
    api: "chat-completions",
    face: "openrouter",
    streamed: false,
    cancelled: false,
    status: 200,
    usage: {
      input: { fresh: 1_000 + (number % 100), cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, audio: 0, image: 0 },
      output: { text: 200, reasoning: 0, audio: 0, image: 0 },
    },
    costNano: 270_000,
    priceSource: "config",
    durationMs: 12,
    attempts: [
      {
        provider: "openai",
        model: "openai/gpt-4o-mini",
        status: 200,
        startedAt: now,
        durationMs: 10.25,
        lane: "native",
        outcome: "ok",
      },
    ],
    losses: [],
    upstreamId: id,
    finishReason: "stop",
    nativeFinishReason: "stop",
    price,
    firstPartMs: 10,
    userAgent: "OpenAI/JS 5.0.0",
  }
}

/** Nanoseconds on a processor, by thread. */
const threads = (): Map<string, number> =>
  new Map(
    readdirSync("/proc/self/task").map((id) => [
      id,
      Number(readFileSync(`/proc/self/task/${id}/schedstat`, "utf8").split(" ")[0]),
    ]),
  )

interface Cost {
  readonly rows: number
  readonly main: number
  readonly others: number
}

const measure = async (rate: number, take: (generation: Generation) => void): Promise<Cost> => {
  const before = threads()
  const began = performance.now()
  let rows = 0
  for (let elapsed = 0; elapsed < SECONDS * 1_000; elapsed = performance.now() - began) {
    const due = rate === Number.POSITIVE_INFINITY ? rows + 500 : Math.floor((elapsed * rate) / 1_000)
    while (rows < due) take(finished(rows++))
    if (rate === Number.POSITIVE_INFINITY) await store.writer.flush()
    else await Bun.sleep(TURN_MS)
  }
  await store.writer.flush()
  const cost = { rows, main: 0, others: 0 }
  for (const [id, spent] of threads())
    cost[Number(id) === process.pid ? "main" : "others"] += spent - (before.get(id) ?? 0)
  return cost
}

const perRow = (nanoseconds: number, rows: number): string => (nanoseconds / 1_000 / rows).toFixed(1).padStart(8)

try {
  await measure(4_000, (generation) => ledger.record(generation, generation.createdAt))
  console.info("rows/s        rows    main  threads     all  µs CPU per row")
  for (const rate of [1_000, 4_000, Number.POSITIVE_INFINITY]) {
    const bare = await measure(rate, () => undefined)
    const full = await measure(rate, (generation) => ledger.record(generation, generation.createdAt))
    const main = full.main - (bare.main / bare.rows) * full.rows
    const others = full.others - (bare.others / bare.rows) * full.rows
    const name = rate === Number.POSITIVE_INFINITY ? "flat out" : String(rate)
    console.info(
      `${name.padEnd(8)} ${String(full.rows).padStart(9)}${perRow(main, full.rows)}${perRow(others, full.rows)} ${perRow(main + others, full.rows)}`,
    )
  }
} finally {
  await store.close()
  rmSync(dataDir, { recursive: true })
}
