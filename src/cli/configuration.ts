import { readFile } from "node:fs/promises"
import { type ConfigSource, type LoadedConfig, loadConfig } from "../config/load.ts"
import { formatProblem } from "../config/problem.ts"
import type { ConfigOverrides } from "../config/resolve/resolve.ts"
import type { Arguments } from "./arguments.ts"
import type { CliIo } from "./io.ts"

/** Loads what `--config`, `--data-dir`, `--host` and `--port` of a command say. Throws ConfigError. */
export const loadFor = (args: Arguments, io: CliIo, file = args.text("config")): Promise<LoadedConfig> => {
  const host = args.text("host")
  const port = args.number("port", { minimum: 0, maximum: 65535, whole: true })
  const dataDir = args.text("data-dir")
  const overrides: ConfigOverrides = {
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(dataDir === undefined ? {} : { dataDir }),
  }
  const source: ConfigSource = {
    cwd: io.cwd,
    env: io.env,
    readFile: (path) => readFile(path, "utf8"),
    overrides,
    nowMs: io.now(),
    ...(file === undefined ? {} : { file }),
  }
  return loadConfig(source)
}

/** Tells what is allowed but probably not meant. */
export const warn = ({ warnings }: LoadedConfig, io: CliIo) => {
  for (const warning of warnings) io.error(`warning: ${formatProblem(warning)}\n`)
}
