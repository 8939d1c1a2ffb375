import type {
  ChatRequest,
  ErrorContext,
  Face,
  GatewayError,
  JsonObject,
  ReplyIdentity,
} from "../../../contract/index.ts"
import { failureOf } from "./failure.ts"
import { ResponseObject } from "./response-object.ts"

/** A response that has no answer: not yet, or never. */
export const encodeUnanswered = (
  identity: ReplyIdentity,
  request: ChatRequest,
  state:
    | { readonly status: "queued" | "in_progress" | "cancelled" }
    | { readonly error: GatewayError; readonly face: Face; readonly context: ErrorContext },
): JsonObject => {
  const outcome = "status" in state ? state : failureOf(state.error, state.face, state.context)
  return new ResponseObject(identity, request).write({ outcome, output: [], usage: undefined, serviceTier: undefined })
}
