import { readdir, readFile, realpath, stat } from "node:fs/promises"
import { basename, extname, join, resolve, sep } from "node:path"
import type { Plugin } from "../contract/index.ts"

/** Where a plugin comes from. */
export type Source = BuiltInSource | FolderSource

export interface BuiltInSource {
  readonly origin: "built-in"
  readonly key: string
  readonly plugin: Plugin
}

/** A file `x.ts` or a folder `x/` of the watched folder. */
export interface FolderSource {
  readonly origin: "folder"
  /** Its name in the watched folder: `x.ts` or `x`. */
  readonly key: string
  /** Absolute path as the operator sees it. */
  readonly path: string
  /** Real path of the module to import. */
  readonly entry: string
  /** Real path under which all of its modules lie; the entry itself for a single file. */
  readonly root: string
}

export const entryExtensions: readonly string[] = [".ts", ".js", ".tsx", ".mjs"]

export const builtInSource = (plugin: Plugin): BuiltInSource => ({
  origin: "built-in",
  key: `built-in:${plugin.name}`,
  plugin,
})

/**
 * Says whether a name in the watched folder may be a plugin. Left out: dotfiles, `_*` (code that plugins share), tests,
 * `node_modules` and `index.*` (a list of plugins, not a plugin; what it lists is left out as well).
 */
export function mayBePlugin(name: string): boolean {
  if (name.startsWith(".") || name.startsWith("_") || name === "node_modules") return false
  if (/\.(test|spec|d)\.[a-z]+$/.test(name)) return false
  return basename(name, extname(name)) !== "index" || extname(name) === ""
}

/** All plugins of a folder, sorted by name; empty when the folder is not there. */
export async function scanFolder(folder: string): Promise<FolderSource[]> {
  const names: readonly string[] = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return []
    throw error
  })
  const listed = names.includes(listName) ? await listedIn(join(folder, listName)) : noNames
  const wanted = names.filter((name) => mayBePlugin(name) && !listed.has(name))
  const found = await Promise.all(wanted.map((name) => sourceAt(join(folder, name))))
  return found.filter((source) => source !== undefined).sort((one, other) => (one.key < other.key ? -1 : 1))
}

const listName = "index.ts"
const noNames: ReadonlySet<string> = new Set()

/**
 * The folders that an `index.ts` imports: they are a program's standard set. Started in its own checkout, the gateway would otherwise
 * replace each built-in by its source, and an older executable would mix versions.
 */
async function listedIn(path: string): Promise<ReadonlySet<string>> {
  const text = await readFile(path, "utf8")
  return new Set(Array.from(text.matchAll(/from "\.\/([^/"]+)\/index\.ts"/g), ([, name]) => name!))
}

/** The plugin at a path; undefined when neither a module file nor a folder with an entry is there. */
export async function sourceAt(path: string): Promise<FolderSource | undefined> {
  const absolute = resolve(path)
  const key = basename(absolute)
  const found = await stat(absolute).catch(() => undefined)
  if (found?.isFile() && entryExtensions.includes(extname(key))) {
    const entry = await realpath(absolute)
    return { origin: "folder", key, path: absolute, entry, root: entry }
  }
  if (!found?.isDirectory()) return undefined
  const root = await realpath(absolute)
  const entry = await entryOf(root)
  return entry === undefined ? undefined : { origin: "folder", key, path: absolute, entry, root }
}

const isFile = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined))?.isFile() ?? false

async function entryOf(root: string): Promise<string | undefined> {
  const candidates: string[] = []
  const manifest = await readFile(join(root, "package.json"), "utf8").catch(() => undefined)
  if (manifest !== undefined) candidates.push(...mainsOf(manifest).map((main) => join(root, main)))
  candidates.push(join(root, "index"))
  for (const candidate of candidates) {
    if (candidate !== root && !candidate.startsWith(root + sep)) continue
    if (await isFile(candidate)) return realpath(candidate)
    for (const extension of entryExtensions) {
      if (await isFile(candidate + extension)) return realpath(candidate + extension)
      if (await isFile(join(candidate, `index${extension}`))) return realpath(join(candidate, `index${extension}`))
    }
  }
  return undefined
}

/** The entries that a package.json names, best first. One that cannot be read names none: `index.*` may still be there. */
function mainsOf(manifest: string): string[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(manifest)
  } catch {
    return []
  }
  const fields = parsed as { exports?: unknown; module?: unknown; main?: unknown } | null
  const exported = exportTarget(fields?.exports)
  return [exported, fields?.module, fields?.main].filter((value) => typeof value === "string")
}

function exportTarget(exports: unknown): string | undefined {
  if (typeof exports === "string") return exports
  if (typeof exports !== "object" || exports === null) return undefined
  const conditions = exports as Readonly<Record<string, unknown>>
  for (const condition of [".", "bun", "import", "default"]) {
    const target = exportTarget(conditions[condition])
    if (target !== undefined) return target
  }
  return undefined
}
