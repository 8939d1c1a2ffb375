import type { Ending } from "../../catalog/health/visit.ts"
import { type ErrorCode, type GatewayError, inputTokens, outputTokens, type Usage } from "../../contract/index.ts"

type Verdict = Pick<Ending, "result" | "rests" | "isLasting">

const outage: Verdict = { result: "bad", rests: "offer" }
/** Neither heals by itself within seconds: somebody must pay, or mend the configuration. */
const credential: Verdict = { result: "bad", rests: "credential", isLasting: true }
/** The credential is known, and may not use this model. */
const forbidden: Verdict = { result: "bad", rests: "limit", isLasting: true }
const nothing: Verdict = { result: "none" }

/**
 * Failures that say something about the upstream; all others are the request's own fault, the client's or the gateway's. What counts
 * against an upstream is what counts at OpenRouter (openrouter.ai, for providers: uptime): a limited rate does not, though it rests.
 */
const verdicts: Partial<Record<ErrorCode, Verdict>> = {
  provider_down: outage,
  provider_timeout: outage,
  provider_overloaded: outage,
  bad_provider_response: outage,
  stream_interrupted: outage,
  upstream_model_not_found: outage,
  provider_quota: credential,
  provider_auth: credential,
  rate_limited: { result: "none", rests: "limit" },
}

/** Failures that another credential of the same upstream may not have. */
export const isOfCredential = ({ code }: GatewayError): boolean => {
  const rests = verdicts[code]?.rests
  return rests === "credential" || rests === "limit"
}

/** What of an answer tells of the upstream. */
export interface Answered {
  readonly usage: Usage | undefined
  readonly finishReason: string | undefined
  readonly toolsAreGood?: boolean | undefined
}

/** What the end of an attempt tells of the upstream. */
export function endingOf(error: GatewayError | undefined, answered: Answered): Ending {
  if (!error) return answered.finishReason === "error" ? outage : wellDone(answered)
  const verdict = error.code === "provider_auth" && error.upstreamStatus === 403 ? forbidden : verdicts[error.code]
  if (!verdict) return nothing
  return error.retryAfterMs === undefined ? verdict : { ...verdict, waitMs: error.retryAfterMs }
}

/** Counts of our own say nothing of the upstream's cache, and little of its speed. */
function wellDone({ usage, toolsAreGood }: Answered): Ending {
  const ending: { -readonly [Field in keyof Ending]: Ending[Field] } = { result: "good" }
  if (toolsAreGood !== undefined) ending.toolsAreGood = toolsAreGood
  if (usage) ending.outputTokens = outputTokens(usage)
  if (usage && !usage.estimated) {
    ending.inputTokens = inputTokens(usage)
    ending.cachedTokens = usage.input.cacheRead
  }
  return ending
}
