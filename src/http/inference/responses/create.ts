import type { Face } from "../../../contract/index.ts"
import { type Prepared, prepare } from "../../../conversations/prepare.ts"
import { responsesClient } from "../../../dialects/responses/client/index.ts"
import type { Exchange, Inbound } from "../../../pipeline/exchange.ts"
import type { Principal } from "../../../pipeline/services.ts"
import { authenticate } from "../../auth.ts"
import { entryOf } from "../../doors.ts"
import type { HttpServices } from "../../services.ts"
import { streamBody } from "../../stream.ts"
import { awaitFactsOf } from "../await-facts.ts"
import { eventType, jsonType } from "../call.ts"
import { readConversation, runConversation } from "../converse.ts"
import { refused, replyHeaders } from "../reply.ts"

/** The body with what it refers to, as this key may see it. */
export function prepareFor(services: HttpServices, { keyId }: Principal, body: string): Prepared | Promise<Prepared> {
  const { responses, limits } = services.pipeline.snapshot().config
  const { kept } = services.responses
  return prepare(body, { kept, keyId, keeps: responses.retentionMs > 0, mostCharacters: limits.bodyBytes })
}

/** `POST /responses`: a conversation whose earlier turns may be stored here, and whose answer is. */
export async function createResponse(services: HttpServices, face: Face, request: Request): Promise<Response> {
  const startedAt = services.pipeline.now()
  const requestId = services.newRequestId()
  let inbound: Inbound
  let exchange: Exchange | undefined
  try {
    const principal = authenticate(services.keys, request, "inference")
    const text = await readConversation(services, request)
    const asked = prepareFor(services, principal, text)
    const prepared = asked instanceof Promise ? await asked : asked
    const { body, echo, losses } = prepared
    const known = { requestId, face, client: responsesClient, principal, body, startedAt, echo, losses }
    inbound = { ...known, ...entryOf(request) }
    if (prepared.background && prepared.turn) {
      await awaitFactsOf(services, inbound)
      const { jobs } = services.responses
      const { job, first } = await jobs.start(services.pipeline, inbound, prepared.turn, (begun) => {
        exchange = begun
      })
      if (!job.events) return new Response(first, { headers: replyHeaders(services, job.exchange, jsonType) })
      const silence = responsesClient.keepAlive(face)
      return new Response(streamBody(job.events.read(), silence, services.pipeline.deadlines), {
        headers: replyHeaders(services, job.exchange, eventType),
      })
    }
    inbound = withKeeping(services, inbound, prepared)
  } catch (thrown) {
    return refused(services, face, responsesClient, requestId, thrown, exchange)
  }
  return runConversation(services, inbound)
}

/** The answer is there before the client has read its end. */
function withKeeping(services: HttpServices, inbound: Inbound, { turn }: Prepared): Inbound {
  if (!turn) return inbound
  const { kept } = services.responses
  const { keyId } = inbound.principal
  const createdAt = Math.round(inbound.startedAt)
  const { previousId } = turn
  const sent = inbound.body.length
  return {
    ...inbound,
    keep: (id, response) =>
      kept.keep({
        id,
        keyId,
        createdAt,
        response,
        characters: sent + response.length,
        get input() {
          return turn.input
        },
        ...(previousId === undefined ? {} : { previousId }),
      }),
  }
}
