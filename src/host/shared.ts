import type { Storage } from "../contract/index.ts"

/** Values that outlive a reload: kept as long as one instance of their plugin holds them, then closed if they can be. */
export class SharedValues {
  readonly #values = new Map<string, { readonly value: unknown; holders: number }>()

  hold<T>(name: string, create: () => T): T {
    let entry = this.#values.get(name)
    if (!entry) {
      entry = { value: create(), holders: 0 }
      this.#values.set(name, entry)
    }
    entry.holders += 1
    return entry.value as T
  }

  async release(name: string): Promise<void> {
    const entry = this.#values.get(name)
    if (!entry) return
    entry.holders -= 1
    if (entry.holders > 0) return
    this.#values.delete(name)
    const closable = entry.value as Partial<AsyncDisposable & Disposable> | null | undefined
    if (typeof closable !== "object" || closable === null) return
    if (Symbol.asyncDispose in closable) await closable[Symbol.asyncDispose]?.()
    else closable[Symbol.dispose]?.()
  }

  get size(): number {
    return this.#values.size
  }
}

/** Storage without a disk, for tests and for `signalbox check`. */
export function memoryStorage(clock: { now(): number }): Storage {
  const values = new Map<string, { readonly value: string; readonly until: number }>()
  return {
    get: async (key) => {
      const entry = values.get(key)
      if (entry && entry.until > clock.now()) return entry.value
      values.delete(key)
      return undefined
    },
    set: async (key, value, ttlMs) => {
      values.set(key, { value, until: ttlMs === undefined ? Number.POSITIVE_INFINITY : clock.now() + ttlMs })
    },
    delete: async (key) => {
      values.delete(key)
    },
  }
}
