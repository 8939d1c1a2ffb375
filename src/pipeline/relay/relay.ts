import { GatewayError } from "../../contract/index.ts"
import { begin } from "../attempt/begin.ts"
import { credentialsFor, hasSeveral } from "../attempt/credentials.ts"
import type { Start } from "../attempt/start.ts"
import { clientClosed } from "../attempt/try.ts"
import { isOfCredential } from "../attempt/verdict.ts"
import type { Exchange } from "../exchange.ts"
import type { PlannedAttempt } from "../plan/types.ts"
import type { LiveOffer } from "../services.ts"
import { hedgeMs, race } from "./hedge.ts"
import { Line } from "./line.ts"
import { isRepeated, pause, waitBefore } from "./wait.ts"

/** One try at one offer, from its place on; throws GatewayError as long as another may take over. It ends what it began. */
export type Attempt<T> = (exchange: Exchange, start: Start) => Promise<T>

/** Attempts in order until one begins to answer. Throws the last failure when none does. */
export function relay<T>(exchange: Exchange, planned: readonly PlannedAttempt[], attempt: Attempt<T>): Promise<T> {
  const line = new Line(exchange, planned)
  const afterMs = planned.length > 1 ? hedgeMs(exchange) : undefined
  if (afterMs === undefined) return runDown(exchange, line, line.take(), attempt)
  const asHedge: Attempt<T> = (same, start) => attempt(same, { ...start, role: "hedge" })
  return race(exchange, afterMs, line, (first, role) =>
    runDown(exchange, line, first ?? line.take(), role ? asHedge : attempt),
  )
}

async function runDown<T>(
  exchange: Exchange,
  line: Line,
  first: PlannedAttempt | undefined,
  attempt: Attempt<T>,
): Promise<T> {
  let last: GatewayError | undefined
  let tooSmall: LiveOffer | undefined
  let refusedBy: Set<string> | undefined
  for (let next = first; next; next = line.take()) {
    const { offer } = next
    if (tooSmall && !isLarger(offer, tooSmall)) continue
    if (refusedBy?.has(weightsOf(offer))) continue
    try {
      return await repeat(exchange, next, line.isEmpty, attempt)
    } catch (thrown) {
      if (!GatewayError.is(thrown)) throw thrown
      if (thrown.code === "client_closed") throw thrown
      if (thrown.retry === "no") {
        if (thrown.rule.origin !== "provider") throw thrown
        refusedBy ??= new Set()
        refusedBy.add(weightsOf(offer))
      }
      if (thrown.code === "context_length_exceeded") tooSmall = offer
      // Of several failures, that a working upstream is busy is what a client can do something about: come again.
      if (last?.code !== "capacity_exhausted") last = thrown
    }
  }
  throw last ?? new GatewayError("internal", "There was nothing to try.")
}

/**
 * What a model refuses in the request itself, its other providers would refuse too; another model may take it. Both hosted APIs go on to
 * the next model after any error (openrouter.ai, model fallbacks; requesty.ai, fallback policies).
 */
const weightsOf = ({ canonical, model }: LiveOffer): string => canonical ?? model

/** A longer input fits only where the window is known to be larger, or the model is another one of unknown size. */
function isLarger(offer: LiveOffer, small: LiveOffer): boolean {
  if (offer.context !== undefined && small.context !== undefined) return offer.context > small.context
  return offer.model !== small.model
}

/** One offer: with each of its credentials that is not to blame for the last failure, and as often more as the plan wants. */
async function repeat<T>(
  exchange: Exchange,
  { offer, retries }: PlannedAttempt,
  isLast: boolean,
  attempt: Attempt<T>,
): Promise<T> {
  const repeats = Math.max(retries, isLast ? exchange.snapshot.config.retries.sameUpstream : 0)
  /** Credentials that failed in this round; undefined: there is one. */
  const spent = hasSeveral(exchange, offer) ? new Set<number>() : undefined
  for (let round = 0; ; ) {
    const begun = begin(exchange, offer, spent)
    const start = begun instanceof Promise ? await begun : begun
    try {
      return await attempt(exchange, start)
    } catch (thrown) {
      if (!GatewayError.is(thrown)) throw thrown
      if (spent && hasAnother(exchange, offer, start, spent, thrown)) continue
      const wait = round < repeats && isRepeated(thrown) ? waitBefore(exchange, thrown, round, retries > 0) : undefined
      if (wait === undefined) throw thrown
      round++
      spent?.clear()
      await pause(wait, exchange.waits, clientClosed)
    }
  }
}

/** Whether one more credential of this offer can be tried at once. */
function hasAnother(
  exchange: Exchange,
  offer: LiveOffer,
  { slot }: Start,
  spent: Set<number>,
  error: GatewayError,
): boolean {
  if (!isOfCredential(error)) return false
  spent.add(slot)
  const { health, now } = exchange.services
  return credentialsFor(exchange, offer, () => 0).some(
    (each) => !spent.has(each.slot) && health.admitsWith(offer.key, each.slot, now()),
  )
}
