import {
  type CacheRecord,
  emptyUsage,
  errorCodes,
  type GatewayError,
  type Generation,
  inputTokens,
} from "../contract/index.ts"
import type { Mutable } from "../contract/mutable.ts"
import { ratedTokens } from "./admit/rates.ts"
import { endRunning } from "./attempt/end.ts"
import type { Running } from "./attempt/running.ts"
import { clientClosed } from "./attempt/try.ts"
import type { Exchange } from "./exchange.ts"
import { unplanned } from "./plan/made-plan.ts"
import { inquiryOf } from "./plan/request-inquiry.ts"
import { sessionOf } from "./session.ts"
import { noteConversation } from "./sticky/stick.ts"

/**
 * Ends a request, exactly once, however it ended: cost and hold are settled, the row goes to the ledger, metrics and log hear of it,
 * the roster is let go. Gives a promise only where the ledger is strict.
 */
export function settle(exchange: Exchange, error?: GatewayError): undefined | Promise<unknown> {
  if (exchange.settled) return undefined
  exchange.settled = true
  exchange.error ??= error
  exchange.cancelled = exchange.error?.code === "client_closed"
  for (const left of exchange.underWay) leave(exchange, left)
  const { services, answering } = exchange
  const now = services.now()
  if (exchange.isSticky) noteConversation(exchange)
  const generation = generationOf(exchange, now)
  const { costNano, byok = false } = generation
  if (exchange.hold) services.budgets.settle(exchange.hold, costNano, now, byok)
  else services.budgets.spend(exchange.payer, costNano, now, byok)
  if (costNano > 0) services.onSpent(exchange.standing, now)
  if (exchange.ticket) services.rates.settle(exchange.ticket, ratedTokens(exchange.usage), now)
  // Afterwards: what was expected of the request is in its row.
  if (answering?.usage && !answering.usage.estimated)
    services.learnInput(answering.measured, answering.offer.key, inputTokens(answering.usage))
  services.metrics.finished(generation, overheadMs(exchange, now))
  if (exchange.attempts.length > 1) services.burn.note(generation, now)
  exchange.release()
  return services.record(generation, Math.round(now))
}

/** Something between an upstream and its client failed: nobody reads on, and the place is free for others. */
function leave(exchange: Exchange, current: Running): void {
  const why = exchange.error ?? clientClosed()
  current.abort(why)
  endRunning(exchange, current, why)
}

/** What is left of a request's time without its attempts. */
function overheadMs({ inbound, attempts }: Exchange, now: number): number {
  const upstream = attempts.reduce((sum, { durationMs }) => sum + durationMs, 0)
  return Math.max(0, now - inbound.startedAt - upstream)
}

/** Built field by field: a spread per optional field would cost more than all the rest of settling. */
function generationOf(exchange: Exchange, now: number): Generation {
  const { inbound, offer, announced, answering, fields, error, firstPartAt } = exchange
  const { headers } = inbound
  const generation: Mutable<Generation> = {
    id: exchange.id,
    requestId: inbound.requestId,
    keyId: inbound.principal.keyId,
    createdAt: Math.round(inbound.startedAt),
    requestedModel: exchange.requestedModel,
    model: offer?.model ?? exchange.requestedModel,
    provider: offer?.provider ?? "",
    upstreamModel: offer?.upstream ?? "",
    api: exchange.api,
    face: inbound.face.name,
    streamed: fields.stream,
    cancelled: exchange.cancelled,
    status: statusOf(exchange),
    usage: exchange.usage ?? emptyUsage,
    costNano: exchange.costNano,
    priceSource: answering?.priceSource ?? "none",
    durationMs: Math.round(now - inbound.startedAt),
    attempts: exchange.attempts,
    losses: exchange.losses,
  }
  const set = <K extends keyof Generation>(key: K, value: Generation[K] | null | undefined) => {
    if (value !== undefined && value !== null) generation[key] = value
  }
  if (answering && exchange.isBroughtWith(answering)) generation.byok = true
  set("owner", exchange.standing.owner)
  set("upstreamId", announced?.upstreamId)
  set("errorCode", error?.code)
  set("finishReason", answering?.finishReason)
  set("nativeFinishReason", answering?.nativeFinishReason)
  if (answering && answering.priceSource !== "upstream") set("price", answering.price.price)
  if (firstPartAt !== undefined) generation.firstPartMs = Math.round(firstPartAt - inbound.startedAt)
  set("preset", exchange.preset?.name)
  set("user", fields.user)
  set("sessionId", sessionOf(exchange))
  set("origin", headers.get("http-referer"))
  set("originTitle", headers.get("x-openrouter-title") ?? headers.get("x-title"))
  set("userAgent", headers.get("user-agent"))
  set("labels", exchange.labels)
  set("cache", cacheOf(exchange, now))
  set("route", exchange.plan?.record ?? unplanned(inquiryOf(exchange)))
  return generation
}

function cacheOf({ recalled }: Exchange, now: number): CacheRecord | undefined {
  if (!recalled) return undefined
  const { cache, sourceId, storedAt, savedNano } = recalled
  return { cache, savedNano: savedNano(), sourceId, ageMs: Math.max(0, Math.round(now - storedAt)) }
}

function statusOf(exchange: Exchange): number {
  const { error, inbound, firstPartAt } = exchange
  if (!error) return 200
  return error.code === "client_closed"
    ? errorCodes.client_closed.status
    : firstPartAt === undefined
      ? inbound.face.status(error)
      : 200
}
