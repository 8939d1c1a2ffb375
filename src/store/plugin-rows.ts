import { and, eq } from "drizzle-orm"
import { messageOf } from "../contract/errors.ts"
import type { Logger } from "../contract/plugin.ts"
import type { FoundRow, NearRow, RowAbout, RowBounds, RowFilter, Rows } from "../contract/rows.ts"
import type { Row, SqlValue } from "./executor.ts"
import type { Store } from "./open-store.ts"
import {
  evict,
  fits,
  nearestOf,
  nearestQuery,
  remove,
  removeExpired,
  upsert,
  type WaitingRow,
} from "./row-statements.ts"
import { pluginRows } from "./schema.ts"

export interface PluginRowsOptions {
  readonly store: Store
  readonly clock: { now(): number }
  readonly log: Logger
  /** How long a row may wait to be written. */
  readonly flushMs: number
  /** How much may wait at once, in bytes; beyond it rows are lost. Default 32 MiB. */
  readonly waitingBytes?: number
}

/** What `context.rows` of every plugin is; one store per plugin, whoever of its instances asks. */
export interface PluginRowStores {
  open(plugin: string, bounds: RowBounds): Rows
  /** Resolves when all that was put before is written, or could not be. */
  flush(): Promise<void>
}

export function createPluginRows(options: PluginRowsOptions): PluginRowStores {
  const stores = new Map<string, PluginRows>()
  return {
    open(plugin, bounds) {
      const known = stores.get(plugin) ?? new PluginRows(plugin, options, bounds)
      stores.set(plugin, known)
      known.bounds = bounds
      return known
    },
    async flush() {
      await Promise.all([...stores.values()].map((store) => store.flush()))
    },
  }
}

/** Room is made down to this share of the bounds, so that it is seldom made. */
const roomShare = 0.9

class PluginRows implements Rows {
  readonly #plugin: string
  readonly #options: PluginRowsOptions
  bounds: RowBounds
  /** Not written yet, or just being written. */
  #waiting = new Map<string, WaitingRow>()
  #waitingBytes = 0
  #writing: Promise<void> | undefined
  #timer: Timer | undefined
  /** About what is stored; undefined = to be counted. */
  #stored: { rows: number; bytes: number } | undefined

  constructor(plugin: string, options: PluginRowsOptions, bounds: RowBounds) {
    this.#plugin = plugin
    this.#options = options
    this.bounds = bounds
  }

  async get(key: string): Promise<FoundRow | undefined> {
    const now = this.#options.clock.now()
    const waiting = this.#waiting.get(key)
    if (waiting) return waiting.expiresAt > now ? { key, value: waiting.value } : undefined
    const [row] = await this.#options.store.read
      .select({ value: pluginRows.value, expiresAt: pluginRows.expiresAt })
      .from(pluginRows)
      .where(and(eq(pluginRows.plugin, this.#plugin), eq(pluginRows.key, key)))
      .limit(1)
    return row && row.expiresAt > now ? { key, value: row.value } : undefined
  }

  async put(key: string, value: Uint8Array, about: RowAbout = {}): Promise<void> {
    const { store, clock, log, waitingBytes = 32 << 20 } = this.#options
    const expiresAt = about.ttlMs === undefined ? Number.MAX_SAFE_INTEGER : Math.floor(clock.now() + about.ttlMs)
    const bytes = value.byteLength + (about.vector?.values.byteLength ?? 0)
    const before = this.#waiting.get(key)
    if (this.#waitingBytes - (before?.bytes ?? 0) + bytes > waitingBytes) {
      log.warn("a plugin puts more than the store can write; rows are lost", { plugin: this.#plugin })
      return
    }
    this.#waitingBytes += bytes - (before?.bytes ?? 0)
    // Whoever gave it may use its bytes again.
    this.#waiting.set(key, { key, value: value.slice(), about, expiresAt, bytes })
    if (store.durability === "strict") return this.flush()
    this.#schedule()
  }

  async nearest(group: string, vector: Float32Array, count: number): Promise<readonly NearRow[]> {
    const now = this.#options.clock.now()
    const waiting = nearestOf([...this.#waiting.values()], group, vector, now)
    const stored = await this.#options.store.writer.query(nearestQuery(this.#plugin, group, vector, count, now))
    const newer = new Set(waiting.map(({ key }) => key))
    return [...waiting, ...stored.map(nearRowOf).filter(({ key }) => !newer.has(key) && !this.#waiting.has(key))]
      .sort((one, other) => other.similarity - one.similarity)
      .slice(0, count)
  }

  async delete(which: RowFilter): Promise<number> {
    let unwritten = 0
    for (const [key, row] of [...this.#waiting]) {
      if (!fits(row, which)) continue
      this.#drop(key)
      unwritten += 1
    }
    // A write under way would bring it back.
    await this.#writing
    const [removed = 0] = await this.#options.store.writer.commit([remove(this.#plugin, which)])
    this.#stored = undefined
    return Math.max(unwritten, removed)
  }

  async count(): Promise<{ rows: number; bytes: number }> {
    await this.flush()
    return this.#count()
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    while (this.#writing) await this.#writing
    if (this.#waiting.size === 0) return
    this.#writing = this.#write().finally(() => {
      this.#writing = undefined
    })
    await this.#writing
  }

  #schedule(): void {
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(() => void this.flush(), this.#options.flushMs)
    this.#timer.unref()
  }

  #drop(key: string): void {
    this.#waitingBytes -= this.#waiting.get(key)?.bytes ?? 0
    this.#waiting.delete(key)
  }

  async #write(): Promise<void> {
    const { store, clock, log } = this.#options
    const taken = [...this.#waiting.values()]
    try {
      const expired = removeExpired(this.#plugin, clock.now())
      await store.writer.commit([expired, ...taken.map((row) => upsert(this.#plugin, row))])
      this.#stored ??= await this.#count()
      for (const { bytes } of taken) {
        this.#stored.rows += 1
        this.#stored.bytes += bytes
      }
      await this.#makeRoom(this.#stored)
    } catch (thrown) {
      // They can be made again; holding them would only fill the memory.
      log.warn("a plugin's rows are not stored", {
        plugin: this.#plugin,
        rows: taken.length,
        error: messageOf(thrown),
      })
      this.#stored = undefined
    }
    for (const row of taken) if (this.#waiting.get(row.key) === row) this.#drop(row.key)
    if (this.#waiting.size > 0) this.#schedule()
  }

  async #makeRoom(stored: { readonly rows: number; readonly bytes: number }): Promise<void> {
    const { bytes, rows = Number.MAX_SAFE_INTEGER } = this.bounds
    if (stored.rows <= rows && stored.bytes <= bytes) return
    const counted = await this.#count()
    if (counted.rows > rows || counted.bytes > bytes) {
      const room = { bytes: Math.floor(bytes * roomShare), rows: Math.floor(rows * roomShare) }
      await this.#options.store.writer.commit([evict(this.#plugin, room)])
      this.#stored = undefined
    } else this.#stored = counted
  }

  async #count(): Promise<{ rows: number; bytes: number }> {
    const sql = "select count(*) as rows, coalesce(sum(bytes), 0) as bytes from plugin_rows where plugin = ?"
    const [row] = await this.#options.store.writer.query({ sql, args: [this.#plugin] })
    return { rows: Number(row?.rows ?? 0), bytes: Number(row?.bytes ?? 0) }
  }
}

const nearRowOf = ({ key, value, distance }: Row): NearRow => ({
  key: String(key),
  value: bytesOf(value),
  similarity: 1 - Number(distance),
})

/** The library gives an ArrayBuffer on some ways, a view on others. */
const bytesOf = (value: SqlValue | ArrayBuffer | undefined): Uint8Array =>
  value instanceof Uint8Array ? value : new Uint8Array(value as unknown as ArrayBuffer)
