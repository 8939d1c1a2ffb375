import { resolve as resolvePath } from "node:path"
import { createStandings } from "../../accounts/standing/standing.ts"
import { GatewayError } from "../../contract/index.ts"
import { generationsBetween } from "../../ledger/history.ts"
import { NotWrittenDown, type Recorded } from "../../pipeline/replay/recorded-inquiry.ts"
import type { Arguments } from "../arguments.ts"
import { checkAssembly } from "../check-assembly.ts"
import { loadFor, warn } from "../configuration.ts"
import { type CliIo, exitCode, UsageError } from "../io.ts"
import { askersOf } from "./askers.ts"
import { type Assembled, assemble, noNetwork } from "./assemble.ts"
import { reportText } from "./print.ts"
import { unreplayable } from "./recorded.ts"
import { openPast, type RecordedPast } from "./recorded-past.ts"
import { Replay } from "./replay.ts"
import type { Report } from "./report.ts"
import { reportJson } from "./report-json.ts"
import { spanOf } from "./span.ts"
import { Tally } from "./tally.ts"

const usualSpan = "24h"
const usualRows = 20

const healths = ["well", "recorded"] as const

/** Plans what was recorded again, in another configuration, and tells what would be different. Calls nobody and writes nothing. */
export const planCommand = async (args: Arguments, io: CliIo): Promise<number> => {
  const span = spanOf(args.text("last") ?? usualSpan)
  const limit = args.number("limit", { minimum: 1, whole: true })
  const seed = args.number("seed", { minimum: 0, whole: true }) ?? 0
  const health = args.text("health") ?? healths[0]
  if (!healths.some((word) => word === health))
    throw new UsageError(`--health must be ${healths.join(" or ")}, not ${JSON.stringify(health)}`)
  const file = args.positionals[0]!
  const next = await loadFor(args, io, resolvePath(io.cwd, file))
  const quiet: CliIo = { ...io, fetch: noNetwork }
  warn(next, io)
  const { problems, warnings } = await checkAssembly(next, quiet)
  for (const warning of warnings) io.error(`warning: ${warning}\n`)
  for (const problem of problems) io.error(`${problem}\n`)
  if (problems.length > 0) return exitCode.usage
  const present = await loadFor(args, io)
  const past = await openPast(present.config, (text) => io.error(`warning: ${text}\n`))
  const clock = { time: io.now(), now: () => clock.time }
  const opened: Assembled[] = []
  const open = async (config: typeof next.config) => {
    const { declared, documents, keys: stored, keyNames: names } = past
    const assembled = await assemble({ config, declared, documents, clock, io })
    opened.push(assembled)
    const asker = await askersOf({ config, stored, names, clock: { now: io.now } })
    const standings = createStandings({ directory: () => past.directory, config: () => config })
    return { ...assembled, asker, standingOf: standings.of }
  }
  try {
    const to = io.now()
    const from = to - span
    const sides = { present: await open(present.config), next: await open(next.config) }
    const spent = await past.spentBefore(from)
    const replay = new Replay({ ...sides, clock, from, spent, seed, recordedHealth: health === "recorded" })
    const report = await replayAll(past, replay, from, to)
    if (args.flag("json")) io.out(`${JSON.stringify(reportJson(report, limit))}\n`)
    else io.out(reportText(report, file, limit ?? usualRows))
    return exitCode.fine
  } catch (thrown) {
    if (!GatewayError.is(thrown) || thrown.code !== "conflict") throw thrown
    io.error(`${file}: ${thrown.message}\n`)
    return exitCode.usage
  } finally {
    past.close()
    for (const assembled of opened) await assembled.close()
  }
}

/** One request after the other, so that a million of them need no more memory than a thousand. */
async function replayAll(past: RecordedPast, replay: Replay, from: number, to: number): Promise<Report> {
  const tally = new Tally()
  for await (const row of generationsBetween(past.query, from, to)) {
    const why = unreplayable(row)
    if (why !== undefined) tally.leave(why)
    else
      try {
        tally.add(await replay.replay(row as Recorded))
      } catch (thrown) {
        if (!(thrown instanceof NotWrittenDown)) throw thrown
        tally.leave(thrown.message)
      }
  }
  return tally.report(from, to, replay)
}
