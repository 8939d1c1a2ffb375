import { classifyUpstreamError, readErrorWords } from "signalbox/dialects"
import { type ErrorCode, GatewayError, type Retry, type WireFailure } from "signalbox/plugin"

interface Quirk {
  readonly status: number
  /** Tested against the whole body. */
  readonly body: RegExp
  readonly code: ErrorCode
  readonly retry?: Retry
}

/** Failures that come as 429 RESOURCE_EXHAUSTED and are not a matter of seconds; the first that fits counts. */
const quirks: readonly Quirk[] = [
  // A cap on spending is told like a limit of rate, RetryInfo included.
  { status: 429, body: /spend(?:ing)?[ _-]?(?:limit|cap)|budget (?:is )?exceeded/i, code: "provider_quota" },
  { status: 429, body: /per_?day/i, code: "rate_limited", retry: "next" },
  // Its words about quota and plans are those of a limit per minute, with or without a RetryInfo.
  { status: 429, body: /RESOURCE_EXHAUSTED|quota exceeded/i, code: "rate_limited" },
]

/** What Google's quotas mean; everything else is left to the dialect. */
export const classifyQuota = (failure: WireFailure, provider: string): GatewayError | undefined => {
  const { status, headers, body } = failure
  const quirk = quirks.find((one) => one.status === status && one.body.test(body))
  if (quirk === undefined) return undefined
  // Waits and redacted words are read as for everybody; only the meaning differs.
  const usual = classifyUpstreamError({ ...readErrorWords(body), status, headers, body, provider })
  if (usual.code === quirk.code && quirk.retry === undefined) return usual
  const quota = `The gateway's account at ${provider} has no money or quota left`
  const words = readErrorWords(body).message
  const message = quirk.code === "provider_quota" ? quota : usual.code === quirk.code ? usual.message : words
  return new GatewayError(quirk.code, message || quota, {
    provider,
    upstreamStatus: status,
    ...(quirk.retry === undefined ? {} : { retry: quirk.retry }),
    ...(usual.retryAfterMs === undefined ? {} : { retryAfterMs: usual.retryAfterMs }),
    ...(usual.upstreamBody === undefined ? {} : { upstreamBody: usual.upstreamBody }),
  })
}
