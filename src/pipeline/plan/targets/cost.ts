import type { Price } from "../../../contract/index.ts"
import type { LiveOffer } from "../../services.ts"
import type { Inquiry } from "../inquiry.ts"
import { likelyCost, likelyOutput } from "../order/cost.ts"

/** Without waiting: list prices that are not loaded yet are unknown. */
export function knownPrice({ services }: Inquiry, offer: LiveOffer): Price | undefined {
  const found = services.priceOf(offer)
  return found instanceof Promise ? offer.price : found.price
}

/** What a request is likely to cost at an offer, USD. Undefined = nobody knows a price. */
export function costOf(inquiry: Inquiry, offer: LiveOffer): number | undefined {
  const price = knownPrice(inquiry, offer)
  if (!price) return undefined
  const { demand } = inquiry
  return likelyCost(price, demand.inputTokens(offer), likelyOutput(demand.maxOutputTokens))
}
