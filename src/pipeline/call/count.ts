import type { RegionDoor } from "../../config/config.ts"
import { type ChatRequest, type Face, GatewayError } from "../../contract/index.ts"
import { measureRequest } from "../../ledger/estimate.ts"
import { begin } from "../begin.ts"
import { endAttempt } from "../end.ts"
import { Exchange } from "../exchange.ts"
import { commonFields, type ReadField } from "../fields.ts"
import { refuseBarred } from "../plan/barred.ts"
import { plan } from "../plan/plan.ts"
import { inquiryOf } from "../plan/request-inquiry.ts"
import { resolveTargets } from "../plan/targets/resolve-targets.ts"
import { refuseUnguarded } from "../screen.ts"
import type { Principal, Services } from "../services.ts"
import { attemptCall } from "./attempt.ts"

export interface CountInbound {
  readonly requestId: string
  readonly face: Face
  readonly principal: Principal
  readonly request: ChatRequest
  readonly text: string
  readonly read: ReadField
  readonly headers: Headers
  readonly signal: AbortSignal
  readonly door?: RegionDoor
}

/** Agents ask before they go on; an estimate in time is worth more to them than a count too late. */
const patienceMs = 5000

/**
 * Input tokens of a conversation. Asked of the vendor where the first provider of the plan counts; everything that fails on the way, and
 * every guardrail that forbids asking, leaves the estimate that budgets use. Throws only for a model that nobody offers, or that this key
 * may not use here.
 */
export async function countTokens(services: Services, inbound: CountInbound): Promise<number> {
  const { request, read, text, ...rest } = inbound
  const patience = new AbortController()
  const deadline = services.deadlines.watch(patienceMs, () => patience.abort())
  const exchange = new Exchange(
    {
      ...rest,
      signal: AbortSignal.any([inbound.signal, patience.signal]),
      api: "messages",
      ability: "countTokens",
      fields: commonFields(read),
      body: text,
      startedAt: services.now(),
    },
    services,
    services.snapshot(),
    { ...commonFields(read), model: request.model },
  )
  try {
    exchange.size = measureRequest(request)
    return (await asked(exchange, request, inbound.signal)) ?? estimated(exchange)
  } finally {
    deadline.stop()
    exchange.release()
  }
}

async function asked(exchange: Exchange, request: ChatRequest, client: AbortSignal): Promise<number | undefined> {
  const { roster } = exchange.snapshot
  if (roster.unguarded.length > 0) refuseUnguarded(exchange)
  // A text that must not leave the house must not leave it to be counted either.
  if (roster.guardrails.length > 0) return undefined
  try {
    const [first] = await plan(exchange)
    if (!first) return undefined
    const start = await begin(exchange, first.offer)
    const { current, reply } = await attemptCall({ ability: "countTokens", request })(exchange, start)
    endAttempt(current)
    return reply
  } catch (thrown) {
    if (!GatewayError.is(thrown)) throw thrown
    if (client.aborted || thrown.code === "model_not_found") throw thrown
    return undefined
  }
}

/** A number for a model that the client may not use would only be found out to be useless later. */
function estimated(exchange: Exchange): number {
  const { targets } = resolveTargets(inquiryOf(exchange), [exchange.model])
  refuseBarred(exchange, targets)
  const offer = targets[0]?.offers[0]
  return Math.max(1, exchange.services.estimateInput(exchange, offer?.key ?? exchange.model))
}
