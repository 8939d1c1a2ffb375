import type { Generation } from "../contract/generation.ts"
import type { Row, SqlValue } from "../store/executor.ts"
import type { Store } from "../store/open-store.ts"
import { idHash, packHashes, unpackEntries } from "../store/packed-batch.ts"

/** Whose generations may be seen: one key's, or all of them for whoever manages. */
export type Scope = { readonly keyId: string } | "any"

export interface Generations {
  /**
   * Writes a finished request down. With `durability: relaxed` it returns undefined at once; with `strict` a promise that the answer's last
   * byte has to wait for, `false` when the row could only be kept in memory. `settledAt` is the moment at which the budget was settled.
   */
  record(generation: Generation, settledAt: number): Promise<boolean> | undefined
  /** By the id that the client saw, the request id or the upstream's id; found right after `record`. The newest one wins. */
  find(id: string, scope: Scope): Promise<Generation | undefined>
}

export interface GenerationsOptions {
  readonly store: Store
  /** How much memory the latest generations may take, in bytes, about. Default 8 MiB. */
  readonly recentBytes?: number
}

const recordBytes = 1_500
const partBytes = 250

const bytesOf = ({ attempts, losses, labels, user, sessionId, userAgent }: Generation): number =>
  recordBytes +
  partBytes * (attempts.length + losses.length) +
  2 * ((user?.length ?? 0) + (sessionId?.length ?? 0) + (userAgent?.length ?? 0)) +
  (labels === undefined ? 0 : 2 * JSON.stringify(labels).length)

const isWanted = (generation: Generation, id: string, scope: Scope): boolean =>
  (generation.id === id || generation.requestId === id || generation.upstreamId === id) &&
  (scope === "any" || generation.keyId === scope.keyId)

const newestBucket =
  "select bucket from generation_ids where bucket < ? and instr(hashes, ?) > 0 order by bucket desc limit 1"

const batchesOf = "select entries from generation_batches where bucket = ? order by number desc"

/** So many buckets are read for one id. Only an upstream that gives the same id again and again fills more. */
const mostBuckets = 20

const findStored = async (store: Store, id: string, scope: Scope): Promise<Generation | undefined> => {
  const hash = packHashes([idHash(id)])
  let bucket: SqlValue = Number.MAX_SAFE_INTEGER
  for (let read = 0; read < mostBuckets; read += 1) {
    const [found]: readonly Row[] = await store.writer.query({ sql: newestBucket, args: [bucket, hash] })
    if (found === undefined) return undefined
    bucket = found.bucket ?? null
    const batches = await store.writer.query({ sql: batchesOf, args: [bucket] })
    const wanted = batches
      .flatMap(({ entries }) => unpackEntries(entries).reverse())
      .filter(({ generation }) => isWanted(generation, id, scope))
    if (wanted.length > 0)
      return wanted.reduce((newest, entry) => (entry.settledAt > newest.settledAt ? entry : newest)).generation
  }
  return undefined
}

export const openGenerations = ({ store, recentBytes = 8 * 1024 * 1024 }: GenerationsOptions): Generations => {
  /** The latest ones, oldest first from `first`. Looking through all of them takes microseconds and recording next to nothing. */
  let recent: { readonly generation: Generation; readonly bytes: number }[] = []
  let first = 0
  let total = 0

  const remember = (generation: Generation): void => {
    const bytes = bytesOf(generation)
    recent.push({ generation, bytes })
    total += bytes
    while (total > recentBytes && first < recent.length - 1) total -= recent[first++]!.bytes
    if (first > 1_000 && first * 2 > recent.length) {
      recent = recent.slice(first)
      first = 0
    }
  }
  return {
    record: (generation, settledAt) => {
      remember(generation)
      if (store.durability === "strict") return store.writer.appendAndWait(generation, settledAt)
      store.writer.append(generation, settledAt)
      return undefined
    },
    find: async (id, scope) => {
      for (let position = recent.length - 1; position >= first; position -= 1) {
        const { generation } = recent[position]!
        if (isWanted(generation, id, scope)) return generation
      }
      return findStored(store, id, scope)
    },
  }
}
