import type { CacheEntry, CachePurge, CacheQuery } from "signalbox/plugin"
import type { Clock } from "./layer.ts"

interface Kept {
  readonly entry: CacheEntry
  readonly bytes: number
  readonly until: number
  readonly keyId: string
}

/** What an entry takes beside its text, about. */
const overheadBytes = 500

/** The answers that were used last, within a number of bytes. */
export class MemoryLayer {
  /** The least recently used first. */
  readonly #kept = new Map<string, Kept>()
  readonly #clock: Clock
  #most = 0
  #longestMs = Number.POSITIVE_INFINITY
  bytes = 0
  /** Counts up. */
  purges = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#kept.size
  }

  /** `longestMs`: after that an entry is asked for again behind it. */
  bound(bytes: number, longestMs: number): void {
    this.#most = bytes
    this.#longestMs = longestMs
    this.#makeRoom()
  }

  find(fingerprint: string): CacheEntry | undefined {
    const found = this.#kept.get(fingerprint)
    if (!found) return undefined
    if (found.until <= this.#clock.now()) {
      this.#drop(fingerprint)
      return undefined
    }
    this.#kept.delete(fingerprint)
    this.#kept.set(fingerprint, found)
    return found.entry
  }

  keep({ fingerprint, keyId }: Pick<CacheQuery, "fingerprint" | "keyId">, entry: CacheEntry): void {
    this.#drop(fingerprint)
    // Two bytes a character, and objects that are about as large as their text.
    const bytes = 2 * JSON.stringify(entry).length + overheadBytes
    if (bytes > this.#most) return
    const until = Math.min(entry.expiresAt, this.#clock.now() + this.#longestMs)
    this.#kept.set(fingerprint, { entry, bytes, until, keyId })
    this.bytes += bytes
    this.#makeRoom()
  }

  purge(which: CachePurge): void {
    this.purges += 1
    for (const [fingerprint, { keyId, entry }] of this.#kept) {
      const isMeant =
        (which.fingerprint === undefined || which.fingerprint === fingerprint) &&
        (which.keyId === undefined || which.keyId === keyId) &&
        (which.model === undefined || which.model === entry.model)
      if (isMeant) this.#drop(fingerprint)
    }
  }

  #drop(fingerprint: string): void {
    this.bytes -= this.#kept.get(fingerprint)?.bytes ?? 0
    this.#kept.delete(fingerprint)
  }

  #makeRoom(): void {
    for (const fingerprint of this.#kept.keys()) {
      if (this.bytes <= this.#most) return
      this.#drop(fingerprint)
    }
  }
}
