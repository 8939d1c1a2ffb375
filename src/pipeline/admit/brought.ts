import { GatewayError } from "../../contract/index.ts"
import { fittingFor } from "../credentials/fitting.ts"
import type { Exchange } from "../exchange.ts"
import type { PlannedAttempt } from "../plan/types.ts"
import type { LiveOffer, OfferPrice, Payer } from "../services.ts"
import type { Reckoning } from "./reckoning.ts"

/**
 * Sets aside what a request may cost by all limits. Where they leave too little, or only a part of the answer, and those limits leave more
 * that count what is spent on brought credentials, it is made with such credentials alone: that is somebody else's money.
 */
export function holdOrBring(
  exchange: Exchange,
  planned: readonly PlannedAttempt[],
  prices: readonly OfferPrice[],
  reckoning: Reckoning,
): void {
  const payer = payerOfBrought(exchange, planned)
  if (!payer) {
    reckoning.hold(planned, prices)
    return
  }
  const { contentIsRead } = exchange
  try {
    reckoning.hold(planned, prices)
    if (!exchange.cap && !exchange.piece) return
  } catch (thrown) {
    if (!GatewayError.is(thrown)) throw thrown
  }
  letGo(exchange)
  exchange.contentIsRead = contentIsRead
  exchange.payer = payer
  exchange.paysBrought = true
  if (payer.limits.length === 0) return
  const isPaid = planned.map(({ offer }) => isBrought(exchange, offer))
  reckoning.hold(
    planned.filter((_, index) => isPaid[index]),
    prices.filter((_, index) => isPaid[index]),
  )
}

/** What of a plan can be paid for. */
export function payable(exchange: Exchange, planned: readonly PlannedAttempt[]): readonly PlannedAttempt[] {
  const { paysBrought, unpriced } = exchange
  if (!paysBrought && !unpriced) return planned
  return planned.filter(({ offer }) => !(paysBrought && !isBrought(exchange, offer)) && unpriced?.has(offer) !== true)
}

const isBrought = ({ snapshot, standing }: Exchange, offer: LiveOffer): boolean =>
  fittingFor(snapshot, standing, offer).brought.length > 0

/** Undefined where it would leave no more. */
function payerOfBrought(exchange: Exchange, planned: readonly PlannedAttempt[]): Payer | undefined {
  const { services, standing } = exchange
  if (!standing.brought || standing.limits.every(({ countsByok }) => countsByok)) return undefined
  if (!planned.some(({ offer }) => isBrought(exchange, offer))) return undefined
  const payer = { accounts: standing.accounts, limits: standing.limits.filter(({ countsByok }) => countsByok) }
  const now = services.now()
  return services.budgets.available(payer, now) > services.budgets.available(standing, now) ? payer : undefined
}

function letGo(exchange: Exchange): void {
  if (exchange.hold) exchange.services.budgets.release(exchange.hold)
  exchange.hold = undefined
  exchange.cap = undefined
  exchange.piece = undefined
  exchange.paysOnce = false
  exchange.shareNano = 0
}
