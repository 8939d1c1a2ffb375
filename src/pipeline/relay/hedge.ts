import { GatewayError } from "../../contract/index.ts"
import { endRunning } from "../attempt/end.ts"
import { outrun, type Try } from "../attempt/try.ts"
import type { Exchange } from "../exchange.ts"
import type { PlannedAttempt } from "../plan/types.ts"
import type { Line } from "./line.ts"

/** Tries what is left of a line, `first` before it, until something answers. */
type Runner<T> = (first: PlannedAttempt | undefined, role?: "hedge") => Promise<T>

/** How long the first attempt of this request may be silent before a second one starts beside it; undefined: it is never helped. */
export const hedgeMs = ({ plan, paysOnce, announced }: Exchange): number | undefined =>
  paysOnce || announced ? undefined : plan?.hedgeMs

/**
 * Runs down a line of attempts. When nothing has come for `afterMs`, a second runner takes the next offer at another upstream out of the
 * same line. Whoever commits first is the answer, and `cancelOthers` ends the other at once; until then each of them falls back as ever.
 * Rejects when neither has anything left to try.
 */
export async function race<T>(exchange: Exchange, afterMs: number, line: Line, run: Runner<T>): Promise<T> {
  const { inbound, services } = exchange
  const over = new AbortController()
  // Whoever waits for a place or for its next try stops waiting when the other one has answered.
  exchange.waits = AbortSignal.any([inbound.signal, over.signal])
  let second: Promise<T> | undefined
  const begun = Promise.withResolvers<undefined>()
  const deadline = services.deadlines.watch(afterMs, () => {
    const next = exchange.answering ? undefined : line.takeElsewhere()
    if (next) second = run(next, "hedge")
    begun.resolve(undefined)
  })
  const first = run(undefined)
  try {
    await Promise.race([first.catch(() => {}), begun.promise])
    if (!second) return await first
    return await firstAnswer(first, second)
  } finally {
    deadline.stop()
    over.abort()
    exchange.waits = inbound.signal
  }
}

/** What the client hears when both fail: a fault of its own request rather than an upstream's, then the first one's. */
async function firstAnswer<T>(first: Promise<T>, second: Promise<T>): Promise<T> {
  try {
    return await Promise.any([first, second])
  } catch (thrown) {
    const errors = (thrown as AggregateError).errors as readonly unknown[]
    throw errors.find((error) => !GatewayError.is(error) || error.retry === "no") ?? errors[0]
  }
}

/** An attempt begins to answer: what else is under way for this request is cancelled, written down and billed by what it had used. */
export function cancelOthers(exchange: Exchange, winner: Try): void {
  for (const other of [...exchange.underWay]) {
    if (other === winner) continue
    other.isOutrun = true
    other.isShare = true
    winner.isShare = true
    const reason = outrun()
    other.abort(reason)
    endRunning(exchange, other, reason)
    exchange.addOther(other)
  }
}
