import { mkdir, stat, writeFile } from "node:fs/promises"
import { dirname, join, resolve as resolvePath } from "node:path"
import { failureWords } from "../config/load.ts"
import { suggest } from "../config/suggest.ts"
import type { Arguments } from "./arguments.ts"
import { type CliIo, CommandFailure, exitCode, UsageError } from "./io.ts"
import { type PluginKind, pluginKinds, scaffoldPlugin } from "./plugin-new.ts"

const kindOf = (word: string): PluginKind => {
  const found = pluginKinds.find((kind) => kind === word)
  if (found) return found
  const hint = suggest(word, pluginKinds)
  throw new UsageError(`KIND must be one of ${pluginKinds.join(", ")}${hint ? `; did you mean ${hint}?` : ""}`)
}

/** Writes a new plugin into a folder of its own, which must not be there yet. */
export const newPluginCommand = async (args: Arguments, io: CliIo): Promise<number> => {
  const kind = kindOf(args.positionals[0]!)
  const name = args.positionals[1]!
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    throw new UsageError(`NAME must be lower-case words with dashes between them, like my-${kind}`)
  const folder = resolvePath(io.cwd, args.text("dir") ?? "plugins", name)
  if (await stat(folder).catch(() => undefined)) throw new CommandFailure(`${folder} is there already`)
  const files = scaffoldPlugin(kind, name)
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), text, { flag: "wx" })
    }
  } catch (thrown) {
    throw new CommandFailure(`cannot write ${folder}: ${failureWords(thrown)}`)
  }
  io.out(
    `Wrote ${Object.keys(files)
      .map((path) => join(folder, path))
      .join("\n      ")}\n\n`,
  )
  io.out(`Check it with:  signalbox check ${folder}\n`)
  return exitCode.fine
}
