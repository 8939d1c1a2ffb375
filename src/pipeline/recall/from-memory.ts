import type { CacheEntry, CacheQuery } from "../../contract/index.ts"
import type { Try } from "../attempt/try.ts"
import type { Exchange } from "../exchange.ts"
import type { PlannedAttempt } from "../plan/types.ts"
import { forget, lookUp } from "./look-up.ts"
import { recalledTry } from "./replay.ts"

/** What is remembered of an equal request, as an attempt that asks nobody and costs nothing. Undefined: nothing, or it is not wanted. */
export async function fromMemory(
  exchange: Exchange,
  query: CacheQuery,
  planned: readonly PlannedAttempt[],
): Promise<{ readonly current: Try; readonly entry: CacheEntry } | undefined> {
  const { caching, services } = exchange
  if (!caching?.remembers) return undefined
  exchange.cacheQuery = query
  if (caching.refreshes) await forget(exchange, query)
  const found = caching.refreshes ? undefined : await lookUp(exchange, query, planned)
  if (!found) {
    services.metrics.missed()
    return undefined
  }
  const { cache, entry } = found
  const { sourceId, storedAt, expiresAt, costNano, losses } = entry
  const recalled = { cache, sourceId, storedAt, expiresAt, savedNano: () => costNano }
  const current = recalledTry(exchange, found.planned.offer, recalled)
  for (const loss of losses) exchange.lose(loss)
  return { current, entry }
}
