import { type FSWatcher, watch } from "node:fs"
import { readdir, realpath, stat } from "node:fs/promises"
import { dirname, extname, join } from "node:path"
import { type Logger, messageOf } from "../contract/index.ts"
import { entryExtensions, mayBePlugin } from "./sources.ts"
import type { Timers } from "./timers.ts"

export interface WatchParts {
  readonly folder: string
  /** `fingerprints` of what the caller has read already. */
  readonly seen?: ReadonlyMap<string, string> | undefined
  readonly timers: Timers
  readonly log: Logger
  /** Names of changed, new and removed entries (`x.ts`, `x`, `_shared`). Not called again before its promise is settled. */
  readonly onChange: (names: readonly string[]) => void | Promise<void>
  /** Quiet time before a look; editors write in several steps. Default 50. */
  readonly debounceMs?: number
  /** Between looks where the system gives no watcher. Default 2000. */
  readonly pollMs?: number
}

export interface FolderWatch {
  /** Looks now, and waits until what was found is reported. */
  look(): Promise<void>
  close(): void
}

/**
 * Watches a plugin folder that may not exist yet. File events only say that it is time to look; what changed is told by comparing
 * each entry's files (size, time, inode) with the last look. So it does not matter how an editor saves.
 */
export async function watchFolder(parts: WatchParts): Promise<FolderWatch> {
  const { folder, timers, log, debounceMs = 50, pollMs = 2000 } = parts
  let known: ReadonlyMap<string, string> = parts.seen ?? (await fingerprints(folder))
  let watcher: FSWatcher | undefined
  let watched: string | undefined
  let timer: unknown
  let polling: unknown
  let closed = false
  let turn: Promise<void> = Promise.resolve()

  const look = (): Promise<void> => {
    turn = turn.then(compare).catch((thrown) => {
      log.error("plugin folder cannot be read", { folder, error: messageOf(thrown) })
    })
    return turn
  }
  const compare = async (): Promise<void> => {
    if (closed) return
    await attach()
    const found = await fingerprints(folder)
    const names = [...new Set([...known.keys(), ...found.keys()])].filter((name) => known.get(name) !== found.get(name))
    known = found
    if (names.length > 0) await parts.onChange(names.sort())
  }
  /** Not put off by further events: under constant writing there must still be a look now and then. */
  const later = (milliseconds: number): void => {
    if (closed || timer !== undefined) return
    timer = timers.set(() => {
      timer = undefined
      void look()
    }, milliseconds)
  }
  /** Follows the folder itself, or its nearest existing parent until it is created. */
  const attach = async (): Promise<void> => {
    const target = await nearestExisting(folder)
    const identity = `${target} ${(await stat(target)).ino}`
    if (identity === watched || closed) return
    watcher?.close()
    watched = identity
    try {
      watcher = watch(target, { recursive: target === folder }, () => later(debounceMs))
      watcher.on("error", (error) => poll(error))
    } catch (error) {
      poll(error)
    }
  }
  const poll = (error: unknown): void => {
    log.warn("plugin folder cannot be watched; it is read again and again instead", { folder, error: messageOf(error) })
    watcher?.close()
    const again = async (): Promise<void> => {
      await look()
      if (!closed) polling = timers.set(() => void again(), pollMs)
    }
    timers.clear(polling)
    polling = timers.set(() => void again(), pollMs)
  }

  await attach()
  // What came between the first look and the watcher.
  later(0)
  return {
    look,
    close() {
      closed = true
      timers.clear(timer)
      timers.clear(polling)
      watcher?.close()
    },
  }
}

async function nearestExisting(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    if ((await stat(at).catch(() => undefined))?.isDirectory() || at === dirname(at)) return at
  }
}

const isShared = (name: string): boolean => name.startsWith("_")

/** A text per entry of the folder that changes when any of its files does. */
export async function fingerprints(folder: string): Promise<Map<string, string>> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => mayBePlugin(name) || isShared(name))
  const found = await Promise.all(names.map(async (name) => [name, await fingerprint(join(folder, name))] as const))
  return new Map(found.filter((entry): entry is [string, string] => entry[1] !== undefined))
}

/** Changes when any file under the path does; `node_modules` counts by its presence only. */
async function fingerprint(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined)
  if (!found) return undefined
  if (!found.isDirectory()) {
    return entryExtensions.includes(extname(path)) || !mayBePlugin(path) ? print("", found) : undefined
  }
  return (await prints(await realpath(path), "")).join("\n")
}

async function prints(root: string, inside: string): Promise<string[]> {
  const entries = await readdir(join(root, inside), { withFileTypes: true }).catch(() => [])
  const lists = entries
    .filter((entry) => !entry.name.startsWith("."))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .map(async (entry): Promise<string[]> => {
      const path = join(inside, entry.name)
      if (entry.name === "node_modules") return [path]
      const found = await stat(join(root, path)).catch(() => undefined)
      if (!found) return []
      return found.isDirectory() ? prints(root, path) : [print(path, found)]
    })
  return (await Promise.all(lists)).flat()
}

const print = (path: string, found: { size: number; mtimeMs: number; ino: number }): string =>
  `${path} ${found.size} ${found.mtimeMs} ${found.ino}`
