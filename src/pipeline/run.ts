import { asGatewayError, GatewayError, type Json } from "../contract/index.ts"
import { admit } from "./admit.ts"
import { attempt } from "./attempt.ts"
import { type Delivery, deliver } from "./deliver.ts"
import { Exchange, type Inbound } from "./exchange.ts"
import { readFields } from "./fields.ts"
import { hideReasoning } from "./hide-reasoning.ts"
import { noteFiles } from "./media/note-files.ts"
import { observe } from "./observe.ts"
import { plan } from "./plan/plan.ts"
import { recall, remember } from "./recall.ts"
import { relay } from "./relay.ts"
import { chatRequest, checkRequest, parseBody } from "./request.ts"
import { refuseUnguarded, screenInput, screenOutput } from "./screen.ts"
import { cite } from "./search/cite.ts"
import { readOnline } from "./search/online.ts"
import { preferSearching } from "./search/prefer.ts"
import type { Services } from "./services.ts"
import { settle } from "./settle.ts"
import { transform } from "./transform.ts"

/** Bodies up to this size are checked field by field before anything else; larger ones when an upstream refuses them. */
const checkedCharacters = 16_384

export interface Run {
  readonly exchange: Exchange
  /** Rejects with a GatewayError; by then the request is settled. */
  readonly delivery: Promise<Delivery>
}

/** One chat request, from its text to what goes back. Throws what is wrong with the body itself; the rest rejects `delivery`. */
export function run(services: Services, inbound: Inbound): Run {
  const parsed = inbound.body.length <= checkedCharacters ? parseBody(inbound.body) : undefined
  const snapshot = services.snapshot()
  const fields = readOnline(fieldsOf(inbound, parsed), snapshot.defaultModel, snapshot.catalog)
  const exchange = new Exchange(inbound, services, snapshot, fields)
  exchange.parsed = parsed
  if (inbound.losses) exchange.ownLosses.push(...inbound.losses)
  return { exchange, delivery: go(exchange) }
}

const fieldsOf = ({ body, client, address }: Inbound, parsed: Json | undefined) =>
  readFields(body, client, parsed, address)

async function go(exchange: Exchange): Promise<Delivery> {
  try {
    if (exchange.parsed !== undefined) checkRequest(exchange)
    const { roster } = exchange.snapshot
    if (roster.unguarded.length > 0) refuseUnguarded(exchange)
    if (roster.transforms.length > 0) await transform(exchange)
    if (roster.guardrails.length > 0) await screenInput(exchange)
    const planned = (roster.caches.length > 0 && (await recall(exchange))) || preferSearching(exchange, plan(exchange))
    const admitted = admit(exchange, planned)
    if (admitted) await admitted
    const answer = cite(exchange, await relay(exchange, planned, attempt))
    const shown = hideReasoning(exchange, observe(exchange, answer))
    return await deliver(exchange, remember(exchange, screenOutput(exchange, noteFiles(exchange, shown))))
  } catch (thrown) {
    const error = blame(exchange, thrown)
    const written = settle(exchange, error)
    if (written) await written
    throw error
  }
}

/** An upstream's "bad request" for a body that we did not read may be explained better by ourselves. */
function blame(exchange: Exchange, thrown: unknown): GatewayError {
  const error = asGatewayError(thrown)
  if (error.code !== "upstream_invalid_request" || exchange.request) return error
  try {
    chatRequest(exchange)
    return error
  } catch (own) {
    return GatewayError.is(own) ? own : error
  }
}
