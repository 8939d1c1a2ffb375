import { type ErrorCode, GatewayError } from "../contract/index.ts"
import type { Exchange } from "./exchange.ts"
import type { PlannedAttempt } from "./plan/types.ts"
import type { LiveOffer } from "./services.ts"
import { clientClosed } from "./upstream.ts"

/** Failures that say something about the upstream, and for how long it is left alone at least. Absent: the request's own fault. */
const cooldownMs: Partial<Record<ErrorCode, number>> = {
  provider_down: 0,
  provider_timeout: 0,
  provider_overloaded: 0,
  rate_limited: 0,
  bad_provider_response: 0,
  stream_interrupted: 0,
  // Neither heals by itself within seconds: somebody must pay, or mend the configuration.
  provider_quota: 60_000,
  provider_auth: 60_000,
}

/** Waiting out the same deadline again would only double the client's wait. */
const neverRepeated = new Set<ErrorCode>(["provider_timeout"])

/** One try at one offer; throws GatewayError as long as another may take over. */
export type Attempt<T> = (exchange: Exchange, offer: LiveOffer) => Promise<T>

/** Attempts in order until one begins to answer. Throws the last failure when none does. */
export async function relay<T>(
  exchange: Exchange,
  planned: readonly PlannedAttempt[],
  attempt: Attempt<T>,
): Promise<T> {
  let last: GatewayError | undefined
  let tooSmall: LiveOffer | undefined
  for (const [index, { offer, retries }] of planned.entries()) {
    if (tooSmall && !isLarger(offer, tooSmall)) continue
    const isLast = index === planned.length - 1
    const repeats = Math.max(retries, isLast ? exchange.snapshot.config.retries.sameUpstream : 0)
    try {
      return await repeat(exchange, offer, repeats, attempt)
    } catch (thrown) {
      if (!GatewayError.is(thrown)) throw thrown
      if (thrown.code === "client_closed" || thrown.retry === "no") throw thrown
      if (thrown.code === "context_length_exceeded") tooSmall = offer
      last = thrown
    }
  }
  throw last ?? new GatewayError("internal", "There was nothing to try.")
}

/** A longer input fits only where the window is known to be larger, or the model is another one of unknown size. */
function isLarger(offer: LiveOffer, small: LiveOffer): boolean {
  if (offer.context !== undefined && small.context !== undefined) return offer.context > small.context
  return offer.model !== small.model
}

async function repeat<T>(exchange: Exchange, offer: LiveOffer, repeats: number, attempt: Attempt<T>): Promise<T> {
  for (let round = 0; ; round++) {
    try {
      return await attempt(exchange, offer)
    } catch (thrown) {
      if (!GatewayError.is(thrown)) throw thrown
      noteFailure(exchange, offer, thrown)
      const wait = waitBefore(exchange, thrown, round)
      if (round >= repeats || thrown.retry !== "same" || neverRepeated.has(thrown.code) || wait === undefined)
        throw thrown
      await sleep(exchange, wait)
    }
  }
}

function noteFailure(exchange: Exchange, offer: LiveOffer, error: GatewayError): void {
  const least = cooldownMs[error.code]
  if (least === undefined) return
  const wait = Math.max(least, error.retryAfterMs ?? 0)
  exchange.services.health.failed(offer.key, exchange.services.now(), wait > 0 ? wait : undefined)
}

/** Jittered exponential backoff, or what the upstream asks for; undefined when that is longer than a client should be kept waiting. */
function waitBefore(exchange: Exchange, error: GatewayError, round: number): number | undefined {
  const { backoffMs, maxWaitMs } = exchange.snapshot.config.retries
  if (error.retryAfterMs !== undefined) return error.retryAfterMs <= maxWaitMs ? error.retryAfterMs : undefined
  const full = backoffMs * 2 ** round
  return Math.min(maxWaitMs, full / 2 + exchange.services.random() * (full / 2))
}

/** A client that leaves ends the wait. */
function sleep(exchange: Exchange, milliseconds: number): Promise<void> {
  const { signal } = exchange.inbound
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, milliseconds)
    function done() {
      signal.removeEventListener("abort", gone)
      resolve()
    }
    function gone() {
      clearTimeout(timer)
      reject(clientClosed())
    }
    signal.addEventListener("abort", gone, { once: true })
  })
}
