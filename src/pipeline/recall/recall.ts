import type { PartsAnswer } from "../answer.ts"
import type { Exchange } from "../exchange.ts"
import type { PlannedAttempt } from "../plan/types.ts"
import { cachingOf } from "./caching.ts"
import { forget, lookUp } from "./look-up.ts"
import { chatQuery } from "./query.ts"
import { each, recalledTry, replay } from "./replay.ts"
import { shareAnswer } from "./together.ts"

/** Whether this request wants anything of memory; for nearly every one it is two headers that are not there. */
export function wantsRecall(exchange: Exchange): boolean {
  exchange.caching = cachingOf(exchange)
  return exchange.caching !== undefined
}

/**
 * An answer that was given before, or is being given to an equal request: an attempt that asks nobody and costs nothing, delivered,
 * settled and recorded like any other. Undefined: the upstream has to be asked, and what it says must be read to be remembered.
 */
export async function recall(exchange: Exchange, planned: readonly PlannedAttempt[]): Promise<PartsAnswer | undefined> {
  const { caching } = exchange
  if (!caching) return undefined
  const query = chatQuery(exchange, caching)
  if (caching.remembers) {
    if (caching.refreshes) await forget(exchange, query)
    const found = caching.refreshes ? undefined : await lookUp(exchange, query, planned)
    const entry = found?.entry
    if (found && entry && "parts" in entry) {
      const { cache } = found
      const { sourceId, storedAt, expiresAt, costNano, losses } = entry
      const savedNano = () => costNano
      const current = recalledTry(exchange, found.planned.offer, { cache, sourceId, storedAt, expiresAt, savedNano })
      for (const loss of losses) exchange.lose(loss)
      return replay(exchange, current, each(entry.parts))
    }
    exchange.services.metrics.missed()
  }
  exchange.contentIsRead = true
  exchange.cacheQuery = query
  return caching.coalesces ? shareAnswer(exchange, query.fingerprint, planned) : undefined
}
