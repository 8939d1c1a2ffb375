import { type Cache, type CacheEntry, type CacheQuery, messageOf } from "../../contract/index.ts"
import type { Exchange } from "../exchange.ts"
import type { PlannedAttempt } from "../plan/types.ts"

export interface Found {
  readonly cache: string
  readonly entry: CacheEntry
  /** The offer that made it, which this request could be sent to as well. */
  readonly planned: PlannedAttempt
}

/** Asks the caches one after the other, those that compare meanings last. */
export async function lookUp(
  exchange: Exchange,
  query: CacheQuery,
  planned: readonly PlannedAttempt[],
): Promise<Found | undefined> {
  const { caches } = exchange.snapshot.roster
  for (const match of ["exact", "similar"] as const) {
    for (const cache of caches) {
      if ((cache.match ?? "exact") !== match) continue
      if (match === "similar" && query.ability !== "chat") continue
      const entry = await orNothing(exchange, cache, () => cache.lookup(query))
      const found = entry && usable(exchange, query, entry, planned)
      if (entry && found) return { cache: cache.name, entry, planned: found }
    }
  }
  return undefined
}

/**
 * An answer is given only where its maker could be asked now: what the key may not use, an alias that leads elsewhere since, or a provider
 * that the request shuts out, all of these are for the plan to say. What it lost is in the words of the API that it was made for.
 */
function usable(
  exchange: Exchange,
  query: CacheQuery,
  entry: CacheEntry,
  planned: readonly PlannedAttempt[],
): PlannedAttempt | undefined {
  if (!(entry.expiresAt > exchange.services.now())) return undefined
  if ("parts" in entry !== (query.ability === "chat")) return undefined
  if (entry.losses.length > 0 && (exchange.strict || entry.api !== exchange.api)) return undefined
  return offerOf(entry, planned)
}

/** The same model at the same provider, which is more than their names: those of the file may mean another server by now. */
export const offerOf = (
  { provider, upstream, maker }: Pick<CacheEntry, "provider" | "upstream" | "maker">,
  planned: readonly PlannedAttempt[],
): PlannedAttempt | undefined =>
  planned.find(
    ({ offer }) => offer.provider === provider && offer.upstream === upstream && offer.live.identity === maker,
  )

/** Stores an answer in all caches. Not waited for: the client need not wait until its answer is remembered. */
export function storeIn(exchange: Exchange, query: CacheQuery, entry: CacheEntry): void {
  const release = exchange.snapshot.roster.acquire()
  const stored = exchange.snapshot.roster.caches.map((cache) =>
    orNothing(exchange, cache, () => cache.store(query, entry)),
  )
  void Promise.all(stored).finally(release)
}

/** Takes an entry away before the one that replaces it is made. */
export async function forget(exchange: Exchange, { fingerprint }: CacheQuery): Promise<void> {
  await Promise.all(
    exchange.snapshot.roster.caches.map((cache) =>
      orNothing(exchange, cache, async () => cache.purge?.({ fingerprint })),
    ),
  )
}

/** A cache that throws is a miss, and stores nothing. */
async function orNothing<T>(exchange: Exchange, { name }: Cache, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (thrown) {
    exchange.services.log.warn("cache failed", {
      cache: name,
      requestId: exchange.inbound.requestId,
      error: messageOf(thrown),
    })
    return undefined
  }
}
