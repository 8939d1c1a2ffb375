import type { RegionDoor } from "../../config/config.ts"
import {
  type ChatRequest,
  type ClientDialect,
  type Face,
  GatewayError,
  isObject,
  type JsonObject,
  type RequestAddress,
} from "../../contract/index.ts"
import { measureRequest } from "../../ledger/estimate.ts"
import { begin } from "../attempt/begin.ts"
import { endAttempt } from "../attempt/end.ts"
import { Exchange } from "../exchange.ts"
import { commonFields, invalid, type RequestFields } from "../fields.ts"
import { refuseBarred } from "../plan/barred.ts"
import { plan } from "../plan/plan.ts"
import { inquiryOf } from "../plan/request-inquiry.ts"
import { resolveTargets } from "../plan/targets/resolve-targets.ts"
import { namedPreset, withPreset, writtenIn } from "../presets/preset-request.ts"
import type { AppliedPreset } from "../presets/types.ts"
import { parseBody } from "../request.ts"
import { isScreened, refuseUnguarded } from "../screen.ts"
import type { Principal, Services, Snapshot } from "../services.ts"
import { usualModel } from "../usual-model.ts"
import { attemptCall } from "./attempt.ts"

export interface CountInbound {
  readonly requestId: string
  readonly face: Face
  readonly principal: Principal
  readonly client: ClientDialect
  /** Whole, with whatever it refers to. */
  readonly body: string
  readonly address?: RequestAddress
  decode(body: JsonObject, address?: RequestAddress): ChatRequest
  readonly headers: Headers
  readonly signal: AbortSignal
  readonly url?: string
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
  const snapshot = services.snapshot()
  const { fields, request, preset } = read(
    inbound,
    snapshot,
    usualModel(services.standings.of(inbound.principal), snapshot),
  )
  const { requestId, face, principal, body, headers, url, door } = inbound
  const patience = new AbortController()
  const deadline = services.deadlines.watch(patienceMs, () => patience.abort())
  const exchange = new Exchange(
    {
      requestId,
      face,
      principal,
      headers,
      ...(url === undefined ? {} : { url }),
      ...(door ? { door } : {}),
      signal: AbortSignal.any([inbound.signal, patience.signal]),
      api: "messages",
      ability: "countTokens",
      fields,
      body,
      startedAt: services.now(),
    },
    services,
    snapshot,
    fields,
  )
  exchange.preset = preset
  try {
    const named = { ...request, model: exchange.model }
    exchange.size = measureRequest(named)
    return (await asked(exchange, named, inbound.signal)) ?? estimated(exchange)
  } finally {
    deadline.stop()
    exchange.release()
  }
}

interface Counted {
  readonly fields: RequestFields
  readonly request: ChatRequest
  readonly preset: AppliedPreset | undefined
}

/** What would be sent: the preset that it names is laid under it, as under the request that is counted for. */
function read({ client, body, address, decode }: CountInbound, snapshot: Snapshot, usual: string): Counted {
  const sent = fieldsOf(body, address)
  const named = namedPreset(sent.fields, usual, snapshot)
  if (!named) return { fields: sent.fields, request: decode(sent.parsed, address), preset: undefined }
  const { inbound, applied } = withPreset({ client, body, ...(address ? { address } : {}) }, named, snapshot)
  const { parsed, fields } = fieldsOf(inbound.body, inbound.address)
  return { fields, request: decode(parsed, inbound.address), preset: { ...applied, written: writtenIn(sent.fields) } }
}

function fieldsOf(body: string, address: RequestAddress | undefined) {
  const parsed = parseBody(body)
  if (!isObject(parsed)) throw invalid("body", "The body must be a JSON object.")
  const fields = commonFields((key) => parsed[key])
  return { parsed, fields: address?.model === undefined ? fields : { ...fields, model: address.model } }
}

async function asked(exchange: Exchange, request: ChatRequest, client: AbortSignal): Promise<number | undefined> {
  const { roster } = exchange.snapshot
  if (roster.unguarded.length > 0) refuseUnguarded(exchange)
  // A text that must not leave the house must not leave it to be counted either.
  if (isScreened(exchange)) return undefined
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
  const inquiry = inquiryOf(exchange)
  const { targets } = resolveTargets(inquiry, inquiry.names)
  refuseBarred(exchange, targets)
  const offer = targets[0]?.offers[0]
  return Math.max(1, exchange.services.estimateInput(exchange, offer?.key ?? exchange.model))
}
