import type { Price } from "../../contract/index.ts"
import type { LiveOffer } from "../services.ts"
import type { Inquiry } from "./inquiry.ts"

/** Without waiting: of list prices that are not loaded yet, what the offer itself says. Undefined = nobody knows one. */
export function knownPrice({ services }: Pick<Inquiry, "services">, offer: LiveOffer): Price | undefined {
  const found = services.priceOf(offer)
  return found instanceof Promise ? offer.price : found.price
}

/** What a request is likely to cost at an offer, USD. Undefined = nobody knows a price. */
export function costOf(inquiry: Inquiry, offer: LiveOffer): number | undefined {
  const price = knownPrice(inquiry, offer)
  return price && costAt(inquiry, offer, price)
}

/** The same at a price that is known. */
export const costAt = ({ demand }: Inquiry, offer: LiveOffer, price: Price): number =>
  likelyCost(price, demand.inputTokens(offer), Math.min(demand.maxOutputTokens ?? usualAnswer, usualAnswer))

/** Tokens of an answer: a limit is rarely reached, and most requests have none. For comparing prices, never for billing. */
const usualAnswer = 500

const perMillion = 1_000_000

/** Numbers and not exact money: offers are compared by it, nobody is billed. */
function likelyCost(price: Price, inputTokens: number, outputTokens: number): number {
  let { input, output, request = 0 } = price
  for (const tier of price.tiers ?? []) {
    if (inputTokens <= tier.above) continue
    input = tier.input ?? input
    output = tier.output ?? output
    request = tier.request ?? request
  }
  return (inputTokens * input + outputTokens * output) / perMillion + request
}

/** Nothing is charged for anything. */
export const isFree = (price: Price | undefined): boolean =>
  price !== undefined && [price, ...(price.tiers ?? [])].every((band) => Object.entries(band).every(costsNothing))

const costsNothing = ([name, value]: [string, unknown]): boolean =>
  name === "above" || name === "tiers" || value === 0 || value === undefined || allZero(value)

const allZero = (prices: unknown): boolean =>
  typeof prices === "object" && prices !== null && Object.values(prices).every((value) => value === 0)
