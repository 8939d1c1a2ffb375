import { classifyUpstreamError, readErrorWords, redact } from "signalbox/dialects"
import { GatewayError, type WireFailure } from "signalbox/plugin"
import type { ErrorQuirk } from "./vendor.ts"

const matches = ({ status, body }: ErrorQuirk, failure: WireFailure): boolean =>
  (status === undefined || status.includes(failure.status)) && (body === undefined || body.test(failure.body))

/** The client's own key and money are fine; the upstream's words about keys and money would say otherwise. */
const messageFor = (quirk: ErrorQuirk, failure: WireFailure, provider: string): string => {
  if (quirk.message !== undefined) return quirk.message
  if (quirk.code === "provider_quota") return `The gateway's account at ${provider} has no money or quota left`
  return redact(readErrorWords(failure.body).message) || `${provider} answered with status ${failure.status}`
}

/** Answers a failure that one of a vendor's quirks explains; undefined leaves it to the dialect. */
export const classifyQuirks = (
  quirks: readonly ErrorQuirk[],
  failure: WireFailure,
  provider: string,
): GatewayError | undefined => {
  const quirk = quirks.find((candidate) => matches(candidate, failure))
  if (quirk === undefined) return undefined
  const { status, headers, body } = failure
  // Waits, redacted words and status are read as for everybody; only the meaning differs.
  const usual = classifyUpstreamError({ ...readErrorWords(body), status, headers, body, provider })
  return new GatewayError(quirk.code, messageFor(quirk, failure, provider), {
    provider,
    upstreamStatus: status,
    ...(quirk.retry === undefined ? {} : { retry: quirk.retry }),
    ...(usual.retryAfterMs === undefined ? {} : { retryAfterMs: usual.retryAfterMs }),
    ...(usual.upstreamBody === undefined ? {} : { upstreamBody: usual.upstreamBody }),
  })
}
