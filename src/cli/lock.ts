import { linkSync, mkdirSync, readFileSync, renameSync, statSync, unlinkSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { failureWords } from "../config/load.ts"
import { CommandFailure } from "./io.ts"
import { identify, isRunning, type ProcessIdentity } from "./process-identity.ts"

export const lockFileName = "signalbox.lock"

/** Who uses a data directory. */
export interface LockHolder extends ProcessIdentity {
  /** Where it listens, once it does; only a gateway has one. */
  readonly url?: string
  /** `gateway`, or the command that opened the database. */
  readonly role: string
}

export interface Lock {
  readonly path: string
  /** Tells others where the gateway listens. */
  announce(url: string): void
  release(): void
}

export type LockResult =
  | { readonly ok: true; readonly lock: Lock }
  | {
      readonly ok: false
      readonly holder: LockHolder
      /** True when the holder is of another machine, boot or container: it may be dead, which only time can tell. */
      readonly foreign: boolean
    }

export interface LockOptions {
  readonly role: string
  now?(): number
  readonly identity?: ProcessIdentity
  readonly isRunning?: typeof isRunning
}

/** A holder that cannot be seen from here touches its lock this often, and counts as gone after the second time. */
export const touchEveryMs = 2000
export const foreignStaleMs = 15_000

const readHolder = (path: string): { holder: LockHolder; text: string; touchedMs: number } | undefined => {
  try {
    const touchedMs = statSync(path).mtimeMs
    const text = readFileSync(path, "utf8")
    return { holder: JSON.parse(text) as LockHolder, text, touchedMs }
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code === "ENOENT") return undefined
    throw new CommandFailure(`cannot read ${path}; when nothing runs on this directory, delete it`, { cause: thrown })
  }
}

/** Makes the file with its whole content or not at all: nobody ever reads half of it. */
const create = (path: string, holder: LockHolder): boolean => {
  const draft = `${path}.${crypto.randomUUID()}`
  writeFileSync(draft, JSON.stringify(holder), { flag: "wx", mode: 0o600 })
  try {
    linkSync(draft, path)
    return true
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code === "EEXIST") return false
    throw thrown
  } finally {
    unlinkSync(draft)
  }
}

/** Takes a dead holder's file away. Only one of several that try gets it; a lock that came in between is put back. */
const removeStale = (path: string, text: string) => {
  const aside = `${path}.${crypto.randomUUID()}`
  try {
    renameSync(path, aside)
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code === "ENOENT") return
    throw thrown
  }
  try {
    if (readFileSync(aside, "utf8") !== text) linkSync(aside, path)
  } finally {
    unlinkSync(aside)
  }
}

const hold = (path: string, mine: LockHolder): Lock => {
  let current = mine
  const isMine = () => readHolder(path)?.text === JSON.stringify(current)
  const timer = setInterval(() => {
    const now = new Date()
    try {
      utimesSync(path, now, now)
    } catch {
      // Taken away by hand or the disk is gone; the database will say so where it matters.
    }
  }, touchEveryMs)
  timer.unref()
  return {
    path,
    announce(url) {
      const next = { ...current, url }
      const draft = `${path}.${crypto.randomUUID()}`
      writeFileSync(draft, JSON.stringify(next), { flag: "wx", mode: 0o600 })
      renameSync(draft, path)
      current = next
    },
    release() {
      clearInterval(timer)
      if (isMine()) unlinkSync(path)
    },
  }
}

/**
 * Makes this process the only one that uses a data directory, or says which one does. The directory is made when it is not
 * there. A lock whose process is gone is taken over.
 */
export const acquireLock = (dataDir: string, options: LockOptions): LockResult => {
  const { now = Date.now, identity = identify(process.pid), isRunning: running = isRunning } = options
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  } catch (thrown) {
    throw new CommandFailure(`cannot make the data directory ${dataDir}: ${failureWords(thrown)}`, { cause: thrown })
  }
  const path = join(dataDir, lockFileName)
  const mine: LockHolder = { ...identity, role: options.role }
  // Each turn either ends or removes one dead lock; more than a few turns mean a crowd that starts at once.
  for (let turn = 0; turn < 20; turn++) {
    if (create(path, mine)) return { ok: true, lock: hold(path, mine) }
    const found = readHolder(path)
    if (!found) continue
    const state = running(found.holder)
    const stale = state === "unknown" ? now() - found.touchedMs > foreignStaleMs : !state
    if (!stale) return { ok: false, holder: found.holder, foreign: state === "unknown" }
    removeStale(path, found.text)
  }
  throw new CommandFailure(`cannot take ${path}: too many processes want it at once`)
}

/** Who uses a data directory now; undefined when nobody does. */
export const findHolder = (dataDir: string, options: Omit<LockOptions, "role"> = {}): LockHolder | undefined => {
  const { now = Date.now, isRunning: running = isRunning } = options
  const found = readHolder(join(dataDir, lockFileName))
  if (!found) return undefined
  const state = running(found.holder)
  if (state === "unknown") return now() - found.touchedMs > foreignStaleMs ? undefined : found.holder
  return state ? found.holder : undefined
}

/** The refusal in words. */
export const heldMessage = (dataDir: string, holder: LockHolder, foreign: boolean): string => {
  const who = `${holder.role} with process id ${holder.pid}${holder.url ? `, listening on ${holder.url}` : ""}`
  const where = foreign ? " on another machine or in another container" : ""
  return `the data directory ${dataDir} is in use by a ${who}${where}. Stop it first, or choose another with --data-dir`
}
