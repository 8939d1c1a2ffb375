import { type GatewayError, messageOf } from "../../contract/index.ts"
import type { Answer } from "../answer.ts"
import { endRunning } from "../attempt/end.ts"
import type { Running } from "../attempt/running.ts"
import type { Exchange } from "../exchange.ts"
import { settle } from "../settle.ts"

export const isKept = ({ inbound }: Exchange): boolean => inbound.client !== undefined && inbound.keep !== undefined

/** For those who keep answers: an answer that cannot be kept is an answer all the same. */
export async function keep(exchange: Exchange, reply: () => string): Promise<void> {
  const keeper = exchange.inbound.client && exchange.inbound.keep
  if (!keeper) return
  try {
    await keeper(exchange.id, reply())
  } catch (thrown) {
    exchange.services.log.error("answer not kept", { requestId: exchange.inbound.requestId, error: messageOf(thrown) })
  }
}

/** The attempt that is at work now: not the one that the answer began with, where that broke off and another one went on. */
export const working = (exchange: Exchange, answer: Answer): Running =>
  (exchange.recovers && exchange.answering) || answer.current

/** Closes the attempt and settles; awaited only where the ledger is strict. */
export async function finish(exchange: Exchange, answer: Answer, error?: GatewayError): Promise<void> {
  endRunning(exchange, working(exchange, answer), error)
  const written = settle(exchange, error)
  if (written) await written
}
