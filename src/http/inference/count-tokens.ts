import { Elysia } from "elysia"
import type { ChatRequest, ClientDialect, Face, JsonObject, RequestAddress } from "../../contract/index.ts"
import { messagesClient } from "../../dialects/messages/index.ts"
import { countTokens } from "../../pipeline/call/count.ts"
import { authenticate } from "../auth.ts"
import { entryOf } from "../doors.ts"
import { requestIdHeaders } from "../errors.ts"
import type { FaceMount, HttpServices } from "../services.ts"
import { awaitFactsOf } from "./await-facts.ts"
import { readJson } from "./read.ts"
import { refused } from "./reply.ts"

/** How a format asks for a count, and reads it. */
export interface CountForm {
  readonly client: ClientDialect
  readonly address?: RequestAddress
  decode(body: JsonObject, address?: RequestAddress): ChatRequest
  encode(tokens: number): JsonObject
}

/**
 * How many input tokens a request has: by the vendor where one of the model's providers counts, otherwise estimated. Counting costs
 * nothing and leaves no row.
 */
export async function answerCount(
  services: HttpServices,
  face: Face,
  form: CountForm,
  request: Request,
): Promise<Response> {
  const requestId = services.newRequestId()
  try {
    const principal = authenticate(services.keys, request, "inference")
    const { text: body } = await readJson(services, request)
    const { encode, ...format } = form
    const asked = { ...format, principal, body }
    await awaitFactsOf(services, asked)
    const tokens = await countTokens(services.pipeline, { ...asked, requestId, face, ...entryOf(request) })
    return Response.json(encode(tokens), { headers: requestIdHeaders(requestId, form.client) })
  } catch (thrown) {
    return refused(services, face, form.client, requestId, thrown, undefined)
  }
}

/** The output limit is no matter of the input, and clients leave it out here. */
const form: CountForm = {
  client: messagesClient,
  decode: (body) => messagesClient.decodeRequest({ max_tokens: 1, ...body, stream: false }),
  encode: (tokens) => ({ input_tokens: tokens }),
}

/** `POST {prefix}/messages/count_tokens`, which Claude Code asks some 25 times in a row. */
export const messagesCount = (services: HttpServices, { face, prefix }: FaceMount) =>
  new Elysia({ name: `count ${prefix}` }).post(
    `${prefix}/messages/count_tokens`,
    ({ request }) => answerCount(services, face, form, request),
    { parse: "none", detail: { summary: "Count the input tokens of a message", tags: ["Inference"] } },
  )
