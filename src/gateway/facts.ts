import { messageOf } from "../contract/index.ts"
import { Facts } from "../facts/facts.ts"
import type { FactSource } from "../facts/source.ts"
import type { Prices } from "../ledger/prices.ts"
import type { Snapshot } from "../pipeline/services.ts"
import type { RootLogger } from "../telemetry/logger.ts"
import { after } from "./after.ts"

export interface FactsParts {
  readonly prices: Prices
  readonly clock: { now(): number }
  readonly log: RootLogger
  /** What was fetched and kept. */
  readonly kept: () => Promise<readonly FactSource[]>
}

/** What is publicly known of models. Its tables are read with the first list or name that needs them, or when nothing else goes on. */
export const openFacts = ({ prices, log, clock, kept }: FactsParts): Facts =>
  new Facts({
    now: clock.now,
    load: async () => {
      const [{ overlay }, { PriceNamesSource }, list, documents] = await Promise.all([
        import("../facts/overlay/overlay.ts"),
        import("../facts/genai-prices.ts"),
        prices.list(),
        // The store may fail; what is built in is there all the same.
        kept().catch((error: unknown) => {
          log.error("kept documents about models cannot be read", { error: messageOf(error) })
          return []
        }),
      ])
      return [overlay(), ...(list ? [new PriceNamesSource(list)] : []), ...documents]
    },
    onLoadFailure: (error) =>
      log.error("what is publicly known of models cannot be loaded", { error: messageOf(error) }),
  })

/** Long enough for a start to be over, short enough for most first requests to find everything known. */
const quietMs = 2000

/** Loads facts when a moment has passed and a provider offers whatever is known of it; others never need them by themselves. */
export function loadSoon(facts: Facts, snapshot: () => Snapshot): () => void {
  return after(quietMs, () => {
    if ([...snapshot().catalog.providers.values()].some(({ open }) => open)) facts.load()
  })
}
