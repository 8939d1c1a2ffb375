import { type ChatRequest, type Face, GatewayError } from "../../contract/index.ts"
import { measureRequest } from "../../ledger/estimate.ts"
import { Exchange } from "../exchange.ts"
import { commonFields, type ReadField } from "../fields.ts"
import { plan } from "../plan/plan.ts"
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
}

/** Agents ask before they go on; an estimate in time is worth more to them than a count too late. */
const patienceMs = 5000

/**
 * Input tokens of a conversation. Asked of the vendor where the first provider of the plan counts; everything that fails on the way, and
 * every guardrail that forbids asking, leaves the estimate that budgets use. Throws only for a model that nobody offers.
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
    const [first] = plan(exchange)
    if (!first) return undefined
    const { current, reply } = await attemptCall({ ability: "countTokens", request })(exchange, first.offer)
    current.close()
    return reply
  } catch (thrown) {
    if (!GatewayError.is(thrown)) throw thrown
    if (client.aborted || thrown.code === "model_not_found") throw thrown
    return undefined
  }
}

function estimated(exchange: Exchange): number {
  const { catalog } = exchange.snapshot
  const offer = catalog.resolve(exchange.model)[0]?.offers[0]
  return Math.max(1, exchange.services.estimateInput(exchange, offer?.key ?? exchange.model))
}
