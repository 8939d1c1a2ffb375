import {
  emptyUsage,
  errorCodes,
  type FinishReason,
  type GatewayError,
  type Generation,
  inputTokens,
  type Usage,
} from "../contract/index.ts"
import { usd } from "../ledger/money.ts"
import { bill as priced } from "../ledger/prices.ts"
import type { Exchange } from "./exchange.ts"

/** Characters per token of an answer that nobody counted. */
const charactersPerToken = 3.5

/** Prices a usage that just passed, so that the cost can ride on the same event. Dollars. The last usage of an answer counts. */
export function bill(exchange: Exchange, usage: Usage): number {
  const { costNano, source } = priced(usage, exchange.offerPrice)
  exchange.usage = usage
  exchange.costNano = costNano
  exchange.priceSource = source
  return usd(costNano)
}

/** What an answer used whose upstream reported nothing. */
export function estimateUsage(exchange: Exchange): Usage {
  const { offer, services, contentLength } = exchange
  const input = offer ? services.estimateInput(exchange, offer.key) : 0
  return {
    input: { ...emptyUsage.input, fresh: input },
    output: { ...emptyUsage.output, text: Math.ceil(contentLength / charactersPerToken) },
    estimated: true,
  }
}

const openaiReasons: Readonly<Record<FinishReason, string>> = {
  stop: "stop",
  length: "length",
  "tool-calls": "tool_calls",
  "content-filter": "content_filter",
  error: "error",
  other: "stop",
}

export const openaiReason = (reason: FinishReason): string => openaiReasons[reason]

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
    bill(exchange, estimateUsage(exchange))
  const now = services.now()
  const hold = exchange.hold ?? services.budgets.hold(inbound.principal, 0, now)
  if (hold) services.budgets.settle(hold, exchange.costNano, now)
  if (offer && exchange.usage && !exchange.usage.estimated) {
    services.learnInput(exchange, offer.key, inputTokens(exchange.usage))
  }
  const generation = generationOf(exchange, now)
  services.metrics.finished(generation, overheadMs(exchange, now))
  exchange.release()
  return services.record(generation, Math.round(now))
}

/** What is left of a request's time without its attempts. */
function overheadMs({ inbound, attempts }: Exchange, now: number): number {
  const upstream = attempts.reduce((sum, { durationMs }) => sum + durationMs, 0)
  return Math.max(0, now - inbound.startedAt - upstream)
}

function generationOf(exchange: Exchange, now: number): Generation {
  const { inbound, offer, fields, error } = exchange
  const { headers } = inbound
  return {
    id: exchange.id,
    requestId: inbound.requestId,
    keyId: inbound.principal.keyId,
    createdAt: Math.round(inbound.startedAt),
    requestedModel: exchange.requestedModel,
    model: offer?.model ?? exchange.requestedModel,
    provider: offer?.provider ?? "",
    upstreamModel: offer?.upstream ?? "",
    api: "chat-completions",
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
    ...defined("upstreamId", exchange.upstreamId),
    ...defined("errorCode", error?.code),
    ...defined("finishReason", exchange.finishReason),
    ...defined("nativeFinishReason", exchange.nativeFinishReason),
    ...defined("price", exchange.priceSource === "upstream" ? undefined : exchange.offerPrice.price),
    ...defined(
      "firstPartMs",
      exchange.firstPartAt === undefined ? undefined : Math.round(exchange.firstPartAt - inbound.startedAt),
    ),
    ...defined("user", fields.user),
    ...defined("sessionId", fields.sessionId ?? headers.get("x-session-id") ?? undefined),
    ...defined("origin", headers.get("http-referer") ?? undefined),
    ...defined("originTitle", headers.get("x-openrouter-title") ?? headers.get("x-title") ?? undefined),
    ...defined("userAgent", headers.get("user-agent") ?? undefined),
    ...defined("labels", exchange.labels),
  }
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

const defined = <K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V })
