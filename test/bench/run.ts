/**
 * CPU time per request of the gateway over that of a bare forwarder, in the same run and interleaved, so that a noisy machine hurts
 * both alike. Everything is on: key check with a limit (hold and settle), prices, ledger, metrics.
 *
 *   bun run bench            all cases
 *   bun run bench --soak     also 200,000 requests for the memory curve
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { drive, driveOne, type Target } from "./load.ts"
import { cpuMicroseconds, residentMegabytes, type Started, start } from "./process.ts"

const rounds = 7
const executable = join(import.meta.dir, "../../dist/signalbox")
const key = "bench-inference-key-0123456789"

/** Ordinary text: some quotes and line breaks, as in chats and code, which is what a scan of JSON text has to step over. */
const prose =
  'The signal is at danger until the line ahead is clear. "Is it clear?" asked the driver.\nNobody answered; the lamp stayed red for another minute, and then it changed.\n'

const body = (characters: number, stream: boolean): string =>
  JSON.stringify({
    model: "bench/model",
    messages: [
      { role: "system", content: "You are terse." },
      { role: "user", content: prose.repeat(Math.ceil(characters / prose.length)).slice(0, characters) },
    ],
    max_tokens: 256,
    temperature: 0.5,
    ...(stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  })

interface Case {
  readonly name: string
  readonly body: string
  readonly requests: number
  readonly concurrency: number
  readonly goal: number
  /** Things per request that the cost is divided by. */
  readonly units: number
  readonly unit: string
}

const cases: readonly Case[] = [
  {
    name: "1 KB request, whole answer",
    body: body(800, false),
    requests: 4000,
    concurrency: 32,
    goal: 1.6,
    units: 1,
    unit: "request",
  },
  {
    name: "100 KB request, whole answer",
    body: body(100_000, false),
    requests: 1500,
    concurrency: 16,
    goal: 2,
    units: 1,
    unit: "request",
  },
  {
    name: "stream of 200 events",
    body: body(800, true),
    requests: 120,
    concurrency: 60,
    goal: 1.4,
    units: 201,
    unit: "event",
  },
]

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!

async function main(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "signalbox-bench-"))
  const bun = process.execPath
  const upstream = await start([bun, join(import.meta.dir, "upstream.ts")], dir, /READY (\S+)/)
  const bare = await start([bun, join(import.meta.dir, "forwarder.ts"), upstream.url], dir, /READY (\S+)/)
  const gateway = await startGateway(dir, upstream.url)
  try {
    const targets: Target[] = [
      { name: "bare forwarder", url: bare.url, key },
      { name: "signalbox", url: `${gateway.url.replace(/\/$/, "")}/`, key },
    ]
    console.log(`start to first answer   ${gateway.startedInMs.toFixed(0)} ms`)
    console.log(`idle memory             ${residentMegabytes(gateway.pid).toFixed(1)} MB`)
    for (const one of cases) await compare(one, targets, [bare, gateway])
    await latency(targets)
    if (process.argv.includes("--soak")) await soak(targets[1]!, gateway)
  } finally {
    await Promise.all([gateway.stop(), bare.stop(), upstream.stop()])
    rmSync(dir, { recursive: true, force: true })
  }
}

async function startGateway(dir: string, upstream: string): Promise<Started> {
  const home = join(dir, "gateway")
  mkdirSync(home)
  writeFileSync(
    join(home, "signalbox.yaml"),
    JSON.stringify({
      server: { port: 0 },
      admin_key: "bench-management-key-0123456789",
      keys: [{ name: "bench", key, limit: 1_000_000, limit_reset: "monthly" }],
      providers: [
        {
          id: "bench",
          plugin: "openai-compatible",
          base_url: `${upstream}v1`,
          api_key: "upstream",
          models: [{ id: "bench/model", upstream: "bench-model", price: { input: 1, output: 2 }, max_output: 4096 }],
        },
      ],
    }),
  )
  return start([executable, "serve"], home, /(http:\/\/127\.0\.0\.1:\d+)/)
}

async function compare(one: Case, targets: readonly Target[], processes: readonly Started[]): Promise<void> {
  const cost: number[][] = targets.map(() => [])
  const speed: number[][] = targets.map(() => [])
  for (let round = -1; round < rounds; round++) {
    for (const [index, target] of targets.entries()) {
      const before = cpuMicroseconds(processes[index]!.pid)
      const began = performance.now()
      await drive(target, one.body, one.requests, one.concurrency)
      const seconds = (performance.now() - began) / 1000
      const used = cpuMicroseconds(processes[index]!.pid) - before
      // The first round only warms up.
      if (round < 0) continue
      cost[index]!.push(used / one.requests / one.units)
      speed[index]!.push(one.requests / seconds)
    }
  }
  const ratios = cost[0]!.map((bare, round) => cost[1]![round]! / bare)
  console.log(`\n${one.name}`)
  targets.forEach((target, index) => {
    console.log(
      `  ${target.name.padEnd(16)} ${median(cost[index]!).toFixed(1).padStart(7)} µs CPU per ${one.unit}   ${median(speed[index]!).toFixed(0).padStart(6)} requests/s`,
    )
  })
  const ratio = median(ratios)
  console.log(
    `  ratio            ${ratio.toFixed(2).padStart(7)}   goal ${one.goal}   ${ratio <= one.goal ? "reached" : "MISSED"}   (${ratios.map((value) => value.toFixed(2)).join(" ")})`,
  )
}

async function latency(targets: readonly Target[]): Promise<void> {
  const samples: number[][] = targets.map(() => [])
  for (let round = 0; round < 400; round++) {
    for (const [index, target] of targets.entries()) samples[index]!.push(await driveOne(target, cases[0]!.body))
  }
  const [bare, own] = samples.map(median)
  console.log(
    `\nadded latency, one request at a time   ${((own! - bare!) * 1000).toFixed(0)} µs (median ${(own! * 1000).toFixed(0)} µs over ${(bare! * 1000).toFixed(0)} µs)`,
  )
}

async function soak(target: Target, gateway: Started): Promise<void> {
  console.log("\nmemory over 200,000 requests")
  for (let block = 0; block <= 10; block++) {
    console.log(`  ${String(block * 20_000).padStart(7)}   ${residentMegabytes(gateway.pid).toFixed(1)} MB`)
    if (block < 10) await drive(target, cases[0]!.body, 20_000, 32)
  }
}

await main()
