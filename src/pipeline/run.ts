import { asGatewayError, GatewayError, type Json } from "../contract/index.ts"
import { admit, refuseProblem } from "./admit/admit.ts"
import { payable } from "./admit/brought.ts"
import { attempt } from "./attempt/attempt.ts"
import { observe } from "./attempt/observe.ts"
import { deliver } from "./deliver/deliver.ts"
import type { Delivery } from "./deliver/delivery.ts"
import { Exchange, type Inbound } from "./exchange.ts"
import { type RequestFields, readFields } from "./fields.ts"
import { hideReasoning } from "./hide-reasoning.ts"
import { keepDelivered, keepFailed, keepsBodies } from "./keep-bodies.ts"
import { noteFiles } from "./media/note-files.ts"
import { plan } from "./plan/plan.ts"
import { explainAvailability } from "./plan/told/availability.ts"
import { namedPreset, withPreset, writtenIn } from "./presets/preset-request.ts"
import { recall, wantsRecall } from "./recall/recall.ts"
import { remember } from "./recall/remember.ts"
import { shared } from "./recall/together.ts"
import { prepareRecovery, recover } from "./recover/recover.ts"
import { relay } from "./relay/relay.ts"
import { chatRequest, checkRequest, parseBody } from "./request.ts"
import { isScreened, refuseUnguarded, screenInput, screenOutput } from "./screen.ts"
import { cite } from "./search/cite.ts"
import { readOnline } from "./search/online.ts"
import { preferSearching } from "./search/prefer.ts"
import type { Services } from "./services.ts"
import { settle } from "./settle.ts"
import { transform } from "./transform.ts"
import { usualModel } from "./usual-model.ts"

/** Bodies up to this size are checked field by field before anything else; larger ones when an upstream refuses them. */
const checkedCharacters = 16_384

export interface Run {
  readonly exchange: Exchange
  /** Rejects with a GatewayError; by then the request is settled. */
  readonly delivery: Promise<Delivery>
}

/** One chat request, from its text to what goes back. Throws what is wrong with the body itself; the rest rejects `delivery`. */
export function run(services: Services, inbound: Inbound): Run {
  const snapshot = services.snapshot()
  const defaultModel = usualModel(services.standings.of(inbound.principal), snapshot)
  const sent = received(inbound)
  const named = namedPreset(sent.fields, defaultModel, snapshot)
  const laid = named && withPreset(inbound, named, snapshot)
  const { parsed, fields } = laid ? received(laid.inbound) : sent
  const whole = laid?.inbound ?? inbound
  const exchange = new Exchange(whole, services, snapshot, readOnline(fields, defaultModel, snapshot.catalog))
  exchange.parsed = parsed
  exchange.preset = laid && { ...laid.applied, written: writtenIn(sent.fields) }
  if (whole.losses) exchange.ownLosses.push(...whole.losses)
  return { exchange, delivery: go(exchange) }
}

interface Received {
  readonly parsed: Json | undefined
  readonly fields: RequestFields
}

function received({ body, client, address }: Inbound): Received {
  const parsed = body.length <= checkedCharacters ? parseBody(body) : undefined
  return { parsed, fields: readFields(body, client, parsed, address) }
}

async function go(exchange: Exchange): Promise<Delivery> {
  try {
    refuseProblem(exchange)
    if (exchange.parsed !== undefined) checkRequest(exchange)
    const { roster } = exchange.snapshot
    if (roster.unguarded.length > 0) refuseUnguarded(exchange)
    if (roster.transforms.length > 0) await transform(exchange)
    if (isScreened(exchange)) await screenInput(exchange)
    const found = plan(exchange)
    const offers = found instanceof Promise ? await found : found
    const planned = preferSearching(exchange, offers)
    const recalled = wantsRecall(exchange) ? await recall(exchange, planned) : undefined
    const admitted = recalled ? undefined : admit(exchange, planned)
    if (admitted) await admitted
    prepareRecovery(exchange)
    const paid = payable(exchange, planned)
    const answered = recalled ? observe(recalled) : recover(exchange, paid, await relay(exchange, paid, attempt))
    const answer = answered instanceof Promise ? await answered : answered
    const shown = hideReasoning(exchange, recalled ? answer : cite(answer))
    const screened = screenOutput(exchange, noteFiles(exchange, shown))
    const delivery = await deliver(
      exchange,
      exchange.caching ? shared(exchange, remember(exchange, screened)) : screened,
    )
    return keepsBodies(exchange) ? keepDelivered(exchange, delivery) : delivery
  } catch (thrown) {
    const error = explainAvailability(exchange, blame(exchange, thrown))
    exchange.flight?.fail(error)
    if (keepsBodies(exchange)) keepFailed(exchange)
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
