import {
  type ChatRequest,
  type ErrorContext,
  type Face,
  type GatewayError,
  isObject,
  type ReplyIdentity,
} from "../../../contract/index.ts"
import { encodeEvent } from "../../sse.ts"
import { type Outcome, ResponseObject } from "./response-object.ts"

/**
 * Codes that clients act on: Codex ends the turn at a context that is too long, a quota that is used up or an invalid prompt, waits at a
 * rate limit, and repeats the call at everything else.
 */
const codeOf = ({ rule }: GatewayError): string => {
  const { errorType, type, status } = rule
  if (errorType === "context_length_exceeded" || errorType === "rate_limit_exceeded") return errorType
  if (type === "insufficient_quota" || errorType === "payment_required") return "insufficient_quota"
  return status < 500 && type === "invalid_request_error" ? "invalid_prompt" : "server_error"
}

/** A failure in the middle of an answer: the face's words under this API's code. */
export const failureOf = (error: GatewayError, face: Face, context: ErrorContext): Outcome => {
  const { error: body } = face.errorBody(error, context)
  const said = isObject(body) ? body : {}
  return {
    status: "failed",
    error: { type: error.rule.type, message: error.message, ...said, code: codeOf(error) },
    errorType: error.rule.errorType,
  }
}

/** Ends a stream in which no encoder ran: a response that begins and fails, because helpers refuse one that only fails. */
export const streamError = (
  error: GatewayError,
  identity: ReplyIdentity,
  face: Face,
  context: ErrorContext,
): string => {
  const request: ChatRequest = { model: identity.model, messages: [], sampling: {}, stream: true }
  const object = new ResponseObject(identity, request)
  const state = { output: [], usage: undefined, serviceTier: undefined }
  const events = [
    { type: "response.created", response: object.write({ ...state, outcome: { status: "in_progress" } }) },
    { type: "response.failed", response: object.write({ ...state, outcome: failureOf(error, face, context) }) },
  ]
  const texts = events.map((event, index) => encodeEvent({ ...event, sequence_number: index }, event.type))
  return texts.join("") + face.responsesTrailer
}
