import { passingSlot } from "../../catalog/brought.ts"
import { type NoPlace, PlaceRefused } from "../../catalog/health/places.ts"
import type { Manner, Visit } from "../../catalog/health/visit.ts"
import { GatewayError, messageOf } from "../../contract/index.ts"
import type { Exchange } from "../exchange.ts"
import type { LiveOffer } from "../services.ts"
import { type Credential, credentialsFor, hasSeveral, offerBy } from "./credentials.ts"
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
): Start | Promise<Start> {
  const { health, now } = exchange.services
  if (!hasSeveral(exchange, offer)) {
    const visit = health.visit(offer.key, 0, now(), mannerOf(exchange))
    return { offer, visit, slot: 0, credential: undefined, queuedMs }
  }
  const all = credentialsFor(exchange, offer, () => health.upstream(offer.provider).nextTurn())
  return startWith(exchange, offer, spent.size === 0 ? all : all.filter(({ slot }) => !spent.has(slot)), queuedMs)
}

/** The first of these credentials that is not left alone. */
function startWith(
  exchange: Exchange,
  offer: LiveOffer,
  left: readonly Credential[],
  queuedMs: number | undefined,
): Start | Promise<Start> {
  const { health, now } = exchange.services
  const slots = left.map(({ slot }) => slot)
  const slot = health.credential(offer.key, slots, now())
  const chosen = left.find((each) => each.slot === slot)
  const startedBy = (ready: LiveOffer): Start => {
    const visit = health.visit(offer.key, slot, now(), mannerOf(exchange))
    const { brought } = chosen ?? {}
    if (brought) return { offer: ready, visit: apart(visit), slot, credential: undefined, brought, queuedMs }
    const credential = offer.live.byCredential ? slot + 1 : undefined
    return { offer: ready, visit, slot, credential, queuedMs }
  }
  /** It cannot even be opened, or its plugin does not take it: the next one may do. */
  const without = (thrown: unknown): Start | Promise<Start> => {
    exchange.services.log.warn("a brought credential cannot be used", {
      provider: offer.provider,
      upstream_key: chosen?.brought?.id,
      error: messageOf(thrown),
    })
    return startWith(
      exchange,
      offer,
      left.filter((each) => each !== chosen),
      queuedMs,
    )
  }
  if (!chosen) {
    health.upstream(offer.provider).places.give()
    throw notStarted(exchange, offer, noneLeft(offer), queuedMs)
  }
  let ready: LiveOffer | Promise<LiveOffer>
  try {
    ready = offerBy(exchange, offer, chosen)
  } catch (thrown) {
    return without(thrown)
  }
  return ready instanceof Promise ? ready.then(startedBy, without) : startedBy(ready)
}

/** What a credential of somebody else meets is no news of the upstream; only it is left alone. */
const apart = (visit: Visit): Start["visit"] => ({
  answered: (now) => visit.answered(now),
  spoke: (now) => visit.spoke(now),
  ended: (now, ending) => {
    const { rests } = ending
    if (rests !== "credential" && rests !== "limit") visit.ended(now, ending)
    else if (visit.credential === passingSlot) visit.ended(now, { result: "none" })
    else visit.ended(now, { ...ending, result: "none" })
  },
})

const noneLeft = ({ live, provider }: LiveOffer): GatewayError =>
  new GatewayError("provider_auth", `None of the credentials that were brought for ${live.name} can be used.`, {
    provider,
  })

const mannerOf = ({ ability, isStreamedUp }: Exchange): Manner =>
  ability === "countTokens" ? "aside" : isStreamedUp ? "streamed" : "whole"

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
  return notStarted(exchange, offer, error, queuedMs)
}

function notStarted(
  exchange: Exchange,
  offer: LiveOffer,
  error: GatewayError,
  queuedMs: number | undefined,
): GatewayError {
  const startedAt = exchange.services.now()
  const start = { offer, slot: 0, credential: undefined, queuedMs }
  exchange.noteWait(error)
  exchange.attempts.push(recordOf({ start, startedAt, status: 0, lane: laneOf(offer) }, startedAt, error))
  return error
}

const laneOf = ({ wires }: LiveOffer) => (wires.length === 0 ? "direct" : "translated")
