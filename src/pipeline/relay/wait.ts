import type { ErrorCode, GatewayError } from "../../contract/index.ts"
import type { Exchange } from "../exchange.ts"

/** Waiting out the same deadline again would only double the client's wait. */
const neverRepeated = new Set<ErrorCode>(["provider_timeout"])

/** Whether waiting may mend it. */
export const isRepeated = ({ code, retry }: GatewayError): boolean => retry === "same" && !neverRepeated.has(code)

/** Of a policy's steps (docs.requesty.ai, fallback policies): twice as long each time, up to four seconds, give or take a tenth. */
const stepMs = 500
const longestStepMs = 4000
const stepJitter = 0.1
/** A limited rate wants more time than a stumble. */
const limitedFactor = 2

/**
 * Milliseconds before the same upstream is tried again: what it asks for, or a backoff with some chance in it. Undefined: it asks for longer
 * than a client should be kept waiting. `isStep`: a policy asks for the retry; otherwise there is nothing else to try.
 */
export function waitBefore(
  exchange: Exchange,
  error: GatewayError,
  round: number,
  isStep: boolean,
): number | undefined {
  const { backoffMs, maxWaitMs } = exchange.snapshot.config.retries
  const { random } = exchange.services
  const longest = isStep ? Math.max(maxWaitMs, longestStepMs * limitedFactor) : maxWaitMs
  if (error.retryAfterMs !== undefined) return error.retryAfterMs <= longest ? error.retryAfterMs : undefined
  if (!isStep) {
    const full = backoffMs * 2 ** round
    return Math.min(maxWaitMs, full / 2 + random() * (full / 2))
  }
  const step = Math.min(longestStepMs, stepMs * 2 ** round) * (error.code === "rate_limited" ? limitedFactor : 1)
  return step * (1 - stepJitter + random() * 2 * stepJitter)
}

/** Waits, unless the signal ends it: then it rejects with what `why` gives. */
export function pause(milliseconds: number, signal: AbortSignal, why: () => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(why())
      return
    }
    const timer = setTimeout(done, milliseconds)
    function done() {
      signal.removeEventListener("abort", gone)
      resolve()
    }
    function gone() {
      clearTimeout(timer)
      reject(why())
    }
    signal.addEventListener("abort", gone, { once: true })
  })
}
