import type { ErrorContext, Face, GatewayError, JsonObject } from "../../../contract/index.ts"
import { clientMessage } from "../../faces/words.ts"

/** google.rpc's names of HTTP statuses (cloud.google.com/apis/design/errors); those that it lacks have the nearest one's. */
const names: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  402: "RESOURCE_EXHAUSTED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  408: "DEADLINE_EXCEEDED",
  409: "ABORTED",
  412: "FAILED_PRECONDITION",
  413: "INVALID_ARGUMENT",
  422: "INVALID_ARGUMENT",
  429: "RESOURCE_EXHAUSTED",
  499: "CANCELLED",
  500: "INTERNAL",
  501: "UNIMPLEMENTED",
  502: "UNAVAILABLE",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
  524: "DEADLINE_EXCEEDED",
  529: "UNAVAILABLE",
}

const type = (name: string) => `type.googleapis.com/google.rpc.${name}`

/** Values of `metadata` are texts, as google.rpc.ErrorInfo has them. */
const details = (error: GatewayError, context: ErrorContext): JsonObject[] => {
  const metadata: JsonObject = { request_id: context.requestId }
  const isOurs = error.code === "internal"
  if (!isOurs && error.rule.origin === "provider") {
    if (error.provider !== undefined) metadata.provider = error.provider
    if (error.upstreamStatus !== undefined) metadata.provider_status = String(error.upstreamStatus)
    // Words about the gateway's own credentials are for its operator.
    if (error.upstreamBody && error.code !== "provider_auth") metadata.provider_words = error.upstreamBody
  }
  if (context.generationId !== undefined) metadata.generation_id = context.generationId
  if (context.attempts && context.attempts.length > 0)
    metadata.attempts = context.attempts.map(({ provider, code, status }) => `${provider} ${status} ${code}`).join(", ")
  const out: JsonObject[] = [
    { "@type": type("ErrorInfo"), reason: error.code.toUpperCase(), domain: "signalbox", metadata },
  ]
  if (error.param !== undefined)
    out.push({ "@type": type("BadRequest"), fieldViolations: [{ field: error.param, description: error.message }] })
  if (error.retryAfterMs !== undefined)
    out.push({ "@type": type("RetryInfo"), retryDelay: `${Math.ceil(error.retryAfterMs / 1000)}s` })
  return out
}

/** `{error: {code, message, status, details}}`, on either face: clients of this API know no other. */
export const errorBody = (error: GatewayError, face: Face, context: ErrorContext): JsonObject => {
  const code = face.status(error)
  return {
    error: {
      code,
      message: clientMessage(error, context.requestId),
      status: names[code] ?? (code >= 500 ? "INTERNAL" : "INVALID_ARGUMENT"),
      details: details(error, context),
    },
  }
}
