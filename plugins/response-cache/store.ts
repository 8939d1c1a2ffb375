import type { CacheEntry, CachePurge, CacheQuery, Rows } from "signalbox/plugin"
import type { Clock, Layer } from "./layer.ts"
import { packEntry, unpackEntry } from "./packed.ts"

/** All answers, in the gateway's own store. */
export class StoreLayer implements Layer {
  readonly name = "store"
  readonly #rows: Rows
  readonly #clock: Clock

  constructor(rows: Rows, clock: Clock) {
    this.#rows = rows
    this.#clock = clock
  }

  async find(fingerprint: string): Promise<CacheEntry | undefined> {
    const row = await this.#rows.get(fingerprint)
    return row && unpackEntry(row.value)
  }

  async keep({ fingerprint, keyId }: CacheQuery, entry: CacheEntry, isWanted: () => boolean): Promise<void> {
    const packed = await packEntry(entry)
    if (!isWanted()) return
    const ttlMs = entry.expiresAt - this.#clock.now()
    await this.#rows.put(fingerprint, packed, { ttlMs, owner: keyId, topic: entry.model })
  }

  purge({ fingerprint, keyId, model }: CachePurge): Promise<number> {
    return this.#rows.delete({
      ...(fingerprint === undefined ? {} : { key: fingerprint }),
      ...(keyId === undefined ? {} : { owner: keyId }),
      ...(model === undefined ? {} : { topic: model }),
    })
  }

  async count(): Promise<{ entries: number; bytes: number }> {
    const { rows, bytes } = await this.#rows.count()
    return { entries: rows, bytes }
  }
}
