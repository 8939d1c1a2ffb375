import type { Face } from "../../../contract/index.ts"
import { responsesClient } from "../../../dialects/responses/client/index.ts"
import { countTokens } from "../../../pipeline/call/count.ts"
import { authenticate } from "../../auth.ts"
import { entryOf } from "../../doors.ts"
import type { HttpServices } from "../../services.ts"
import { awaitFactsOf } from "../await-facts.ts"
import { readConversation } from "../converse.ts"
import { refused } from "../reply.ts"
import { prepareFor } from "./create.ts"

/** `POST /responses/input_tokens`: what the same body would send, earlier turns included. Costs nothing and leaves no row. */
export async function countInput(services: HttpServices, face: Face, request: Request): Promise<Response> {
  const requestId = services.newRequestId()
  try {
    const principal = authenticate(services.keys, request, "inference")
    const { body } = await prepareFor(services, principal, await readConversation(services, request))
    const asked = { client: responsesClient, principal, body, decode: responsesClient.decodeRequest }
    await awaitFactsOf(services, asked)
    const tokens = await countTokens(services.pipeline, { ...asked, requestId, face, ...entryOf(request) })
    const counted = { object: "response.input_tokens", input_tokens: tokens }
    return Response.json(counted, { headers: { "x-request-id": requestId } })
  } catch (thrown) {
    return refused(services, face, responsesClient, requestId, thrown, undefined)
  }
}
