import { type FSWatcher, watch as watchFolder } from "node:fs"
import { lstat, readFile, readlink } from "node:fs/promises"
import { dirname, parse, resolve as resolvePath } from "node:path"

export interface FileWatch {
  /** Watches these files from now on instead. */
  update(files: readonly string[]): Promise<void>
  close(): void
}

export interface FileWatchOptions {
  /** Absolute paths; a file need not be there yet. */
  readonly files: readonly string[]
  /** Called after a file's content changed, appeared or went; never twice at a time. */
  onChange(): void | Promise<void>
  onError(thrown: unknown): void
  /** Quiet time after the last event: editors write, rename and touch in a row. */
  readonly debounceMs?: number
  /** How often files are read where the system gives no events (network folders, no inotify watches left). */
  readonly pollMs?: number
}

/** Every folder in which a change can mean another content: of the path itself and of each link on its way. */
const foldersOf = async (file: string): Promise<string[]> => {
  const folders: string[] = []
  const { root } = parse(file)
  let steps = file.slice(root.length).split("/")
  let at = root
  // A link may lead to links; as many hops as Linux allows (path_resolution(7)).
  for (let hops = 0; steps.length > 0 && hops < 40; ) {
    const next = resolvePath(at, steps[0]!)
    steps = steps.slice(1)
    const link = await lstat(next).catch(() => undefined)
    if (link === undefined) return [...folders, at]
    if (link.isSymbolicLink()) {
      folders.push(at)
      hops++
      const target = resolvePath(at, await readlink(next))
      steps = [...target.slice(root.length).split("/"), ...steps]
      at = root
    } else at = next
  }
  return [...folders, dirname(at)]
}

const fingerprint = async (files: readonly string[]): Promise<string> => {
  const hash = new Bun.CryptoHasher("sha256")
  for (const file of files) {
    const content = await readFile(file).catch(() => undefined)
    hash.update(content === undefined ? "absent;" : `${content.length}:`).update(content ?? "")
  }
  return hash.digest("hex")
}

/**
 * Watches files by content. Folders are watched, not files: editors replace files by renaming, and Kubernetes replaces a
 * whole folder of a config map by swapping a link.
 */
export const watchFiles = async (options: FileWatchOptions): Promise<FileWatch> => {
  const { debounceMs = 100, pollMs = 2000 } = options
  let files = options.files
  let watchers = new Map<string, FSWatcher>()
  let last = await fingerprint(files)
  let timer: ReturnType<typeof setTimeout> | undefined
  let poll: ReturnType<typeof setInterval> | undefined
  let checking = false
  let again = false
  let closed = false

  const arm = async () => {
    const wanted = new Set((await Promise.all(files.map(foldersOf))).flat())
    if (closed) return
    const kept = new Map<string, FSWatcher>()
    let blind = false
    for (const folder of wanted) {
      // A folder that was replaced has a new inode, so watchers are always made anew.
      try {
        const watcher = watchFolder(folder, { persistent: false }, schedule)
        watcher.on("error", schedule)
        kept.set(folder, watcher)
      } catch {
        blind = true
      }
    }
    for (const watcher of watchers.values()) watcher.close()
    watchers = kept
    if (blind && !poll) {
      poll = setInterval(schedule, pollMs)
      poll.unref()
    } else if (!blind && poll) {
      clearInterval(poll)
      poll = undefined
    }
  }

  const check = async () => {
    await arm()
    const now = await fingerprint(files)
    if (closed || now === last) return
    last = now
    await options.onChange()
  }

  const run = async () => {
    if (checking) {
      again = true
      return
    }
    checking = true
    try {
      do {
        again = false
        await check()
      } while (again && !closed)
    } catch (thrown) {
      options.onError(thrown)
    } finally {
      checking = false
    }
  }

  function schedule() {
    if (closed) return
    clearTimeout(timer)
    timer = setTimeout(() => void run(), debounceMs)
    timer.unref()
  }

  await arm()
  return {
    async update(next) {
      if (next.join("\n") === files.join("\n")) return
      files = next
      last = await fingerprint(files)
      await arm()
    },
    close() {
      closed = true
      clearTimeout(timer)
      clearInterval(poll)
      for (const watcher of watchers.values()) watcher.close()
    },
  }
}
