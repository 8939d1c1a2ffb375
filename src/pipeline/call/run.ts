import { type AbilityName, asGatewayError, emptyUsage, type GatewayError } from "../../contract/index.ts"
import { costNano, usd } from "../../ledger/money.ts"
import { refuseProblem } from "../admit/admit.ts"
import { payable } from "../admit/brought.ts"
import { bill } from "../attempt/bill.ts"
import { endAttempt } from "../attempt/end.ts"
import { clientClosed, type Try } from "../attempt/try.ts"
import { asFailure } from "../attempt/upstream.ts"
import { type CallInbound, Exchange } from "../exchange.ts"
import { keepCall, keepsBodies } from "../keep-bodies.ts"
import { plan } from "../plan/plan.ts"
import { explainAvailability } from "../plan/told/availability.ts"
import { wantsRecall } from "../recall/recall.ts"
import { relay } from "../relay/relay.ts"
import { inputScreen, isScreened, refuseUnguarded } from "../screen.ts"
import type { Services, Standing } from "../services.ts"
import { settle } from "../settle.ts"
import { admitCall } from "./admit.ts"
import { attemptCall } from "./attempt.ts"
import { expectedUsage, withWhatIsPriced } from "./expected.ts"
import { recallCall, rememberCall } from "./recall.ts"
import { refuseTokens, withTexts } from "./texts.ts"
import { type ReplyOf, usageOf, type Work } from "./work.ts"

export interface CallOutcome<Name extends AbilityName> {
  readonly exchange: Exchange
  readonly reply: ReplyOf<Name>
  readonly costUsd: number
}

/** The start of a call: what is refused here was no request yet. `standing`: another one than that of its key. */
export const beginCall = (services: Services, inbound: CallInbound, standing?: Standing): Exchange =>
  new Exchange(inbound, services, services.snapshot(), inbound.fields, standing)

/** One call, from its request to its answer. By the time it throws, it is settled. */
export async function runCall<Name extends AbilityName>(
  exchange: Exchange,
  work: Work<Name>,
): Promise<CallOutcome<Name>> {
  try {
    refuseProblem(exchange)
    const { roster } = exchange.snapshot
    if (roster.unguarded.length > 0) refuseUnguarded(exchange)
    const screen = isScreened(exchange) ? inputScreen(exchange) : undefined
    if (screen) refuseTokens(exchange, work)
    const screened = screen ? await withTexts(work, (text) => screen(text, true)) : work
    const planned = await plan(exchange, (price, offer) =>
      usd(costNano(expectedUsage(screened, exchange.services.estimateInput(exchange, offer.key)), price)),
    )
    const recalled = wantsRecall(exchange) ? await recallCall(exchange, planned, screened) : undefined
    if (recalled) {
      await finish(exchange, recalled.current)
      return { exchange, reply: recalled.reply, costUsd: 0 }
    }
    const admission = admitCall(exchange, planned, screened)
    if (admission) await admission
    const { current, reply } = await relay(exchange, payable(exchange, planned), attemptCall(screened))
    const expected = expectedUsage(screened, exchange.services.estimateInput(current.measured, current.offer.key))
    const used = withWhatIsPriced(usageOf(reply) ?? expected, expected, current.price.price)
    bill(current, work.ability === "countTokens" ? emptyUsage : used)
    const costUsd = usd(exchange.costNano)
    if (exchange.caching) rememberCall(exchange, reply)
    const streamed = streamedBody(reply)
    if (!streamed) await finish(exchange, current)
    const given = streamed ? { ...(reply as object), body: watched(exchange, current, streamed) } : reply
    return { exchange, reply: given as ReplyOf<Name>, costUsd }
  } catch (thrown) {
    const error = explainAvailability(exchange, asGatewayError(thrown))
    exchange.flight?.fail(error)
    await settle(exchange, error)
    throw error
  }
}

async function finish(exchange: Exchange, current: Try, error?: GatewayError): Promise<void> {
  endAttempt(current, error)
  if (keepsBodies(exchange)) keepCall(exchange)
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
