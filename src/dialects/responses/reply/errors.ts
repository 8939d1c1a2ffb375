import { type GatewayError, isObject, type Json, type WireFailure } from "../../../contract/index.ts"
import { inlineUpstreamError } from "../../translate/index.ts"
import { classifyUpstreamError, readErrorWords, wordsOf } from "../../upstream-error/index.ts"

/** A failing answer: any of the body shapes in use, or none. */
export const decodeError = ({ status, headers, body }: WireFailure, provider: string): GatewayError =>
  classifyUpstreamError({ status, headers, body, provider, ...readErrorWords(body) })

/** What `response.error.code` would have been as a status (openai SDK, `ResponseError`). */
const statusOf = (code: string | undefined): number => {
  if (code === undefined) return 200
  if (code === "vector_store_timeout") return 504
  // The request's own fault: another try, or another upstream, cannot help it.
  if (/^(?:invalid_|image_|unsupported_|empty_)|image$|_policy|policy_violation$|^data_residency/.test(code)) return 400
  return 200
}

/** The error of an `error` event, of a failed response, or of a body that came with 200. `provider` where it is known. */
export const inlineError = (body: Json, provider = ""): GatewayError => {
  const words = wordsOf(body) ?? { message: "" }
  const status = statusOf(words.code)
  if (provider === "") return inlineUpstreamError(words, "The upstream", status)
  const said = isObject(body) && isObject(body.error) ? { error: body.error } : body
  return classifyUpstreamError({ ...words, status, headers: new Headers(), provider, body: JSON.stringify(said) })
}

/** Whether a body or event tells of a failure instead of an answer. */
export const isErrorBody = (body: Json): boolean => {
  if (Array.isArray(body)) return isObject(body[0]) && isErrorBody(body[0])
  if (!isObject(body)) return false
  const { error } = body
  if (body.object === "error" || body.type === "error") return true
  return isObject(error) || (typeof error === "string" && error !== "")
}
