import { asGatewayError, type ErrorContext, type Face } from "../contract/index.ts"

/** Any failure as the answer of a face. What is not a GatewayError is a fault of ours and says nothing about itself. */
export function errorResponse(thrown: unknown, face: Face, context: ErrorContext): Response {
  const error = asGatewayError(thrown)
  const status = face.status(error)
  const headers: Record<string, string> = { "content-type": "application/json", "x-request-id": context.requestId }
  const wait = error.retryAfterMs ?? (status === 503 || status === 529 ? 1000 : undefined)
  if (wait !== undefined) headers["retry-after"] = String(Math.max(1, Math.ceil(wait / 1000)))
  return new Response(JSON.stringify(face.errorBody(error, context)), { status, headers })
}
