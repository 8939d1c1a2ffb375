import type { Config } from "../config/config.ts"
import { GatewayError } from "../contract/errors.ts"
import { isObject } from "../contract/json.ts"
import { cell } from "../http/export.ts"
import { readUsageQuery } from "../http/usage/read.ts"
import { type UsageLine, usageLine } from "../http/usage/row.ts"
import { openUsage } from "../ledger/usage/usage.ts"
import type { Arguments } from "./arguments.ts"
import { type CliIo, CommandFailure, exitCode, UsageError } from "./io.ts"
import { openLocalStore } from "./local-store.ts"
import { acquireLock, heldMessage } from "./lock.ts"
import { reach } from "./reach.ts"
import { table } from "./table.ts"

const formats = ["table", "csv", "jsonl"] as const

/** `signalbox usage`: what `GET /admin/usage` says, or what it would. */
export const usageReportCommand = async (args: Arguments, io: CliIo): Promise<number> => {
  const format = formats.find((one) => one === (args.text("format") ?? "table"))
  if (format === undefined) throw new UsageError(`--format must be one of ${formats.join(", ")}`)
  const query = questionOf(args)
  const found = await reach(args, io)
  const lines =
    found.kind === "gateway"
      ? linesIn(await found.client.ask("GET", `/admin/usage?${query}`))
      : await localLines(found.config, query, io)
  print(lines, format, io)
  return exitCode.fine
}

function questionOf(args: Arguments): URLSearchParams {
  const query = new URLSearchParams(args.text("where") ?? "")
  const given = { from: "from", to: "to", resolution: "resolution", group_by: "by", percentiles: "percentiles" }
  for (const [name, option] of Object.entries(given)) {
    const text = args.text(option)
    if (text !== undefined) query.set(name, text)
  }
  return query
}

function linesIn(answer: unknown): readonly UsageLine[] {
  const data = isObject(answer) ? answer.data : undefined
  if (!Array.isArray(data)) throw new CommandFailure("the gateway's answer has no data; is it of another version?")
  return data as readonly UsageLine[]
}

async function localLines(config: Config, parameters: URLSearchParams, io: CliIo): Promise<readonly UsageLine[]> {
  const taken = acquireLock(config.dataDir, { role: "usage command" })
  if (!taken.ok) throw new CommandFailure(heldMessage(config.dataDir, taken.holder, taken.foreign))
  try {
    const query = readUsageQuery(parameters, io.now())
    const store = await openLocalStore(config, io)
    try {
      const rows = await openUsage({ store, clock: io }).query(query)
      return rows.map((row) => usageLine(row, query))
    } finally {
      await store.close()
    }
  } catch (thrown) {
    throw GatewayError.is(thrown) ? new CommandFailure(thrown.message) : thrown
  } finally {
    taken.lock.release()
  }
}

/** What a terminal has room for, beside what it is grouped by; files have all of it. */
const shownSums = ["requests", "failed", "input_tokens", "output_tokens", "cost", "error_rate", "latency_ms"]
const sumNames = "requests"

function print(lines: readonly UsageLine[], format: (typeof formats)[number], io: CliIo): void {
  if (format === "jsonl") {
    for (const line of lines) io.out(`${JSON.stringify(line)}\n`)
    return
  }
  const [first] = lines
  if (first === undefined) {
    if (format === "table") io.out("Nothing was used in that time.\n")
    return
  }
  const all = Object.keys(first)
  if (format === "csv") {
    for (const row of [all, ...lines.map((line) => Object.values(line))]) io.out(`${row.map(cell).join(",")}\r\n`)
    return
  }
  const names = [
    ...all.slice(0, all.indexOf(sumNames)),
    ...shownSums,
    ...all.filter((name) => /_p[\d.]+_ms$/.test(name)),
  ]
  const rows = lines.map((line) => names.map((name) => shown(name, line[name] ?? null)))
  io.out(table([names.map((name) => name.toUpperCase()), ...rows]))
}

const shown = (name: string, value: string | number | null): string => {
  if (value === null) return "-"
  if (name === "key" && typeof value === "string") return value.slice(0, 12)
  return name === "cost" ? usdText(Number(value)) : String(value)
}

/** Small sums in full: four places would show them as nothing. */
const usdText = (amount: number): string =>
  amount === 0 || amount >= 0.1 ? amount.toFixed(4) : amount.toFixed(9).replace(/0+$/, "")
