import type { PartsAnswer } from "../answer.ts"
import type { Exchange } from "../exchange.ts"
import type { PlannedAttempt } from "../plan/types.ts"
import { cachingOf } from "./caching.ts"
import { fromMemory } from "./from-memory.ts"
import { chatQuery } from "./query.ts"
import { each, replay } from "./replay.ts"
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
  const found = await fromMemory(exchange, query, planned)
  if (found && "parts" in found.entry) return replay(exchange, found.current, each(found.entry.parts))
  exchange.contentIsRead = true
  return caching.coalesces ? shareAnswer(exchange, query.fingerprint, planned) : undefined
}
