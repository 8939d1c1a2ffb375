/**
 * CPU time per request of the gateway over that of a bare forwarder, in the same run and interleaved, so that a noisy machine hurts
 * both alike. Everything is on: key check with a limit (hold and settle), prices, ledger, metrics.
 *
 *   bun run bench                       all cases
 *   bun run bench --only messages       those with this in their name
 *   bun run bench --against FILE        another executable beside it, to compare two versions
 *   bun run bench --soak                also 200,000 requests for the memory curve
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { parseArgs } from "node:util"
import { type Case, cases } from "./cases.ts"
import { key, startGateway } from "./gateway.ts"
import { drive, driveOne, type Target } from "./load.ts"
import { cpuMicroseconds, residentMegabytes, type Started, start } from "./process.ts"

const { values: options } = parseArgs({
  args: process.argv.slice(2),
  options: { only: { type: "string" }, against: { type: "string" }, soak: { type: "boolean" } },
})

const rounds = 7
const executable = join(import.meta.dir, "../../dist/signalbox")

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!

/** A process under load. */
interface Contender extends Target {
  readonly process: Started
}

const contender = (name: string, process: Started): Contender => ({
  name,
  url: `${process.url.replace(/\/$/, "")}/`,
  key,
  process,
})

async function main(): Promise<void> {
  const wanted = cases.filter(({ name }) => name.includes(options.only ?? ""))
  const names = wanted.map(({ format }) => format)
  const dir = mkdtempSync(join(tmpdir(), "signalbox-bench-"))
  const running: Started[] = []
  const begin = async (starting: Promise<Started>): Promise<Started> => {
    const process = await starting
    running.push(process)
    return process
  }
  const script = (file: string, ...args: readonly string[]) =>
    begin(start([process.execPath, join(import.meta.dir, file), ...args], dir, /READY (\S+)/))
  try {
    const upstream = await script("upstream.ts")
    const bare = contender("bare forwarder", await script("forwarder.ts", upstream.url))
    const files = [executable, ...(options.against === undefined ? [] : [resolve(options.against)])]
    const gateways: Contender[] = []
    for (const [index, file] of files.entries()) {
      const home = join(dir, `gateway-${index}`)
      // Once for its folder and database, so that the start that counts is an ordinary one.
      await (await startGateway(file, home, upstream.url, names)).stop()
      const gateway = contender(
        index === 0 ? "signalbox" : "the other",
        await begin(startGateway(file, home, upstream.url, names)),
      )
      gateways.push(gateway)
      console.log(`${gateway.name.padEnd(12)} start ${gateway.process.startedInMs.toFixed(0).padStart(4)} ms`)
    }
    await Bun.sleep(settlingMs)
    for (const { name, process } of gateways)
      console.log(`${name.padEnd(12)} idle ${residentMegabytes(process.pid).toFixed(1).padStart(5)} MB`)
    for (const one of wanted) await compare(one, [bare, ...gateways])
    await latency(wanted[0]!, [bare, gateways[0]!])
    if (options.soak) await soak(wanted[0]!, gateways[0]!)
  } finally {
    await Promise.all(running.toReversed().map((process) => process.stop()))
    rmSync(dir, { recursive: true, force: true })
  }
}

/** What a process still does after it has said that it listens. */
const settlingMs = 1000

async function compare(one: Case, contenders: readonly Contender[]): Promise<void> {
  const cost: number[][] = contenders.map(() => [])
  const speed: number[][] = contenders.map(() => [])
  for (let round = -1; round < rounds; round++) {
    for (const [index, target] of contenders.entries()) {
      const { pid } = target.process
      const before = cpuMicroseconds(pid)
      const began = performance.now()
      await drive(target, one, one.requests, one.concurrency)
      const seconds = (performance.now() - began) / 1000
      const used = cpuMicroseconds(pid) - before
      // The first round only warms up.
      if (round < 0) continue
      cost[index]!.push(used / one.requests / one.units)
      speed[index]!.push(one.requests / seconds)
    }
  }
  console.log(`\n${one.name}`)
  for (const [index, { name }] of contenders.entries()) {
    console.log(
      `  ${name.padEnd(16)} ${median(cost[index]!).toFixed(1).padStart(7)} µs CPU per ${one.unit}   ${median(speed[index]!).toFixed(0).padStart(6)} requests/s`,
    )
  }
  for (const [index, { name }] of contenders.entries()) {
    if (index === 0) continue
    const ratios = cost[0]!.map((bare, round) => cost[index]![round]! / bare)
    const ratio = median(ratios)
    console.log(
      `  ${`ratio, ${name}`.padEnd(16)} ${ratio.toFixed(2).padStart(7)}   goal ${one.goal}   ${ratio <= one.goal ? "reached" : "MISSED"}   (${ratios.map((value) => value.toFixed(2)).join(" ")})`,
    )
  }
}

async function latency(one: Case, targets: readonly Target[]): Promise<void> {
  const samples: number[][] = targets.map(() => [])
  for (let round = 0; round < 400; round++) {
    for (const [index, target] of targets.entries()) samples[index]!.push(await driveOne(target, one))
  }
  const [bare, own] = samples.map(median)
  console.log(
    `\nadded latency, one request at a time   ${((own! - bare!) * 1000).toFixed(0)} µs (median ${(own! * 1000).toFixed(0)} µs over ${(bare! * 1000).toFixed(0)} µs)`,
  )
}

async function soak(one: Case, target: Contender): Promise<void> {
  console.log("\nmemory over 200,000 requests")
  for (let block = 0; block <= 10; block++) {
    console.log(`  ${String(block * 20_000).padStart(7)}   ${residentMegabytes(target.process.pid).toFixed(1)} MB`)
    if (block < 10) await drive(target, one, 20_000, 32)
  }
}

await main()
