import { asGatewayError, type Face } from "../contract/index.ts"
import { errorResponse } from "./errors.ts"
import type { HttpServices } from "./services.ts"
import { JsonText } from "./whole-list.ts"

/** Runs a route that is not inference: JSON out, failures in the face's form, faults of ours in the log. */
export async function answer(
  services: HttpServices,
  face: Face,
  work: (requestId: string) => unknown | Promise<unknown>,
  status = 200,
): Promise<Response> {
  const requestId = services.newRequestId()
  try {
    const body = await work(requestId)
    if (body instanceof Response) return body
    const headers = { "x-request-id": requestId }
    if (body instanceof JsonText)
      return new Response(body.text, {
        status,
        headers: { ...headers, "content-type": "application/json;charset=utf-8" },
      })
    return Response.json(body, { status, headers })
  } catch (thrown) {
    const error = asGatewayError(thrown)
    if (error.code === "internal") {
      services.pipeline.log.error(error.detail ?? error.message, {
        requestId,
        stack: (error.cause as Error | undefined)?.stack,
      })
    }
    return errorResponse(error, face, { requestId })
  }
}
