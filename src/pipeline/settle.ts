import {
  emptyUsage,
  errorCodes,
  type GatewayError,
  type Generation,
  inputTokens,
  outputTokens,
  type Usage,
} from "../contract/index.ts"
import { believable } from "../ledger/believable.ts"
import { charactersPerToken } from "../ledger/estimate.ts"
import { usd } from "../ledger/money.ts"
import { bill as priced } from "../ledger/prices.ts"
import type { Exchange } from "./exchange.ts"
import { withSearchCount } from "./search/cite.ts"
import type { LiveOffer } from "./services.ts"
import { sessionOf } from "./session.ts"

/** Prices a usage that just passed, so that the cost can ride on the same event. Dollars. The last usage of an answer counts. */
export function bill(exchange: Exchange, reported: Usage): number {
  const usage = believable(reported)
  const { costNano, source } = priced(usage, exchange.offerPrice)
  exchange.usage = usage
  exchange.costNano = costNano
  exchange.priceSource = source
  return usd(costNano)
}

/** What an answer used whose upstream reported nothing. */
export function estimateUsage(exchange: Exchange, offer: LiveOffer, contentLength: number): Usage {
  const usage: Usage = {
    input: { ...emptyUsage.input, fresh: exchange.services.estimateInput(exchange, offer.key) },
    output: { ...emptyUsage.output, text: Math.ceil(contentLength / charactersPerToken) },
    estimated: true,
  }
  return withSearchCount(usage, exchange.shownResults ? 1 : 0)
}

/**
 * Ends a request, exactly once, however it ended: cost and hold are settled, the row goes to the ledger, metrics and log hear of it,
 * the roster is let go. Gives a promise only where the ledger is strict.
 */
export function settle(exchange: Exchange, error?: GatewayError): undefined | Promise<unknown> {
  if (exchange.settled) return undefined
  exchange.settled = true
  exchange.error ??= error
  exchange.cancelled = exchange.error?.code === "client_closed"
  const { services, inbound, offer } = exchange
  // An upstream that began to answer has worked for us; what it did not count is estimated.
  if (offer && !exchange.usage && (exchange.contentLength > 0 || exchange.cancelled))
    bill(exchange, estimateUsage(exchange, offer, exchange.contentLength))
  if (exchange.error && exchange.finishReason === undefined) billWhatPassed(exchange)
  const now = services.now()
  if (exchange.hold) services.budgets.settle(exchange.hold, exchange.costNano, now)
  else services.budgets.spend(inbound.principal, exchange.costNano, now)
  if (offer && exchange.usage && !exchange.usage.estimated) {
    services.learnInput(exchange, offer.key, inputTokens(exchange.usage))
  }
  const generation = generationOf(exchange, now)
  services.metrics.finished(generation, overheadMs(exchange, now))
  exchange.release()
  return services.record(generation, Math.round(now))
}

/** An answer that broke off: what the upstream had counted by then may be older than what has passed (Anthropic counts at both ends). */
function billWhatPassed(exchange: Exchange): void {
  const { usage, contentLength } = exchange
  if (!usage || usage.estimated) return
  const missing = Math.ceil(contentLength / charactersPerToken) - outputTokens(usage)
  if (missing <= 0) return
  bill(exchange, { ...usage, output: { ...usage.output, text: usage.output.text + missing }, estimated: true })
}

/** What is left of a request's time without its attempts. */
function overheadMs({ inbound, attempts }: Exchange, now: number): number {
  const upstream = attempts.reduce((sum, { durationMs }) => sum + durationMs, 0)
  return Math.max(0, now - inbound.startedAt - upstream)
}

/** Built field by field: a spread per optional field would cost more than all the rest of settling. */
function generationOf(exchange: Exchange, now: number): Generation {
  const { inbound, offer, fields, error, offerPrice, firstPartAt } = exchange
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
    priceSource: exchange.priceSource,
    durationMs: Math.round(now - inbound.startedAt),
    attempts: exchange.attempts,
    losses: exchange.losses,
  }
  const set = <K extends keyof Generation>(key: K, value: Generation[K] | null | undefined) => {
    if (value !== undefined && value !== null) generation[key] = value
  }
  set("upstreamId", exchange.upstreamId)
  set("errorCode", error?.code)
  set("finishReason", exchange.finishReason)
  set("nativeFinishReason", exchange.nativeFinishReason)
  if (exchange.priceSource !== "upstream") set("price", offerPrice.price)
  if (firstPartAt !== undefined) generation.firstPartMs = Math.round(firstPartAt - inbound.startedAt)
  set("user", fields.user)
  set("sessionId", sessionOf(fields, headers))
  set("origin", headers.get("http-referer"))
  set("originTitle", headers.get("x-openrouter-title") ?? headers.get("x-title"))
  set("userAgent", headers.get("user-agent"))
  set("labels", exchange.labels)
  return generation
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

function statusOf(exchange: Exchange): number {
  const { error, inbound, firstPartAt } = exchange
  if (!error) return 200
  return error.code === "client_closed"
    ? errorCodes.client_closed.status
    : firstPartAt === undefined
      ? inbound.face.status(error)
      : 200
}
