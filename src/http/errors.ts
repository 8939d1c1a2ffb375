import { asGatewayError, type ClientDialect, type ErrorContext, type Face, type JsonObject } from "../contract/index.ts"

/** Formats with error bodies of their own. */
type ErrorForm = Pick<ClientDialect, "errorBody" | "errorStatus" | "requestIdHeader">

/** The id of a request under every name by which its API tells it. */
export const requestIdHeaders = (
  requestId: string,
  client: Pick<ClientDialect, "requestIdHeader"> | undefined,
): Record<string, string> => {
  const own = client?.requestIdHeader
  return { "x-request-id": requestId, ...(own === undefined ? {} : { [own]: requestId }) }
}

/** Any failure as the answer of a face, with what a client asked to see beside it. What is not a GatewayError is a fault of ours and says nothing about itself. */
export function errorResponse(
  thrown: unknown,
  face: Face,
  context: ErrorContext,
  client?: ErrorForm,
  beside?: JsonObject,
): Response {
  const error = asGatewayError(thrown)
  const status = client?.errorStatus?.(error, face) ?? face.status(error)
  const headers: Record<string, string> = {
    "content-type": "application/json",
    ...requestIdHeaders(context.requestId, client),
  }
  const wait = error.retryAfterMs ?? (status === 503 || status === 529 ? 1000 : undefined)
  if (wait !== undefined) headers["retry-after"] = String(Math.max(1, Math.ceil(wait / 1000)))
  Object.assign(headers, face.errorHeaders?.(error))
  const body = client ? client.errorBody(error, face, context) : face.errorBody(error, context)
  return new Response(JSON.stringify(beside ? { ...body, ...beside } : body), { status, headers })
}
