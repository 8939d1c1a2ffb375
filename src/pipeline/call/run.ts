import { type AbilityName, asGatewayError, emptyUsage, type GatewayError } from "../../contract/index.ts"
import { type CallInbound, Exchange } from "../exchange.ts"
import { plan } from "../plan/plan.ts"
import { record } from "../record.ts"
import { relay } from "../relay.ts"
import { refuseUnguarded, screenTexts } from "../screen.ts"
import type { Services } from "../services.ts"
import { bill, settle } from "../settle.ts"
import { asFailure, clientClosed, type Try } from "../upstream.ts"
import { admitCall } from "./admit.ts"
import { attemptCall } from "./attempt.ts"
import { expectedUsage, withPricedCounters } from "./expected.ts"
import { withTexts } from "./texts.ts"
import { type ReplyOf, usageOf, type Work } from "./work.ts"

export interface CallOutcome<Name extends AbilityName> {
  readonly exchange: Exchange
  readonly reply: ReplyOf<Name>
  readonly costUsd: number
}

/** The start of a call: what is refused here was no request yet. */
export const beginCall = (services: Services, inbound: CallInbound): Exchange =>
  new Exchange(inbound, services, services.snapshot(), inbound.fields)

/** One call, from its request to its answer. By the time it throws, it is settled. */
export async function runCall<Name extends AbilityName>(
  exchange: Exchange,
  work: Work<Name>,
): Promise<CallOutcome<Name>> {
  try {
    const { roster } = exchange.snapshot
    if (roster.unguarded.length > 0) refuseUnguarded(exchange)
    const screened = roster.guardrails.length > 0 ? await withTexts(work, (text) => screenTexts(exchange, text)) : work
    const planned = plan(exchange)
    await admitCall(exchange, planned, screened)
    const { current, reply } = await relay(exchange, planned, attemptCall(screened))
    const expected = expectedUsage(screened, exchange.services.estimateInput(exchange, current.offer.key))
    const used = withPricedCounters(usageOf(reply) ?? expected, expected, exchange.offerPrice.price)
    const costUsd = bill(exchange, work.ability === "countTokens" ? emptyUsage : used)
    const streamed = streamedBody(reply)
    if (!streamed) await finish(exchange, current)
    const given = streamed ? { ...(reply as object), body: watched(exchange, current, streamed) } : reply
    return { exchange, reply: given as ReplyOf<Name>, costUsd }
  } catch (thrown) {
    const error = asGatewayError(thrown)
    await settle(exchange, error)
    throw error
  }
}

async function finish(exchange: Exchange, current: Try, error?: GatewayError): Promise<void> {
  current.close()
  record(exchange, current, error)
  await settle(exchange, error)
}

const streamedBody = (reply: unknown): ReadableStream<Uint8Array> | undefined => {
  const body = typeof reply === "object" && reply !== null ? (reply as { body?: unknown }).body : undefined
  return body instanceof ReadableStream ? (body as ReadableStream<Uint8Array>) : undefined
}

/** An answer that is still on its way (speech): settled when it ends, or when the client has had enough. */
function watched(exchange: Exchange, current: Try, body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  const { idleMs } = current.offer.live.timeouts
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        current.expectWithin(idleMs)
        const { done, value } = await reader.read()
        if (!done) return controller.enqueue(value)
        await finish(exchange, current)
        controller.close()
      } catch (thrown) {
        const error = asFailure(thrown, current)
        await finish(exchange, current, error)
        controller.error(error)
      }
    },
    async cancel() {
      current.abort(clientClosed())
      reader.cancel().catch(() => {})
      await finish(exchange, current, clientClosed())
    },
  })
}
