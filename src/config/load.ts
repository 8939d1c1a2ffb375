import { dirname, resolve as resolvePath } from "node:path"
import { checkValue, type Shape, unusable } from "./check-value.ts"
import type { Config } from "./config.ts"
import { crossCheck } from "./cross-check.ts"
import { type Located, openDocument, type Report } from "./document.ts"
import { entryPlace, type NamedIn } from "./entry-place.ts"
import type { Lookup } from "./interpolate.ts"
import { ConfigError, type ConfigProblem, pathText } from "./problem.ts"
import { type ConfigOverrides, resolveConfig } from "./resolve/resolve.ts"
import { type ConfigFile, ConfigSchema } from "./schema.ts"

/** The name of the file in the working directory that is read when none is named. */
export const defaultConfigName = "signalbox.yaml"

export interface ConfigSource {
  /** Absent: `signalbox.yaml` in `cwd` if it is there, otherwise no file at all. */
  readonly file?: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Rejects when the file cannot be read; the error's `code` (`ENOENT` …) is shown. */
  readFile(path: string): Promise<string>
  readonly overrides?: ConfigOverrides
  /** To tell expired keys. Default: the clock is not asked and nothing is told. */
  readonly nowMs?: number
}

export interface LoadedConfig {
  readonly config: Config
  /** Absolute; absent = there is none. */
  readonly file?: string
  /** There is a file, and nothing in it. */
  readonly isEmpty?: boolean
  readonly warnings: readonly ConfigProblem[]
  /** Absolute paths of everything that was read, and of the default file where it is missing: what to watch. */
  readonly files: readonly string[]
  /** Where the entry of that list with this id or name, or that setting, was written. */
  place?(list: NamedIn, name: string): { readonly line: number; readonly column: number } | undefined
}

/** `ENOENT` in words; the path is told beside it. */
export const failureWords = (thrown: unknown): string => {
  const code = (thrown as { code?: unknown } | null)?.code
  const words: Record<string, string> = {
    ENOENT: "it is not there",
    EACCES: "permission denied",
    EISDIR: "it is a folder",
    ENOTDIR: "a part of the path is no folder",
  }
  if (typeof code === "string") return words[code] ?? code
  return thrown instanceof Error ? thrown.message : String(thrown)
}

const readSource = async (source: ConfigSource): Promise<{ path: string; text: string | undefined }> => {
  const path = resolvePath(source.cwd, source.file ?? defaultConfigName)
  try {
    return { path, text: await source.readFile(path) }
  } catch (thrown) {
    if (source.file === undefined && (thrown as { code?: unknown } | null)?.code === "ENOENT")
      return { path, text: undefined }
    throw new ConfigError([
      { message: `cannot read the file: ${failureWords(thrown)}`, file: path, line: 0, column: 0, path: "" },
    ])
  }
}

/** Reads every `${file:…}` beforehand, so that filling in needs no waiting. */
const readNamedFiles = async (source: ConfigSource, baseDir: string, paths: readonly string[]) => {
  const named = new Map<string, { readonly text: string } | { readonly failure: string }>()
  for (const path of paths)
    try {
      named.set(path, { text: await source.readFile(resolvePath(baseDir, path)) })
    } catch (thrown) {
      named.set(path, { failure: failureWords(thrown) })
    }
  return named
}

const checkAll = (root: Located, report: Report, warn: Report, nowMs: number): ConfigFile | undefined => {
  const origins = new WeakMap<object, Located>()
  const value = checkValue(ConfigSchema as Shape, root, [], { report, origins })
  if (value === unusable) return undefined
  const file = value as ConfigFile
  crossCheck(file, { report, warn, origins, nowMs })
  return file
}

/**
 * Reads, fills in, checks and resolves the configuration. Throws ConfigError with every mistake that can be told at once.
 * An empty file is the same as no configuration.
 */
export const loadConfig = async (source: ConfigSource): Promise<LoadedConfig> => {
  const { path, text } = await readSource(source)
  const baseDir = dirname(path)
  const document = openDocument(text?.replace(/^\uFEFF/, "") ?? "")
  const named = await readNamedFiles(source, baseDir, document.files)
  const lookup: Lookup = {
    variable: (name) => source.env[name],
    file: (name) => named.get(name) ?? { failure: "it was not read" },
  }
  const problems: ConfigProblem[] = []
  const warnings: ConfigProblem[] = []
  const into =
    (list: ConfigProblem[]): Report =>
    (at, where, message, suggestion) => {
      const place = { file: path, ...document.position(at), path: pathText(where) }
      list.push({ message, ...place, ...(suggestion === undefined ? {} : { suggestion }) })
    }
  const root = document.read(lookup, into(problems))
  const file = root ? checkAll(root, into(problems), into(warnings), source.nowMs ?? 0) : {}
  if (problems.length > 0 || !file)
    throw new ConfigError(problems.toSorted((a, b) => a.line - b.line || a.column - b.column))
  const place = { baseDir, cwd: source.cwd, ...(text === undefined ? {} : { file: path }) }
  return {
    config: resolveConfig(file, place, source.overrides),
    ...(text === undefined ? {} : { file: path }),
    isEmpty: text?.trim() === "",
    warnings,
    files: [path, ...document.files.map((name) => resolvePath(baseDir, name))],
    place(list, name) {
      const at = root && entryPlace(root, list, name)
      return at === undefined ? undefined : document.position(at)
    },
  }
}
