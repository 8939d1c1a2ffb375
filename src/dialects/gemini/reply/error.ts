import type { GatewayError, Json, WireFailure } from "../../../contract/index.ts"
import { inlineUpstreamError } from "../../translate/index.ts"
import { classifyUpstreamError, type ErrorWords, readErrorWords, wordsOf } from "../../upstream-error/index.ts"

/** Google's `code` is the HTTP status again; `status` (as `type` here) is the name that tells more. */
const named = ({ code, ...words }: ErrorWords): ErrorWords =>
  code !== undefined && words.type !== undefined ? words : { ...words, ...(code === undefined ? {} : { code }) }

/** A failed HTTP answer: `{error: {code, message, status, details}}`, in a list when the stream was asked for without `alt=sse`. */
export const decodeError = (failure: WireFailure, provider: string): GatewayError =>
  classifyUpstreamError({
    ...named(readErrorWords(failure.body)),
    status: failure.status,
    headers: failure.headers,
    provider,
    body: failure.body,
  })

/** The same object inside a 200 or in the middle of a stream. Its `code` stands in for the status that was not sent. */
export const inlineError = (body: Json): GatewayError => {
  const words = wordsOf(body) ?? { message: "" }
  const status = Number(words.code)
  return inlineUpstreamError(named(words), "Gemini", Number.isInteger(status) && status >= 400 ? status : 200)
}
