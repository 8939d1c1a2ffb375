import { asGatewayError, type ClientDialect, type Face, type RequestAddress } from "../../contract/index.ts"
import type { Delivery } from "../../pipeline/deliver/delivery.ts"
import { streamError } from "../../pipeline/deliver/identity.ts"
import type { Exchange, Inbound } from "../../pipeline/exchange.ts"
import { type Run, run } from "../../pipeline/run.ts"
import { authenticate } from "../auth.ts"
import { readBody } from "../body.ts"
import { entryOf } from "../doors.ts"
import type { HttpServices } from "../services.ts"
import { keepAliveMs, streamBody } from "../stream.ts"
import { awaitFactsOf } from "./await-facts.ts"
import { refused, replyHeaders } from "./reply.ts"

export interface ConverseOptions {
  readonly address?: RequestAddress
  /** The body, where the route had to look into it. */
  readonly body?: string
}

/** A conversation in the client's format: authenticated, its body read, run, and delivered. */
export async function converse(
  services: HttpServices,
  face: Face,
  client: ClientDialect,
  request: Request,
  options: ConverseOptions = {},
): Promise<Response> {
  const startedAt = services.pipeline.now()
  const requestId = services.newRequestId()
  const { address } = options
  let inbound: Inbound
  try {
    const principal = authenticate(services.keys, request, "inference")
    const body = options.body ?? (await readConversation(services, request))
    const known = { requestId, face, client, principal, body, startedAt, ...entryOf(request) }
    inbound = address ? { ...known, address } : known
  } catch (thrown) {
    return refused(services, face, client, requestId, thrown, undefined)
  }
  return runConversation(services, inbound)
}

/** The body, within the limits that all of them have. */
export function readConversation({ pipeline }: HttpServices, request: Request): Promise<string> {
  const { limits } = pipeline.snapshot().config
  return readBody(request, { bytes: limits.bodyBytes, milliseconds: limits.bodyMs }, pipeline.deadlines)
}

/** Runs and delivers what was received. */
export async function runConversation(services: HttpServices, inbound: Inbound): Promise<Response> {
  const loading = awaitFactsOf(services, inbound)
  if (loading) await loading
  let started: Run | undefined
  try {
    started = run(services.pipeline, inbound)
    if (started.exchange.fields.stream) return await streamed(services, started)
    const delivery = await started.delivery
    return new Response((delivery as Extract<Delivery, { kind: "whole" }>).text, {
      headers: replyHeaders(services, started.exchange, "application/json"),
    })
  } catch (thrown) {
    return refused(services, inbound.face, inbound.client, inbound.requestId, thrown, started?.exchange)
  }
}

/**
 * Headers are held until the upstream shows content, so that a failure before it is an honest status. When that takes longer than
 * proxies tolerate silence, the stream is opened with a comment; attempts go on behind it, and a failure becomes an event.
 */
async function streamed(services: HttpServices, { exchange, delivery }: Run): Promise<Response> {
  const { deadlines } = services.pipeline
  const { client, inbound } = exchange
  let patience: (() => void) | undefined
  const silent = new Promise<undefined>((resolve) => {
    patience = () => resolve(undefined)
  })
  const deadline = deadlines.watch(keepAliveMs, () => patience?.())
  const ready = await Promise.race([delivery, silent])
  deadline.stop()
  const source = (ready ?? later(exchange, delivery)) as Extract<Delivery, { kind: "stream" }>
  return new Response(streamBody(source, client.keepAlive(inbound.face), deadlines, ready === undefined), {
    headers: replyHeaders(services, exchange, "text/event-stream; charset=utf-8"),
  })
}

/** A stream whose upstream has not begun to answer yet. */
function later(exchange: Exchange, delivery: Promise<Delivery>): Extract<Delivery, { kind: "stream" }> {
  let failed = false
  return {
    kind: "stream",
    async pull() {
      if (failed) return undefined
      try {
        const source = (await delivery) as Extract<Delivery, { kind: "stream" }>
        return await source.pull()
      } catch (thrown) {
        failed = true
        return streamError(exchange, asGatewayError(thrown))
      }
    },
    cancel() {
      // The client's own signal ends the attempts; a stream that began meanwhile must be let go as well.
      delivery.then((source) => source.kind === "stream" && source.cancel()).catch(() => {})
    },
  }
}
