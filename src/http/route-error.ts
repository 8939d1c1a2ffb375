import type { ClientDialect } from "../contract/index.ts"
import { openrouterFace, requestyFace } from "../dialects/faces/index.ts"
import { geminiClient } from "../dialects/gemini/client/index.ts"
import { messagesClient } from "../dialects/messages/index.ts"
import { errorResponse } from "./errors.ts"
import { pathOf } from "./front.ts"
import { type KnownRoute, noRoute } from "./no-route.ts"
import type { HttpServices } from "./services.ts"

/** Where an address belongs to an API with error bodies of its own, whoever asks there reads those. */
const formatAt = (path: string): ClientDialect | undefined => {
  if (/^\/(?:api\/)?v1\/messages(?:\/|$)/.test(path)) return messagesClient
  return /^\/v1(?:beta)?\/models\/.*:/.test(path) ? geminiClient : undefined
}

interface Failure {
  readonly error: unknown
  readonly code: string | number
  readonly request: Request
}

/** What the router says of a failure that no handler answered, and of a request that none was found for among these routes. */
export function routeError(
  services: HttpServices,
  { error, code, request }: Failure,
  routes: readonly KnownRoute[],
): Response {
  const path = pathOf(request.url)
  const face = path.startsWith("/api/v1") ? openrouterFace : requestyFace
  const client = formatAt(path)
  if (code !== "NOT_FOUND") return errorResponse(error, face, { requestId: services.newRequestId() }, client)
  const missing = noRoute(request, routes)
  const response = errorResponse(missing.error, face, { requestId: services.newRequestId() }, client)
  if (missing.allow !== undefined) response.headers.set("allow", missing.allow)
  return response
}
