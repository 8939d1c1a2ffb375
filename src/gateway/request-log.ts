import type { Generation } from "../contract/index.ts"
import type { LogFields, LogLevel } from "../telemetry/log-record.ts"
import type { RootLogger } from "../telemetry/logger.ts"

/**
 * A line per request, under the id that its client got as `x-request-id`. What an upstream did wrong is for the operator even when another
 * one answered; a refusal is for whoever helps a user; what went well is in the ledger and costs no line unless somebody debugs.
 */
export function logRequest(log: RootLogger, generation: Generation): void {
  const level = levelOf(generation)
  if (log.enabled(level)) log[level]("request", fieldsOf(generation))
}

const isFailed = ({ outcome }: Generation["attempts"][number]) => outcome === "failed"

function levelOf({ attempts, errorCode, cancelled }: Generation): LogLevel {
  if (attempts.some(isFailed)) return "warn"
  return errorCode === undefined || cancelled ? "debug" : "info"
}

const fieldsOf = (generation: Generation): LogFields => ({
  requestId: generation.requestId,
  generation: generation.id,
  key: generation.keyId.slice(0, keyIdLength),
  model: generation.requestedModel,
  provider: generation.provider,
  status: generation.status,
  durationMs: generation.durationMs,
  ...(generation.errorCode === undefined ? {} : { code: generation.errorCode }),
  ...(generation.attempts.some(isFailed)
    ? {
        attempts: generation.attempts.map(({ provider, model, status, code, reason }) => ({
          provider,
          model,
          status,
          code,
          reason,
        })),
      }
    : {}),
})

/** As long as `signalbox keys list` shows it. */
const keyIdLength = 12
