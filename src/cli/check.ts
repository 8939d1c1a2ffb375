import { stat } from "node:fs/promises"
import { resolve as resolvePath } from "node:path"
import { defaultConfigName } from "../config/load.ts"
import { configJsonSchema } from "../config/schema-json.ts"
import type { Arguments } from "./arguments.ts"
import { loadFor, warn } from "./configuration.ts"
import { type CliIo, CommandFailure, exitCode, UsageError } from "./io.ts"

const count = (amount: number, one: string, many = `${one}s`) => `${amount} ${amount === 1 ? one : many}`

const checkConfiguration = async (args: Arguments, io: CliIo, file: string | undefined): Promise<number> => {
  const loaded = await loadFor(args, io, file)
  warn(loaded, io)
  const { checkAssembly } = await import("./check-assembly.ts")
  const { problems, warnings } = await checkAssembly(loaded, io)
  for (const warning of warnings) io.error(`warning: ${warning}\n`)
  for (const problem of problems) io.error(`${problem}\n`)
  if (problems.length > 0) return exitCode.usage
  if (loaded.file === undefined) {
    io.out(`There is no ${defaultConfigName} here; the defaults hold. Write one with: signalbox init\n`)
    return exitCode.fine
  }
  const { keys, providers, providersFromEnvironment, aliases, policies } = loaded.config
  const upstreams = providersFromEnvironment ? "providers from the environment" : count(providers.length, "provider")
  const parts = [
    upstreams,
    count(keys.length, "key"),
    count(Object.keys(aliases).length, "alias", "aliases"),
    count(Object.keys(policies).length, "policy", "policies"),
  ]
  io.out(`${loaded.file}: fine (${parts.join(", ")})\n`)
  return exitCode.fine
}

const isPlugin = async (path: string): Promise<boolean> => {
  const found = await stat(path).catch(() => undefined)
  return found?.isDirectory() || /\.(ts|tsx|js|mjs)$/.test(path)
}

/** Checks the configuration, a named one, or a plugin; with `--schema` prints the configuration's JSON Schema instead. */
export const checkCommand = async (args: Arguments, io: CliIo): Promise<number> => {
  const named = args.positionals[0]
  if (args.flag("schema")) {
    if (named !== undefined) throw new UsageError("--schema checks nothing; leave the file out")
    io.out(`${JSON.stringify(configJsonSchema(), null, 2)}\n`)
    return exitCode.fine
  }
  if (named === undefined) return checkConfiguration(args, io, args.text("config"))
  if (args.text("config") !== undefined) throw new UsageError("give the file once, with --config or without")
  const path = resolvePath(io.cwd, named)
  if (!(await isPlugin(path))) return checkConfiguration(args, io, named)
  if (!(await stat(path).catch(() => undefined))) throw new CommandFailure(`${path} is not there`)
  const { checkPlugin } = await import("./check-plugin.ts")
  return checkPlugin(path, { write: io.out })
}
