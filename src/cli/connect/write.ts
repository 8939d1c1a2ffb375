import { copyFile, mkdir, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises"
import { dirname } from "node:path"
import { failureWords } from "../../config/load.ts"
import type { JsonObject } from "../../contract/json.ts"
import type { AgentFile } from "../../http/docs/agent.ts"
import { CommandFailure } from "../io.ts"
import { editEnv } from "./edit-env.ts"
import { editJson } from "./edit-json.ts"
import { editToml } from "./edit-toml.ts"
import { UnsafeEdit } from "./merge.ts"

export interface PlannedFile {
  readonly path: string
  readonly form: AgentFile["form"]
  readonly content: JsonObject
}

interface Change extends PlannedFile {
  /** What is there; undefined where nothing is. */
  readonly before: string | undefined
  readonly after: string
}

const editors = { json: editJson, toml: editToml, env: editEnv } as const

const codeOf = (thrown: unknown): unknown => (thrown as { code?: unknown } | null)?.code

const readExisting = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, "utf8")
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return undefined
    throw new CommandFailure(`cannot read ${path}: ${failureWords(thrown)}`)
  }
}

const plan = async (file: PlannedFile): Promise<Change> => {
  const before = await readExisting(file.path)
  try {
    // Windows editors begin files with a mark that no parser wants.
    const mark = before?.startsWith("\uFEFF") ? "\uFEFF" : ""
    const after = mark + editors[file.form]((before ?? "").slice(mark.length), file.content)
    return { ...file, before, after }
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError || thrown instanceof UnsafeEdit)) throw thrown
    throw new CommandFailure(
      `${file.path} cannot be changed safely and was left as it is: ${thrown.message}. Mend it, or copy what the command prints without --write`,
    )
  }
}

/** A name that loses no earlier copy. */
const backupName = async (path: string): Promise<string> => {
  for (let count = 1; ; count++) {
    const name = count === 1 ? `${path}.bak` : `${path}.bak${count}`
    if (!(await stat(name).catch(() => undefined))) return name
  }
}

/** Whole or not at all, for the owner only, since the file may hold the key; a link keeps pointing where it did. */
const writeWhole = async (path: string, text: string): Promise<void> => {
  const real = await realpath(path).catch(() => path)
  const mode = (await stat(real).catch(() => undefined))?.mode
  await mkdir(dirname(real), { recursive: true })
  const draft = `${real}.${process.pid}.new`
  try {
    await writeFile(draft, text, { flag: "wx", mode: mode === undefined ? 0o600 : mode & 0o777 })
    await rename(draft, real)
  } catch (thrown) {
    await rm(draft, { force: true })
    throw thrown
  }
}

/** Merges contents into files; all of them are read and understood before the first is written. Gives a line for each. */
export const writeFiles = async (files: readonly PlannedFile[]): Promise<readonly string[]> => {
  const changes: Change[] = []
  for (const file of files) changes.push(await plan(file))
  const said: string[] = []
  for (const { path, before, after } of changes) {
    if (before === after) {
      said.push(`${path} has it already`)
      continue
    }
    try {
      const backup = before === undefined ? undefined : await backupName(path)
      if (backup !== undefined) await copyFile(path, backup)
      await writeWhole(path, after)
      said.push(backup === undefined ? `Wrote ${path}` : `Changed ${path} (as it was: ${backup})`)
    } catch (thrown) {
      throw new CommandFailure([...said, `cannot write ${path}: ${failureWords(thrown)}`].join("\n"))
    }
  }
  return said
}
