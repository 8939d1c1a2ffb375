import { type Logger, messageOf } from "../contract/index.ts"
import { embedWords } from "../contract-suite/embed.ts"
import { bindCases, type CaseResult, runCase } from "../contract-suite/run.ts"
import { createContext } from "../host/context.ts"
import { Guard, Meter } from "../host/guard.ts"
import { Loader, loadMessage } from "../host/load.ts"
import { memoryRows } from "../host/memory-rows.ts"
import { registerModules } from "../host/modules.ts"
import { readOptions } from "../host/options.ts"
import { checkCapabilities } from "../host/self-check.ts"
import { memoryStorage, SharedValues } from "../host/shared.ts"
import { sourceAt } from "../host/sources.ts"
import { HookTimeout, runtimeTimers } from "../host/timers.ts"
import { exitCode } from "./io.ts"

export interface PluginCheck {
  readonly write: (text: string) => void
  /** What `plugins.use` would give. */
  readonly options?: unknown
  readonly secrets?: Readonly<Record<string, string>>
  readonly deadlineMs?: number
}

/** Loads a plugin as the gateway would and runs the contract's cases over all that it gives. Gives the exit code. */
export async function checkPlugin(path: string, check: PluginCheck): Promise<number> {
  registerModules()
  const { write } = check
  const source = await sourceAt(path)
  if (!source) {
    write(
      `${path}: neither a module file (.ts, .js, .tsx, .mjs) nor a folder with index.* or a package.json that names its entry\n`,
    )
    return exitCode.failed
  }
  const meter = new Meter(source.key)
  const settings = { hookMs: check.deadlineMs ?? 30_000, failures: 0, retryMs: 0, drainMs: 0 }
  const guard = new Guard({
    meter,
    settings,
    timers: runtimeTimers,
    clock: Date,
    onFault: ({ hook, message }) => write(`  fault in ${hook}: ${message}\n`),
  })
  const live = createContext({
    plugin: source.key,
    log: writingLog(write),
    fetch,
    secrets: check.secrets ?? {},
    redact: () => {},
    storage: memoryStorage(Date),
    rows: memoryRows(Date),
    embed: embedWords,
    shared: new SharedValues(),
    clock: Date,
    guard,
  })
  try {
    const plugin = await new Loader().load(source, (task) => guard.deadline(task, "loading"))
    write(`${plugin.name}: loaded\n`)
    const options = readOptions(plugin, check.options)
    const setup = (async () => plugin.setup(options, live.context))()
    const cases = bindCases(checkCapabilities(await guard.deadline(setup, "setup")))
    if (cases.length === 0) {
      write("failed: setup gives no capability\n")
      return exitCode.failed
    }
    const results: CaseResult[] = []
    for (const one of cases) results.push(await runInTime(guard, one))
    for (const result of results) write(describe(result))
    return summary(results, write)
  } catch (thrown) {
    write(`failed: ${loadMessage(thrown)}\n`)
    return exitCode.failed
  } finally {
    await live.dispose()
  }
}

async function runInTime(guard: Guard, one: ReturnType<typeof bindCases>[number]): Promise<CaseResult> {
  try {
    return await guard.deadline(runCase(one), one.subject)
  } catch (thrown) {
    const reason = thrown instanceof HookTimeout ? "did not end in time" : messageOf(thrown)
    return { subject: one.subject, name: one.name, why: one.why, outcome: "failed", reason }
  }
}

const marks = { passed: "ok    ", failed: "FAILED", skipped: "skipped" } as const

function describe({ subject, name, why, outcome, reason }: CaseResult): string {
  const line = `${marks[outcome]}  ${subject}: ${name}\n`
  return outcome === "passed" ? line : `${line}        ${reason}\n        why it matters: ${why}\n`
}

function summary(results: readonly CaseResult[], write: (text: string) => void): number {
  const failed = results.filter(({ outcome }) => outcome === "failed").length
  const passed = results.filter(({ outcome }) => outcome === "passed").length
  write(`${passed} passed, ${failed} failed\n`)
  return failed === 0 ? exitCode.fine : exitCode.failed
}

function writingLog(write: (text: string) => void): Logger {
  const at = (level: string) => (message: string, fields?: Readonly<Record<string, unknown>>) => {
    write(`  ${level}: ${message}${fields ? ` ${JSON.stringify(fields)}` : ""}\n`)
  }
  return { debug: () => {}, info: at("info"), warn: at("warn"), error: at("error") }
}
