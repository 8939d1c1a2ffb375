import { emptyUsage, type GatewayError, outputTokens, type Usage } from "../../contract/index.ts"
import { believable } from "../../ledger/believable.ts"
import { charactersPerToken } from "../../ledger/estimate.ts"
import { bill as priced } from "../../ledger/prices.ts"
import type { Exchange } from "../exchange.ts"
import { withSearchCount } from "../search/cite.ts"
import type { Running } from "./running.ts"

/** Prices the usage of an attempt as it passes. The last usage of an attempt counts. */
export function bill(current: Running, reported: Usage): void {
  const usage = believable(reported)
  const { costNano, source } = priced(usage, current.price)
  current.usage = usage
  current.costNano = costNano
  current.priceSource = source
}

/** The gateway searches once for all attempts of a request; that counts for the one that the client was told of. */
export const searchesOf = ({ hasSearched, isOutrun, start }: Running): number =>
  hasSearched && !isOutrun && start.role !== "continuation" ? 1 : 0

/** Output tokens of so much text: no answer is longer than it was allowed to be, whatever its words are like. */
function estimatedOutput({ asked }: Exchange, { cap }: Running, contentLength: number): number {
  const most = (cap?.tokens ?? asked.maxOutputTokens ?? Number.POSITIVE_INFINITY) * asked.choices
  return Math.min(most, Math.ceil(contentLength / charactersPerToken))
}

/** What an attempt used whose upstream reported nothing. */
export function estimateUsage(exchange: Exchange, current: Running, contentLength: number): Usage {
  const usage: Usage = {
    input: { ...emptyUsage.input, fresh: exchange.services.estimateInput(current.measured, current.offer.key) },
    output: { ...emptyUsage.output, text: estimatedOutput(exchange, current, contentLength) },
    estimated: true,
  }
  return withSearchCount(usage, searchesOf(current))
}

/** At the end of an attempt: an upstream that began to answer, or was read and then left, has worked for us; what it did not count is estimated. */
export function reckon(exchange: Exchange, current: Running, error: GatewayError | undefined): void {
  const isLeft = error?.code === "client_closed"
  if (isLeft && !exchange.answering && isAtWork(exchange, current)) {
    exchange.announced = current
    exchange.answering = current
  }
  const { usage, contentLength } = current
  if (exchange.answering !== current && !current.isOutrun) return
  if (!usage && (contentLength > 0 || isLeft)) bill(current, estimateUsage(exchange, current, contentLength))
  if (error && current.finishReason === undefined) billWhatPassed(exchange, current)
}

/**
 * Whether it was at work when its client left. Streams say so, by their status or by what they have counted. A whole answer says nothing
 * before it is complete: whoever sends for one and leaves would have it for nothing again and again.
 */
const isAtWork = ({ isStreamedUp, ability }: Exchange, { usage, status, isSent }: Running): boolean =>
  usage !== undefined || (ability !== "countTokens" && (status === 200 || (isSent && !isStreamedUp)))

/** What an answer used that was ended here. */
export function billCut(exchange: Exchange, current: Running): void {
  if (current.usage) billWhatPassed(exchange, current)
  else bill(current, estimateUsage(exchange, current, current.contentLength))
}

/** An answer that broke off: what the upstream had counted by then may be older than what has passed (Anthropic counts at both ends). */
function billWhatPassed(exchange: Exchange, current: Running): void {
  const { usage, contentLength } = current
  if (!usage || usage.estimated) return
  const missing = estimatedOutput(exchange, current, contentLength) - outputTokens(usage)
  if (missing <= 0) return
  bill(current, { ...usage, output: { ...usage.output, text: usage.output.text + missing }, estimated: true })
}
