import type { GatewayError } from "../../contract/index.ts"
import type { Exchange } from "../exchange.ts"
import { reckon } from "./bill.ts"
import { recordOf } from "./record.ts"
import type { Running } from "./running.ts"
import type { Try } from "./try.ts"
import { endingOf } from "./verdict.ts"

/**
 * Ends an attempt, however it ended; `error` absent = it answered. Its deadline stops, its place is free again, its upstream's health hears
 * of it, what it used is reckoned, and it is written down. Only the first end counts.
 */
export const endAttempt = (current: Try, error?: GatewayError): void => endRunning(current.exchange, current, error)

/** The same for one that the request itself knows of. */
export function endRunning(exchange: Exchange, current: Running, error?: GatewayError): void {
  if (current.hasEnded) return
  current.hasEnded = true
  current.close()
  reckon(exchange, current, error)
  const now = exchange.services.now()
  current.start.visit.ended(now, endingOf(error, current))
  exchange.underWay.delete(current)
  if (!exchange.announced) exchange.losses = current.losses
  if (error) exchange.noteWait(error)
  exchange.attempts.push(recordOf(current, now, error))
}
