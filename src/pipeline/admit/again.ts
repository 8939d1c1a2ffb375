import type { Try } from "../attempt/try.ts"
import type { Exchange } from "../exchange.ts"
import { neededFor } from "./worst.ts"

/** The same for what an attempt turned out to send, which may be longer than what came in. Throws when the key cannot pay for that. */
export async function holdAgain(current: Try): Promise<void> {
  const { exchange, offer } = current
  if (!exchange.hold) return
  const price = await exchange.services.priceOf(offer)
  // What others may still cost, or have cost.
  const others = Math.max(exchange.hold.nano - current.shareNano, exchange.costNano)
  const spent = current.start.continues?.spentTokens ?? 0
  // From here on without a wait: nobody takes the money in between.
  holdAnew(exchange, others, (available) => {
    const needed = neededFor(exchange, current.measured, [{ offer, retries: 0 }], [price], available, spent)
    current.cap = needed.cap
    current.piece = needed.piece
    current.shareNano = needed.toHold
    return needed.toHold
  })
}

/** For an attempt after an answer that broke off, which is paid for as well: what it may cost, with what was said already as its input. */
export async function holdForMore(current: Try): Promise<void> {
  const { exchange, offer, measured, start } = current
  if (!exchange.hold) return
  exchange.services.estimateInput(measured, offer.key)
  const { characters = 0, mediaTokens = 0 } = measured.size ?? {}
  const said = start.continues?.text.length ?? 0
  current.measured = { inbound: exchange.inbound, size: { characters: characters + said, mediaTokens } }
  await holdAgain(current)
}

/** Puts another hold in the place of the one there is: what other attempts may cost, and what `more` makes of the rest. */
function holdAnew(exchange: Exchange, othersNano: number, more: (available: number) => number): void {
  const { services, payer, hold } = exchange
  const { budgets } = services
  const now = services.now()
  if (hold) budgets.release(hold)
  const available = budgets.available(payer, now) - othersNano
  let wanted = 0
  try {
    wanted = Math.min(more(available), Math.max(0, available))
  } finally {
    const nano = othersNano + wanted
    exchange.hold = nano > 0 ? budgets.hold(payer, nano, now) : undefined
  }
}
