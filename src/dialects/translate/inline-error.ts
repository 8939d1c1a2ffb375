import { GatewayError } from "../../contract/index.ts"
import { classifyUpstreamError, type ErrorWords } from "../upstream-error/index.ts"

/**
 * An error inside a 200 or in the middle of a stream, where a decoder does not know which configured provider it reads: `name` is for the
 * words only, the error's own `provider` stays open for whoever knows it. `status` is the one that the body names, if any.
 */
export const inlineUpstreamError = (words: ErrorWords | undefined, name: string, status = 200): GatewayError => {
  const error = classifyUpstreamError({ message: "", ...words, status, headers: new Headers(), provider: name })
  return new GatewayError(error.code, error.message, {
    retry: error.retry,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(error.upstreamStatus === undefined ? {} : { upstreamStatus: error.upstreamStatus }),
    ...(error.upstreamBody === undefined ? {} : { upstreamBody: error.upstreamBody }),
  })
}
