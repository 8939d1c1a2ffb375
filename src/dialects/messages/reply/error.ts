import { type GatewayError, isObject, type Json, type WireFailure } from "../../../contract/index.ts"
import { inlineUpstreamError } from "../../translate/index.ts"
import { classifyUpstreamError, readErrorWords, wordsOf } from "../../upstream-error/index.ts"

/** Limits of money, which waiting does not lift. They come as 429 like limits of rate. */
const spending = /spend_limit/

/** `error.details.error_code` tells spending limits from rate limits (Anthropic's SDK, core/error). */
const detailCode = (body: Json): string | undefined => {
  const error = isObject(body) && isObject(body.error) ? body.error : undefined
  const details = isObject(error?.details) ? error.details : undefined
  const code = details?.error_code
  if (typeof code !== "string") return undefined
  return spending.test(code) ? "insufficient_quota" : code
}

const parse = (text: string): Json => {
  try {
    return JSON.parse(text) as Json
  } catch {
    return null
  }
}

/** A failed HTTP answer: `{type: "error", error: {type, message, details}}`, or what a proxy in front of it wrote. */
export const decodeError = (failure: WireFailure, provider: string): GatewayError => {
  const code = detailCode(parse(failure.body))
  return classifyUpstreamError({
    ...readErrorWords(failure.body),
    ...(code === undefined ? {} : { code }),
    status: failure.status,
    headers: failure.headers,
    provider,
    body: failure.body,
  })
}

/** An error inside a 200: an `error` event of a stream, or an error object where a message was expected. */
export const inlineError = (body: Json): GatewayError => {
  const code = detailCode(body)
  const words = wordsOf(body) ?? { message: "" }
  return inlineUpstreamError(code === undefined ? words : { ...words, code }, "The upstream")
}
