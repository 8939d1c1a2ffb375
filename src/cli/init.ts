import { mkdir, writeFile } from "node:fs/promises"
import { basename, dirname, join, resolve as resolvePath } from "node:path"
import { exampleConfig, schemaFileName } from "../config/example.ts"
import { defaultConfigName, failureWords } from "../config/load.ts"
import { configJsonSchema } from "../config/schema-json.ts"
import type { Arguments } from "./arguments.ts"
import { type CliIo, CommandFailure, exitCode } from "./io.ts"

const write = async (path: string, text: string, force: boolean) => {
  try {
    await writeFile(path, text, { flag: force ? "w" : "wx" })
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code === "EEXIST")
      throw new CommandFailure(`${path} is there already; --force overwrites it`)
    throw new CommandFailure(`cannot write ${path}: ${failureWords(thrown)}`)
  }
}

/** Writes the example configuration and, beside it, the schema by which editors complete it. */
export const initCommand = async (args: Arguments, io: CliIo): Promise<number> => {
  const file = resolvePath(io.cwd, args.positionals[0] ?? defaultConfigName)
  const folder = dirname(file)
  const force = args.flag("force")
  await mkdir(folder, { recursive: true })
  await write(file, exampleConfig, force)
  // The schema is generated: replacing an older one loses nothing.
  await write(join(folder, schemaFileName), `${JSON.stringify(configJsonSchema(), null, 2)}\n`, true)
  const option = basename(file) === defaultConfigName && folder === io.cwd ? "" : ` --config ${file}`
  io.out(
    `Wrote ${file}\n      ${join(folder, schemaFileName)} (for editors)\n\nStart with:  signalbox serve${option}\n`,
  )
  return exitCode.fine
}
