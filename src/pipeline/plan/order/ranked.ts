import type { OfferHealth } from "../../../catalog/health/types.ts"
import type { Candidate } from "../../../contract/index.ts"
import type { LiveOffer } from "../../services.ts"
import type { Wanted } from "../preferences/layers.ts"

/** An offer that passed every filter, with what it is ordered by. */
export interface Ranked {
  readonly offer: LiveOffer
  readonly retries: number
  readonly wanted: Wanted
  readonly health: OfferHealth
  /** The same as strategies see it. */
  readonly candidate: Candidate
}

/** An outage is felt for so long (openrouter.ai/docs, provider routing). */
const outageMs = 30_000
/** Below it, an offer is only for when others fail. */
const leastUptime = 0.8

/** No outage of late, and most answers of the last half hour were good. */
export const isStable = ({ lastOutageAt, uptime30m }: OfferHealth, now: number): boolean =>
  (lastOutageAt === undefined || now - lastOutageAt >= outageMs) &&
  (uptime30m === undefined || uptime30m >= leastUptime)

export const isOpen = ({ health }: Ranked): boolean => health.breaker === "open"

/** Both parts in the order in which they were: what is so goes behind what is not. */
export function last<T>(list: readonly T[], isSo: (item: T) => boolean): readonly T[] {
  if (!list.some(isSo)) return list
  const found = list.filter(isSo)
  return found.length === list.length ? list : [...list.filter((item) => !isSo(item)), ...found]
}
