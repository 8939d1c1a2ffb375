import type { Exchange } from "../exchange.ts"
import type { PlannedAttempt } from "../plan/types.ts"
import type { OfferPrice } from "../services.ts"
import { holdOrBring } from "./brought.ts"
import { pieceTokens } from "./pieces.ts"
import { giveBack, isRated, takeTicket } from "./rates.ts"
import type { Reckoning } from "./reckoning.ts"
import { noMoney } from "./refusals.ts"
import { leaveUnpriced } from "./unpriced.ts"
import { neededFor } from "./worst.ts"

/**
 * May this key make this request now? The one way to every upstream: it must fit into all rates, then there must be enough money by all limits.
 * Throws the refusal, and then nothing is taken. A request that nothing limits passes without a look at prices.
 */
export function admitted(
  exchange: Exchange,
  planned: readonly PlannedAttempt[],
  reckoning: Reckoning,
): undefined | Promise<void> {
  if (isRated(exchange)) takeTicket(exchange, planned, reckoning.tokens())
  if (exchange.payer.limits.length === 0) return undefined
  const hold = (prices: readonly OfferPrice[]): void => {
    try {
      leaveUnpriced(exchange, planned, prices)
      holdOrBring(exchange, planned, prices, reckoning)
    } catch (thrown) {
      giveBack(exchange)
      throw thrown
    }
  }
  const prices = planned.map(({ offer }) => exchange.services.priceOf(offer))
  if (prices.some((price) => price instanceof Promise)) return Promise.all(prices).then(hold)
  hold(prices as OfferPrice[])
  return undefined
}

/**
 * Before anything else: what a key belongs to may have been switched off since somebody looked at it (a job in the background waits), and
 * plugins ask in the name of keys that nobody looked at.
 */
export function refuseProblem({ standing }: Exchange): void {
  if (standing.problem) throw standing.problem
}

/** Of a conversation. */
export function admit(exchange: Exchange, planned: readonly PlannedAttempt[]): undefined | Promise<void> {
  return admitted(exchange, planned, {
    tokens: () => likelyTokens(exchange, planned),
    hold: (offers, prices) => holdConversation(exchange, offers, prices),
  })
}

/** The input, and a first piece of the answer; what it really was is known at its end. */
function likelyTokens(exchange: Exchange, planned: readonly PlannedAttempt[]): number {
  const [first] = planned
  const input = first ? exchange.services.estimateInput(exchange, first.offer.key) : 0
  return input + Math.min(exchange.asked.maxOutputTokens ?? pieceTokens, pieceTokens)
}

function holdConversation(exchange: Exchange, planned: readonly PlannedAttempt[], prices: readonly OfferPrice[]): void {
  const { services, payer } = exchange
  const now = services.now()
  const available = services.budgets.available(payer, now)
  const { toHold, cap, piece } = neededFor(exchange, exchange, planned, prices, available)
  if (toHold === 0) return
  const share = Math.min(toHold, available)
  // A second attempt is an extra: where the budget does not pay for it, the first one has to do.
  exchange.paysOnce = cap !== undefined || piece !== undefined || share * 2 > available
  const mayRace = exchange.plan?.hedgeMs !== undefined && !exchange.paysOnce
  const hold = services.budgets.hold(payer, mayRace ? share * 2 : share, now)
  if (!hold) throw noMoney(exchange, toHold)
  exchange.hold = hold
  exchange.shareNano = share
  exchange.cap = cap
  exchange.piece = piece
  // Where the rest cannot be paid for, the answer is ended in the client's format: only what is decoded can be.
  if (piece) exchange.contentIsRead = true
}
