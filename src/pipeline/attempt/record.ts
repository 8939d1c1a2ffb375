import { type AttemptRecord, type ErrorCode, emptyUsage, type GatewayError, type Usage } from "../../contract/index.ts"
import type { Start } from "./start.ts"

/** The gateway itself ended the call; the upstream is not at fault. */
const ours: ReadonlySet<ErrorCode> = new Set(["client_closed", "guardrail_blocked"])

/** An attempt, as far as it is written down. */
export interface Tried {
  readonly start: Omit<Start, "visit">
  readonly startedAt: number
  readonly status: number
  readonly lane: AttemptRecord["lane"]
  readonly isOutrun?: boolean
  readonly isShare?: boolean
  readonly usage?: Usage | undefined
  readonly costNano?: number
}

/** The attempt as the ledger keeps it; `error` absent = it answered. */
export function recordOf(tried: Tried, now: number, error?: GatewayError): AttemptRecord {
  const cancelled = error !== undefined && ours.has(error.code)
  const { offer, credential, brought, queuedMs, role } = tried.start
  return {
    provider: offer.provider,
    model: offer.upstream,
    status: error?.upstreamStatus ?? tried.status,
    startedAt: Math.round(tried.startedAt),
    durationMs: microseconds(now - tried.startedAt),
    lane: tried.lane,
    outcome: error ? (cancelled ? "cancelled" : "failed") : "ok",
    ...(error ? { ...(tried.isOutrun ? {} : { code: error.code }), reason: error.message } : {}),
    ...(role === undefined ? {} : { role }),
    ...(tried.isShare ? { usage: tried.usage ?? emptyUsage, costNano: tried.costNano ?? 0 } : {}),
    ...(credential === undefined ? {} : { credential }),
    ...(brought === undefined ? {} : { upstreamKey: brought.id }),
    ...(queuedMs === undefined ? {} : { queuedMs: microseconds(queuedMs) }),
  }
}

const microseconds = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000
