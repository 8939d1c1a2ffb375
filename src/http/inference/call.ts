import {
  type AbilityName,
  type ApiName,
  type ClientDialect,
  type Face,
  GatewayError,
  type Loss,
  type ReplyIdentity,
} from "../../contract/index.ts"
import { beginCall, type CallOutcome, runCall } from "../../pipeline/call/run.ts"
import type { RequestOf } from "../../pipeline/call/work.ts"
import { faceFor } from "../../pipeline/deliver/face.ts"
import type { Exchange } from "../../pipeline/exchange.ts"
import { commonFields, type ReadField, type RequestFields } from "../../pipeline/fields.ts"
import { authenticate } from "../auth.ts"
import { entryOf } from "../doors.ts"
import type { HttpServices } from "../services.ts"
import { awaitFacts } from "./await-facts.ts"
import { refused, replyHeaders } from "./reply.ts"

/** A body of a call as its route read it. */
export interface ReadCall<Name extends AbilityName> {
  readonly request: RequestOf<Name>
  /** Looks into the body or the form, for the gateway's own fields. */
  readonly read: ReadField
  /** What input tokens are estimated from. */
  readonly text: string
  /** What was lost on reading, before any upstream was chosen. */
  readonly losses?: readonly Loss[]
  /** The client wants its answer as events. */
  readonly events?: boolean
}

/** What an answer is written from. */
export interface WrittenCall<Name extends AbilityName> {
  readonly outcome: CallOutcome<Name>
  readonly asked: ReadCall<Name>
  readonly identity: ReplyIdentity
  readonly face: Face
}

/** A route that is no conversation: how its body is read, and how its answer is written. */
export interface CallRoute<Name extends AbilityName> {
  readonly ability: Name
  readonly api: ApiName
  /** Where the format has error bodies of its own. */
  readonly client?: Pick<ClientDialect, "errorBody" | "errorStatus">
  /** Reads and checks the body. Runs after the key was checked. */
  read(services: HttpServices, request: Request): Promise<ReadCall<Name>>
  write(written: WrittenCall<Name>, services: HttpServices): CallReply | Promise<CallReply>
}

export interface CallReply {
  readonly body: string | Uint8Array | ReadableStream<Uint8Array>
  readonly contentType: string
}

export const jsonType = "application/json"
export const eventType = "text/event-stream; charset=utf-8"

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
    const asked = await route.read(services, request)
    const usual = route.ability === "images" ? services.standings.of(principal).usual?.imageModel : undefined
    const fields = named(commonFields(asked.read), asked.request.model, usual)
    if (fields.model === undefined) {
      throw new GatewayError("invalid_request", `"model" is missing; name the model to use.`, { param: "model" })
    }
    const loading = awaitFacts(services, [fields.model, ...fields.models])
    if (loading) await loading
    exchange = beginCall(pipeline, {
      requestId,
      face,
      api: route.api,
      ability: route.ability,
      fields,
      principal,
      body: asked.text,
      startedAt,
      ...entryOf(request),
    })
    exchange.ownLosses.push(...(asked.losses ?? []))
    const outcome = await runCall(exchange, { ability: route.ability, request: asked.request })
    const { body, contentType } = await route.write(
      { outcome, asked, identity: identityOf(exchange), face: faceFor(exchange) },
      services,
    )
    return new Response(body as BodyInit, { headers: replyHeaders(services, exchange, contentType) })
  } catch (thrown) {
    return refused(services, face, route.client, requestId, thrown, exchange)
  }
}

/** The address may name the model as well (Gemini's), and a list of models needs no first one beside it. */
function named(fields: RequestFields, model: string, usual: string | undefined): RequestFields {
  if (fields.model !== undefined) return fields
  if (model !== "") return { ...fields, model }
  const [first = usual, ...models] = fields.models
  return first === undefined ? fields : { ...fields, model: first, models }
}

const identityOf = ({ id, offer, inbound, requestedModel }: Exchange): ReplyIdentity => ({
  id,
  model: offer?.model ?? requestedModel,
  provider: offer?.provider ?? "",
  providerName: offer?.live.name ?? "",
  createdSeconds: Math.floor(inbound.startedAt / 1000),
})
