import type { ErrorCode, GatewayError } from "../contract/index.ts"
import type { Exchange } from "./exchange.ts"
import type { Try } from "./upstream.ts"

/** The gateway itself ended the call; the upstream is not at fault. */
const ours: ReadonlySet<ErrorCode> = new Set(["client_closed", "guardrail_blocked"])

/** Writes the attempt down; `error` absent = it answered. */
export function record(exchange: Exchange, current: Try, error?: GatewayError): void {
  const cancelled = error !== undefined && ours.has(error.code)
  exchange.attempts.push({
    provider: current.offer.provider,
    model: current.offer.upstream,
    status: error?.upstreamStatus ?? current.status,
    startedAt: Math.round(current.startedAt),
    durationMs: microseconds(exchange.services.now() - current.startedAt),
    lane: current.lane,
    outcome: error ? (cancelled ? "cancelled" : "failed") : "ok",
    ...(error ? { code: error.code, reason: error.message } : {}),
  })
}

const microseconds = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000
