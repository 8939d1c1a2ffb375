import { type ErrorCode, GatewayError } from "../../contract/index.ts"
import { isOverflow, overflowNumbers } from "./overflow.ts"
import { redact } from "./redact.ts"
import { retryAfterMs } from "./retry-hints.ts"

/** A failure as the upstream told it. `status` 0 or 200 = there was no failing HTTP status (an error inside a reply or a stream). */
export interface UpstreamFailure {
  readonly status: number
  readonly headers: Headers
  readonly code?: string
  readonly type?: string
  readonly param?: string
  readonly message: string
  /** Slug of the configured provider; "" where the caller adds it later. */
  readonly provider: string
  /** Google's RetryInfo, as `12s`. */
  readonly retryDelay?: string
  /** The whole body, where there is more of it than the message. */
  readonly body?: string
}

const money =
  /insufficient[_ ](?:quota|balance|funds|credits?)|exceeded your current quota|quota exceeded.*(?:billing|plan)|billing|out of (?:budget|credits?)|usage limit reached|credit[_ ]balance|credit_balance_exhausted|not enough (?:credits?|balance)|requires more credits|payment required|spend(?:ing)?[_ ](?:limit|cap)|account.*(?:suspended|arrears|overdue)|recharge|top up/i
const moneyCodes = new Set([
  "insufficient_quota",
  "credit_balance_exhausted",
  "billing_error",
  "billing_hard_limit_reached",
  "1308",
  "1113",
])
const overloaded =
  /overloaded|at capacity|over capacity|capacity exceeded|no capacity|model is (?:currently )?loading|server is busy|engine.*busy/i
const contentPolicy =
  /content[_ ]?(?:filter|policy|management policy)|responsible ?ai ?policy|flagged (?:by|as|input)|safety (?:system|policy|reasons)|moderation|data_inspection_failed|content_exists_risk|content exists risk/i
const modelMissing =
  /model[_ ]not[_ ]found|model .{0,80}(?:does not exist|not found|is not available|not supported)|no such model|unknown model|invalid model|unknown_model|no endpoints found|deploymentnotfound/i
const parameter =
  /unsupported (?:parameter|value)|unsupported_(?:parameter|value)|unrecognized request argument|unknown (?:parameter|field)|(?:parameter|field).{0,60}(?:not supported|not permitted|unsupported)|does not support .{0,60}(?:parameter|tools|temperature|system)|extra (?:inputs|fields) (?:are )?not permitted|extra_forbidden/i
const badKey =
  /invalid[_ ]api[_ ]key|incorrect api key|invalid (?:x-)?api[- ]key|authentication[_ ]error|unauthorized|api key not valid|unauthenticated|invalid bearer/i
const rateWords = /rate.?limit|too many requests|throttl|resource_exhausted|tokens per minute|requests per/i
const timeoutWords = /timed? ?out|deadline[_ ]exceeded/i

/** Status classes that Google and others put into `code` or `type` of an error inside a 200 or a stream. */
const typeStatus: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  invalid_argument: 400,
  failed_precondition: 400,
  out_of_range: 400,
  authentication_error: 401,
  unauthenticated: 401,
  billing_error: 402,
  permission_error: 403,
  permission_denied: 403,
  not_found_error: 404,
  not_found: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  resource_exhausted: 429,
  api_error: 500,
  server_error: 500,
  internal_server_error: 500,
  internal: 500,
  unknown: 500,
  data_loss: 500,
  unavailable: 503,
  service_unavailable: 503,
  timeout_error: 504,
  deadline_exceeded: 504,
  overloaded_error: 529,
}

const inferStatus = ({ status, code, type }: UpstreamFailure): number => {
  if (status >= 400) return status
  const numeric = Number(code)
  if (Number.isInteger(numeric) && numeric >= 400 && numeric < 600) return numeric
  return typeStatus[type?.toLowerCase() ?? ""] ?? typeStatus[code?.toLowerCase() ?? ""] ?? 0
}

const codeFor = (failure: UpstreamFailure, status: number): ErrorCode => {
  const words = [failure.message, failure.code, failure.type].filter(Boolean).join(" ")
  const { message, code = "", type = "" } = failure
  if (status === 401) return "provider_auth"
  const moneyCode = moneyCodes.has(code.toLowerCase()) || moneyCodes.has(type.toLowerCase())
  // Gemini speaks of quota and billing for plain rate limits too; those carry a RetryInfo.
  const isMoney = moneyCode || (failure.retryDelay === undefined && money.test(message))
  if (status === 402 || (isMoney && (status === 403 || status === 429 || status === 400 || status === 0)))
    return "provider_quota"
  if (status !== 429 && status < 500 && isOverflow(message, failure.code)) return "context_length_exceeded"
  if (status < 500 && status !== 429 && contentPolicy.test(words)) return "content_filter"
  if (status === 403) return modelMissing.test(words) ? "upstream_model_not_found" : "provider_auth"
  if (status === 404 || ((status === 400 || status === 0) && modelMissing.test(words)))
    return "upstream_model_not_found"
  if (status === 408 || status === 504 || status === 524) return "provider_timeout"
  if (status === 413) return "upstream_payload_too_large"
  if (status === 429) return overloaded.test(words) ? "provider_overloaded" : "rate_limited"
  if (status === 503 || status === 529) return "provider_overloaded"
  if (status >= 500) return overloaded.test(words) ? "provider_overloaded" : "provider_down"
  // Google refuses keys with 400 API_KEY_INVALID.
  if ((status === 400 || status === 0) && badKey.test(words)) return "provider_auth"
  // Not a matter of the request: the upstream asks to come again later.
  if (status === 409 || status === 425) return "provider_overloaded"
  if (status >= 400) return parameter.test(words) ? "unsupported_parameter" : "upstream_invalid_request"
  if (overloaded.test(words)) return "provider_overloaded"
  if (rateWords.test(words)) return "rate_limited"
  if (timeoutWords.test(words)) return "provider_timeout"
  if (parameter.test(words)) return "unsupported_parameter"
  return "provider_down"
}

const statusWords = (provider: string, status: number) =>
  status > 0
    ? `${provider} answered with status ${status} and no message`
    : `${provider} reported an error without a message`

const capital = (text: string) => (text.startsWith("the ") ? `T${text.slice(1)}` : text)

const messageFor = (code: ErrorCode, failure: UpstreamFailure, words: string, status: number): string => {
  const provider = failure.provider || "the upstream"
  // The client's own key is fine: naming credentials in the upstream's words would make it look otherwise.
  if (code === "provider_auth")
    return capital(`${provider} refuses the gateway's credentials; its operator must check them`)
  if (code === "provider_quota") return `The gateway's account at ${provider} has no money or quota left`
  if (code === "context_length_exceeded") {
    const numbers = overflowNumbers(failure.message)
    if (numbers) return `Input is too long for the model: ${numbers.used} tokens, limit ${numbers.limit}`
    return words ? `Input is too long for the model: ${words}` : "Input is too long for the model"
  }
  return words || capital(statusWords(provider, status))
}

/** Which error of the one table an upstream's failure is. The upstream's words are redacted and capped before anybody sees them. */
export const classifyUpstreamError = (failure: UpstreamFailure): GatewayError => {
  const status = inferStatus(failure)
  let code = codeFor(failure, status)
  const empty = failure.message === "" && (failure.body ?? "").trim() === ""
  // Cerebras answers an overflow with 400 or 413 and no body at all.
  if (empty && (failure.status === 400 || failure.status === 413)) code = "context_length_exceeded"
  const words = redact(failure.message)
  const wait = retryAfterMs(failure.headers, failure.message, failure.retryDelay)
  const body = redact(failure.body ?? failure.message)
  const shouldRetry = failure.headers.get("x-should-retry")
  const retryable = code === "rate_limited" || code === "provider_overloaded" || code === "provider_down"
  return new GatewayError(code, messageFor(code, failure, words, status), {
    ...(failure.provider ? { provider: failure.provider } : {}),
    ...(status > 0 ? { upstreamStatus: status } : {}),
    ...(body ? { upstreamBody: body } : {}),
    ...(failure.param === undefined ? {} : { param: failure.param }),
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
    // OpenAI and Anthropic say in a header when trying the same upstream again is of no use.
    ...(retryable && shouldRetry === "false" ? { retry: "next" as const } : {}),
  })
}
