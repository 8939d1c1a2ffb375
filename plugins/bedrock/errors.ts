import { classifyUpstreamError, inlineUpstreamError, readErrorWords, redact } from "signalbox/dialects"
import { type ErrorCode, GatewayError, isObject, type Json, type Retry, type WireFailure } from "signalbox/plugin"

interface Verdict {
  readonly code: ErrorCode
  readonly retry?: Retry
  /** The vendor's words say what to do; the usual sentence of the code would hide it. */
  readonly own?: boolean
}

interface Rule extends Verdict {
  /** Exception, lower case without its ending. */
  readonly type?: RegExp
  readonly words?: RegExp
}

/**
 * Exceptions whose HTTP status misleads (docs.aws.amazon.com/bedrock, API errors): the first match counts. Everything else is what its
 * status and words say, "Too many tokens, please wait" included, which is a 429 and no overflow.
 */
const rules: readonly Rule[] = [
  {
    type: /^(?:expiredtoken|unrecognizedclient|invalidsignature|incompletesignature|missingauthentication|invalidclienttoken|signaturedoesnotmatch)/,
    code: "provider_auth",
  },
  {
    type: /^accessdenied/,
    words: /access to the model|model access|marketplace|use case details/i,
    code: "upstream_model_not_found",
    own: true,
  },
  { type: /^accessdenied/, code: "provider_auth" },
  { type: /^servicequotaexceeded/, code: "rate_limited", retry: "next", own: true },
  { type: /^modelnotready/, code: "provider_overloaded" },
  { type: /^modeltimeout/, code: "provider_timeout" },
  { type: /^model(?:stream)?error/, code: "provider_down" },
  { type: /^internalserver/, code: "provider_down" },
  { type: /^resourcenotfound/, code: "upstream_model_not_found", own: true },
  {
    type: /^(?:validation|$)/,
    words:
      /model identifier is invalid|on-demand throughput isn.t supported|inference profile|model version has reached the end/i,
    code: "upstream_model_not_found",
    own: true,
  },
  {
    type: /^validation/,
    words: /doesn.t support|not supported|extra inputs are not permitted|malformed input request/i,
    code: "unsupported_parameter",
  },
]

const verdictOn = (exception: string, words: string): Verdict | undefined => {
  const type = exception.toLowerCase().replace(/exception$/, "")
  return rules.find((rule) => rule.type?.test(type) !== false && rule.words?.test(words) !== false)
}

/** The same failure under the code that Bedrock's exception means. An overflow stays one, whatever it came as. */
const judged = (error: GatewayError, exception: string, words: string): GatewayError => {
  if (error.code === "context_length_exceeded" || error.code === "content_filter") return error
  const verdict = verdictOn(exception, words)
  if (!verdict || (verdict.code === error.code && verdict.retry === undefined)) return error
  const { provider, retryAfterMs, upstreamStatus, upstreamBody } = error
  const usual = `${provider ?? "Amazon Bedrock"} refuses the gateway's credentials; its operator must check them`
  const message =
    verdict.code === "provider_auth" ? usual : verdict.own ? redact(words) || error.message : error.message
  return new GatewayError(verdict.code, message, {
    ...(provider === undefined ? {} : { provider }),
    ...(verdict.retry === undefined ? {} : { retry: verdict.retry }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(upstreamStatus === undefined ? {} : { upstreamStatus }),
    ...(upstreamBody === undefined ? {} : { upstreamBody }),
  })
}

const parse = (text: string): Json => {
  try {
    return JSON.parse(text) as Json
  } catch {
    return null
  }
}

/** `ValidationException` of `ValidationException:http://internal.amazon.com/…`; older services write it into the body. */
export const exceptionOf = ({ headers, body }: WireFailure): string => {
  const parsed = parse(body)
  const inBody = isObject(parsed) && typeof parsed.__type === "string" ? parsed.__type : ""
  const [name = ""] = (headers.get("x-amzn-errortype") ?? inBody).split(":")
  return name.slice(name.lastIndexOf("#") + 1)
}

/** Credentials that were good and have ended; others may follow. */
export const hasEnded = (failure: WireFailure): boolean => /^expiredtoken/i.test(exceptionOf(failure))

/** Bedrock's words: `message`, in some services `Message`. */
const wordsOf = (body: string) => {
  const parsed = parse(body)
  if (isObject(parsed) && typeof parsed.Message === "string" && parsed.message === undefined)
    return { message: parsed.Message }
  return readErrorWords(body)
}

/** A failed HTTP answer: `{message}` and the header `x-amzn-errortype`. */
export const decodeError = (failure: WireFailure, provider: string): GatewayError => {
  const { status, headers, body } = failure
  const words = wordsOf(body)
  return judged(
    classifyUpstreamError({ ...words, status, headers, body, provider }),
    exceptionOf(failure),
    words.message,
  )
}

/** HTTP status of a stream's exceptions (docs.aws.amazon.com/bedrock, ConverseStream, InvokeModelWithResponseStream). */
const statuses: Readonly<Record<string, number>> = {
  internalserverexception: 500,
  modelstreamerrorexception: 424,
  modeltimeoutexception: 408,
  serviceunavailableexception: 503,
  throttlingexception: 429,
  validationexception: 400,
}

/** A failure in the middle of a stream, by the name of its exception and its payload. */
export const exceptionError = (exception: string, data: string): GatewayError => {
  const words = wordsOf(data)
  const status = statuses[exception.toLowerCase()] ?? 500
  return judged(inlineUpstreamError(words, "Amazon Bedrock", status), exception, words.message)
}
