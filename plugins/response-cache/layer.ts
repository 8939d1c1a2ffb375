import type { CacheEntry, CachePurge, CacheQuery } from "signalbox/plugin"

/** Where answers are kept behind the memory. */
export interface Layer {
  readonly name: string
  find(fingerprint: string): Promise<CacheEntry | undefined>
  /** `isWanted` is asked once more when it is about to be written: something may have been purged meanwhile. */
  keep(query: CacheQuery, entry: CacheEntry, isWanted: () => boolean): Promise<void>
  purge(which: CachePurge): Promise<number>
  count(): Promise<{ readonly entries: number; readonly bytes?: number }>
}

export interface Clock {
  now(): number
}
