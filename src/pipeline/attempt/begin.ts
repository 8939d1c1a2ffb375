import { withEachCredential } from "../../catalog/credentials.ts"
import { type NoPlace, PlaceRefused } from "../../catalog/health/places.ts"
import type { Manner } from "../../catalog/health/visit.ts"
import { GatewayError } from "../../contract/index.ts"
import type { Exchange } from "../exchange.ts"
import type { LiveOffer } from "../services.ts"
import { byAffinity, inTurn } from "./credentials.ts"
import { recordOf } from "./record.ts"
import type { Start } from "./start.ts"
import { clientClosed } from "./try.ts"

const noneSpent: ReadonlySet<number> = new Set()

/**
 * Begins an attempt; a promise only where it has to wait for a place, which rejects with GatewayError where it gets none. `spent`: the
 * credentials that failed this request already.
 */
export function begin(
  exchange: Exchange,
  offer: LiveOffer,
  spent: ReadonlySet<number> = noneSpent,
): Start | Promise<Start> {
  const { services, inbound } = exchange
  const { places } = services.health.upstream(offer.provider)
  const waiting = places.take(inbound.principal.routing?.priority ?? 0, exchange.waits)
  if (!waiting) return startOf(exchange, offer, spent, undefined)
  const since = services.now()
  return waiting.then(
    () => startOf(exchange, offer, spent, services.now() - since),
    (thrown) => {
      throw refused(exchange, offer, thrown, services.now() - since)
    },
  )
}

function startOf(
  exchange: Exchange,
  offer: LiveOffer,
  spent: ReadonlySet<number>,
  queuedMs: number | undefined,
): Start {
  const { health, now } = exchange.services
  const offers = withEachCredential(offer)
  const manner = mannerOf(exchange)
  if (offers.length === 1)
    return { offer, visit: health.visit(offer.key, 0, now(), manner), credential: undefined, queuedMs }
  const order = byAffinity(exchange, offers.length) ?? inTurn(health.upstream(offer.provider).nextTurn(), offers.length)
  const left = spent.size === 0 ? order : order.filter((each) => !spent.has(each))
  const chosen = health.credential(offer.key, left, now())
  const visit = health.visit(offer.key, chosen, now(), manner)
  return { offer: offers[chosen] ?? offer, visit, credential: chosen + 1, queuedMs }
}

const mannerOf = ({ ability, fields }: Exchange): Manner =>
  ability === "countTokens" ? "aside" : fields.stream ? "streamed" : "whole"

/** Nobody knows when a place will be free. */
const retryAfterMs = 5000

const whys: Readonly<Record<Exclude<NoPlace, "gone">, string>> = {
  full: "as many wait as may",
  late: "none was free in time",
}

/** Written down as an attempt that never reached its upstream, so that the record tells why the next one was asked. */
function refused(exchange: Exchange, offer: LiveOffer, thrown: unknown, queuedMs: number): unknown {
  if (!(thrown instanceof PlaceRefused)) return thrown
  if (thrown.why === "gone") return clientClosed()
  const error = new GatewayError(
    "capacity_exhausted",
    `${offer.live.name} has all its places taken, and ${whys[thrown.why]}.`,
    { provider: offer.provider, retryAfterMs },
  )
  const startedAt = exchange.services.now()
  const start = { offer, credential: undefined, queuedMs }
  exchange.noteWait(error)
  exchange.attempts.push(recordOf({ start, startedAt, status: 0, lane: laneOf(offer) }, startedAt, error))
  return error
}

const laneOf = ({ wires }: LiveOffer) => (wires.length === 0 ? "direct" : "translated")
