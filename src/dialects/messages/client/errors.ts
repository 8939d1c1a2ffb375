import type { ErrorCode, ErrorContext, Face, GatewayError, JsonObject } from "../../../contract/index.ts"
import { availability, clientMessage } from "../../faces/words.ts"
import { encodeEvent } from "../../sse.ts"
import { threadField } from "./decode.ts"

/** OpenRouter's vocabulary → Anthropic's (openrouter.ai, messages). What is not named is an `invalid_request_error`. */
const types: Readonly<Record<string, string>> = {
  authentication: "authentication_error",
  permission_denied: "permission_error",
  payment_required: "billing_error",
  not_found: "not_found_error",
  payload_too_large: "request_too_large",
  rate_limit_exceeded: "rate_limit_error",
  provider_overloaded: "overloaded_error",
  timeout: "timeout_error",
  provider_unavailable: "api_error",
  server: "api_error",
  unmapped: "api_error",
}

/** Where Anthropic's SDKs and Claude Code expect another status than the hosted routers have: they retry and explain by it. */
const statuses: Partial<Readonly<Record<ErrorCode, number>>> = {
  invalid_api_key: 401,
  key_disabled: 401,
  key_expired: 401,
  model_not_found: 404,
  provider_overloaded: 529,
  server_stopping: 529,
  provider_timeout: 504,
  bad_provider_response: 502,
}

export const errorStatus = (error: GatewayError, face: Face): number => statuses[error.code] ?? face.status(error)

const typeOf = (error: GatewayError): string =>
  error.code === "model_not_found" ? "not_found_error" : (types[error.rule.errorType] ?? "invalid_request_error")

/** What makes Anthropic's SDK go on without threads (platform.claude.com, message threads). */
const noThreads: JsonObject = { error_code: "thread_unsupported_request", unsupported: [] }

const overflow = /(\d+) tokens, limit (\d+)/

/** Claude Code compacts its conversation when it reads these words, which are Anthropic's. */
const messageOf = (error: GatewayError, context: ErrorContext): string => {
  const message = clientMessage(error, context.requestId)
  if (error.code !== "context_length_exceeded" || /prompt is too long/i.test(message)) return message
  const [, used, limit] = overflow.exec(message) ?? []
  return used === undefined ? `prompt is too long: ${message}` : `prompt is too long: ${used} tokens > ${limit} maximum`
}

/** `{type: "error", error, request_id}`, with the stable code and the attempts beside what Anthropic has. */
export const errorBody = (error: GatewayError, _face: Face, context: ErrorContext): JsonObject => {
  const body: JsonObject = {
    type: typeOf(error),
    message: messageOf(error, context),
    error_type: error.rule.errorType,
    code: error.code,
  }
  if (error.param !== undefined) body.param = error.param
  if (error.code === "invalid_request" && error.param === threadField) body.details = noThreads
  if (error.rule.origin === "provider" && error.provider !== undefined) body.provider = error.provider
  if (context.attempts && context.attempts.length > 0)
    body.attempts = context.attempts.map(({ provider, code, status }) => ({ provider, code, status }))
  if (error.availability) body.availability = availability(error.availability)
  return { type: "error", error: body, request_id: context.requestId }
}

/** The last event of a stream that fails. */
export const errorEvent = (error: GatewayError, face: Face, context: ErrorContext): string =>
  encodeEvent(errorBody(error, face, context), "error")
