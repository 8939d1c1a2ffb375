import { Elysia } from "elysia"
import { type Face, GatewayError } from "../../../contract/index.ts"
import type { KeptResponse } from "../../../conversations/kept-response.ts"
import { listInput, readPage } from "../../../conversations/listing.ts"
import { answer } from "../../answer.ts"
import { authenticate } from "../../auth.ts"
import type { FaceMount, HttpServices } from "../../services.ts"
import { streamBody } from "../../stream.ts"
import { eventType, jsonType } from "../call.ts"
import { countInput } from "./count-input.ts"
import { createResponse } from "./create.ts"
import type { Job } from "./jobs.ts"
import { lostResponse } from "./lost.ts"

/** `{prefix}/responses` and what is kept of its answers (platform.openai.com/docs/api-reference/responses). */
export const responses = (services: HttpServices, { face, prefix }: FaceMount) => {
  const path = `${prefix}/responses`
  const tags = ["Inference"]
  return new Elysia({ name: `responses ${prefix}` })
    .post(path, ({ request }) => createResponse(services, face, request), {
      parse: "none",
      detail: { summary: "Create a response", tags },
    })
    .get(path, ({ request }) => refuseUpgrade(services, face, request), {
      detail: { summary: "Answers that this is no WebSocket", tags },
    })
    .post(`${path}/input_tokens`, ({ request }) => countInput(services, face, request), {
      parse: "none",
      detail: { summary: "Count the input tokens of a response", tags },
    })
    .get(
      `${path}/:id`,
      ({ request, params }) => answer(services, face, () => retrieve(services, face, request, params.id)),
      {
        detail: { summary: "A stored response", tags },
      },
    )
    .delete(
      `${path}/:id`,
      ({ request, params }) => answer(services, face, () => remove(services, request, params.id)),
      {
        detail: { summary: "Delete a stored response", tags },
      },
    )
    .get(
      `${path}/:id/input_items`,
      ({ request, params }) => answer(services, face, () => listItems(services, request, params.id)),
      { detail: { summary: "What a stored response was made from", tags } },
    )
    .post(
      `${path}/:id/cancel`,
      ({ request, params }) => answer(services, face, () => cancel(services, request, params.id)),
      {
        parse: "none",
        detail: { summary: "Cancel a response that is made in the background", tags },
      },
    )
}

/** Codex tries a WebSocket first. This status makes it fall back at once; others cost it up to seven tries, and 400 ends it. */
async function refuseUpgrade(services: HttpServices, face: Face, request: Request): Promise<Response> {
  const response = await answer(services, face, () => {
    authenticate(services.keys, request, "inference")
    throw new GatewayError(
      "upgrade_required",
      "Responses are made by POST here, not over a WebSocket. Ask for one with GET /responses/{id}.",
    )
  })
  // RFC 9110, 15.5.22: what to speak instead.
  if (response.status === 426) response.headers.set("upgrade", "HTTP/1.1")
  return response
}

const queryOf = (request: Request) => new URLSearchParams(request.url.split("?")[1] ?? "")

const notFound = (id: string) =>
  new GatewayError("not_found", `Response with id '${id.slice(0, 100)}' not found.`, { param: "id" })

async function find(services: HttpServices, id: string, keyId: string): Promise<KeptResponse> {
  const kept = await services.responses.kept.find(id, keyId)
  if (!kept) throw notFound(id)
  return kept
}

const json = (text: string) => new Response(text, { headers: { "content-type": jsonType } })

async function retrieve(services: HttpServices, face: Face, request: Request, id: string): Promise<Response> {
  const { keyId } = authenticate(services.keys, request, "inference")
  const query = queryOf(request)
  const job = services.responses.jobs.find(id, keyId)
  if (query.get("stream") === "true") {
    if (!job) await find(services, id, keyId)
    return replay(services, face, job, query.get("starting_after"))
  }
  // What `include` could ask for is there already.
  return json(job?.running ? job.unanswered("in_progress") : textOf(services, await find(services, id, keyId)))
}

const textOf = (services: HttpServices, kept: KeptResponse): string => lostResponse(kept, services.pipeline.now())

function replay(services: HttpServices, face: Face, job: Job | undefined, after: string | null): Response {
  if (!job?.events)
    throw new GatewayError(
      "invalid_request",
      "Its events cannot be read: only those of a response made with background and stream, until five minutes after its end. Leave stream out.",
      { param: "stream" },
    )
  if (after !== null && !/^\d{1,9}$/.test(after))
    throw new GatewayError("invalid_request", `"starting_after" must be the sequence_number of an event.`, {
      param: "starting_after",
    })
  const source = after === null ? job.events.read() : job.events.readAfter(Number(after))
  const silence = job.exchange.client.keepAlive(face)
  return new Response(streamBody(source, silence, services.pipeline.deadlines), {
    headers: { "content-type": eventType, "cache-control": "no-cache" },
  })
}

async function remove(services: HttpServices, request: Request, id: string): Promise<unknown> {
  const { keyId } = authenticate(services.keys, request, "inference")
  const job = services.responses.jobs.find(id, keyId)
  if (job?.running) {
    job.deleted = true
    job.cancel()
    await job.over
  }
  if (!(await services.responses.kept.remove(id, keyId))) throw notFound(id)
  return { id, object: "response", deleted: true }
}

async function listItems(services: HttpServices, request: Request, id: string): Promise<unknown> {
  const { keyId } = authenticate(services.keys, request, "inference")
  const { bodyBytes } = services.pipeline.snapshot().config.limits
  return listInput(services.responses.kept, await find(services, id, keyId), readPage(queryOf(request)), bodyBytes)
}

async function cancel(services: HttpServices, request: Request, id: string): Promise<Response> {
  const { keyId } = authenticate(services.keys, request, "inference")
  const job = services.responses.jobs.find(id, keyId)
  if (job?.running) {
    job.cancel()
    await job.over
  }
  const kept = await find(services, id, keyId)
  if (!/"background"\s*:\s*true/.test(kept.response))
    throw new GatewayError("invalid_request", "Only a response that is made in the background can be cancelled.", {
      param: "id",
    })
  const now = services.pipeline.now()
  if (kept.aliveUntil !== undefined && kept.aliveUntil > now)
    throw new GatewayError("conflict", "Another gateway makes this response; it can only be cancelled there.")
  return json(lostResponse(kept, now))
}
