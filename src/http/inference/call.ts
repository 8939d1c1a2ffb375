import type { AbilityName, ApiName, Face, ReplyIdentity } from "../../contract/index.ts"
import { beginCall, type CallOutcome, runCall } from "../../pipeline/call/run.ts"
import type { RequestOf } from "../../pipeline/call/work.ts"
import type { Exchange } from "../../pipeline/exchange.ts"
import { commonFields, type ReadField } from "../../pipeline/fields.ts"
import { authenticate } from "../auth.ts"
import type { HttpServices } from "../services.ts"
import { refused, replyHeaders } from "./reply.ts"

/** A body of a call as its route read it. */
export interface ReadCall<Name extends AbilityName> {
  readonly request: RequestOf<Name>
  /** Looks into the body or the form, for the gateway's own fields. */
  readonly read: ReadField
  /** What input tokens are estimated from. */
  readonly text: string
}

/** A route that is no conversation: how its body is read, and how its answer is written. */
export interface CallRoute<Name extends AbilityName> {
  readonly ability: Name
  readonly api: ApiName
  /** Reads and checks the body. Runs after the key was checked. */
  read(services: HttpServices, request: Request): Promise<ReadCall<Name>>
  write(outcome: CallOutcome<Name>, asked: RequestOf<Name>, identity: ReplyIdentity, face: Face): CallReply
}

export interface CallReply {
  readonly body: string | Uint8Array | ReadableStream<Uint8Array>
  readonly contentType: string
}

/** Authenticates, reads, runs and answers one call. */
export async function answerCall<Name extends AbilityName>(
  services: HttpServices,
  face: Face,
  route: CallRoute<Name>,
  request: Request,
): Promise<Response> {
  const { pipeline } = services
  const startedAt = pipeline.now()
  const requestId = services.newRequestId()
  let exchange: Exchange | undefined
  try {
    const principal = authenticate(services.keys, request, "inference")
    const { request: asked, read, text } = await route.read(services, request)
    exchange = beginCall(pipeline, {
      requestId,
      face,
      api: route.api,
      ability: route.ability,
      fields: commonFields(read),
      principal,
      body: text,
      headers: request.headers,
      signal: request.signal,
      startedAt,
    })
    const outcome = await runCall(exchange, { ability: route.ability, request: asked })
    const { body, contentType } = route.write(outcome, asked, identityOf(exchange), face)
    return new Response(body as BodyInit, { headers: replyHeaders(services, exchange, contentType) })
  } catch (thrown) {
    return refused(services, face, undefined, requestId, thrown, exchange)
  }
}

const identityOf = ({ id, offer, inbound, requestedModel }: Exchange): ReplyIdentity => ({
  id,
  model: offer?.model ?? requestedModel,
  provider: offer?.provider ?? "",
  providerName: offer?.live.name ?? "",
  createdSeconds: Math.floor(inbound.startedAt / 1000),
})
