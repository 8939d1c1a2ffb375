import { readdir } from "node:fs/promises"
import { join, sep } from "node:path"
import { CONTRACT, isObject, messageOf, type Plugin } from "../contract/index.ts"
import type { FolderSource } from "./sources.ts"

const kebabCase = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/

/**
 * Imports folder plugins so that each load sees the files as they are now. Modules are forgotten by deleting their keys from
 * `require.cache` (which reaches ES modules under Bun too); query strings would leave nested imports stale and leak every version.
 */
export class Loader {
  /** A module that failed to load stays cached, but is not among the keys of `require.cache`; so paths once seen are kept. */
  readonly #seen = new Map<string, Set<string>>()
  readonly #failed = new Set<string>()
  /** A module whose top-level await never ends can be forgotten by no means; its entry is imported under a new name. */
  readonly #hung = new Map<string, number>()

  /** The plugin that the source exports, checked. Throws an Error that says what is wrong. */
  async load(source: FolderSource, deadline: <T>(task: Promise<T>) => Promise<T>): Promise<Plugin> {
    await this.#forget(source)
    const suffix = this.#hung.get(source.entry)
    let settled = false
    try {
      const importing = import(suffix === undefined ? source.entry : `${source.entry}?${suffix}`)
      const done = () => {
        settled = true
      }
      importing.then(done, done)
      const plugin = pluginOf(await deadline(importing))
      this.#failed.delete(source.root)
      return plugin
    } catch (error) {
      this.#failed.add(source.root)
      if (!settled) this.#hung.set(source.entry, (suffix ?? 0) + 1)
      throw error
    }
  }

  /** Forgets code that plugins of a folder share (`_*`), so that their next load reads it again. */
  async forgetShared(folder: string): Promise<void> {
    const names = await readdir(folder).catch(() => [])
    for (const name of names.filter((name) => name.startsWith("_"))) await this.#forgetUnder(join(folder, name), false)
  }

  /** A source that is gone for good. */
  async drop(source: FolderSource): Promise<void> {
    await this.#forget(source)
    this.#seen.delete(source.root)
    this.#failed.delete(source.root)
  }

  #forget(source: FolderSource): Promise<void> {
    return this.#forgetUnder(source.root, this.#failed.has(source.root))
  }

  async #forgetUnder(root: string, everything: boolean): Promise<void> {
    const seen = this.#seen.get(root) ?? new Set<string>()
    this.#seen.set(root, seen)
    seen.add(root)
    for (const path of await filesUnder(root, everything)) seen.add(path)
    const inside = root + sep
    for (const key of Object.keys(require.cache)) {
      if (key === root || key.startsWith(inside) || key.startsWith(`${root}?`)) delete require.cache[key]
    }
    for (const path of seen) delete require.cache[path]
  }
}

/** Paths of all files; `node_modules` only after a failed load, because it may be large and seldom changes. */
async function filesUnder(root: string, everything: boolean): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => [])
  const nested = entries.map(async (entry): Promise<string[]> => {
    const path = join(root, entry.name)
    if (!entry.isDirectory()) return [path]
    return entry.name === "node_modules" && !everything ? [] : filesUnder(path, everything)
  })
  return (await Promise.all(nested)).flat()
}

/** Takes the plugin out of a module and checks its shape. */
function pluginOf(module: unknown): Plugin {
  const exports = module as { default?: unknown; plugin?: unknown } | null
  return checkPlugin(exports?.default ?? exports?.plugin)
}

export function checkPlugin(value: unknown): Plugin {
  if (!isObject(value)) throw new Error("exports no plugin: export default definePlugin({ … })")
  const { name, contract, options, setup, validate } = value as Readonly<Record<string, unknown>>
  if (typeof name !== "string" || !kebabCase.test(name)) {
    throw new Error(`its name must be kebab-case (lower-case letters, digits, single dashes), not ${show(name)}`)
  }
  if (contract !== CONTRACT) {
    throw new Error(`"${name}" speaks plugin contract ${show(contract)}; this gateway speaks ${CONTRACT}`)
  }
  if (!isObject(options) || (options as Readonly<Record<string, unknown>>).type === undefined) {
    throw new Error(`"${name}" needs options: a TypeBox object schema, for example Type.Object({})`)
  }
  if (typeof setup !== "function") throw new Error(`"${name}" has no function setup(options, context)`)
  if (validate !== undefined && typeof validate !== "function") {
    throw new Error(`"${name}" has a validate that is not a function`)
  }
  return value as unknown as Plugin
}

const show = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value))

/** The words of a failed load. A syntax error of Bun comes with file, line and column. */
export function loadMessage(thrown: unknown): string {
  const position = (thrown as { position?: { file?: string; line?: number; column?: number } | null } | null)?.position
  const text = messageOf(thrown)
  return position?.file ? `${text} (${position.file}:${position.line}:${position.column})` : text
}
