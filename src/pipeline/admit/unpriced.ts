import { GatewayError } from "../../contract/index.ts"
import type { Exchange } from "../exchange.ts"
import type { PlannedAttempt } from "../plan/types.ts"
import type { OfferPrice } from "../services.ts"

/**
 * A limit on money says nothing where nobody knows what is spent: offers without a price are left out, unless the configuration counts them
 * as free. Throws where there are no others.
 */
export function leaveUnpriced(
  exchange: Exchange,
  planned: readonly PlannedAttempt[],
  prices: readonly OfferPrice[],
): void {
  if (exchange.snapshot.config.organisation.unpriced === "allow") return
  if (prices.every(({ price }) => price !== undefined)) return
  const unpriced = planned.filter((_, index) => prices[index]?.price === undefined).map(({ offer }) => offer)
  if (unpriced.length === planned.length) throw unknown(exchange)
  exchange.unpriced = new Set(unpriced)
}

const unknown = ({ model, payer }: Exchange): GatewayError => {
  const [limit] = payer.limits
  const whose = limit ? ` (${limit.scope} "${limit.name}")` : ""
  return new GatewayError(
    "price_unknown",
    `Nobody knows what "${model}" costs, and this key has a limit on money${whose}. Whoever runs the gateway can give the model a price in the configuration, 0 where it costs nothing, or set organisation.unpriced to allow.`,
    { param: "model" },
  )
}
