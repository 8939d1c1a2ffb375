import type { Price } from "../../../contract/index.ts"
import type { MaxPrice, PricedPart } from "../preferences/preferences.ts"
import type { Filter } from "./question.ts"

/** What a price says of each part of a limit; parts that cost nothing by themselves are 0. */
const prices: Readonly<Record<PricedPart, (price: Price) => number>> = {
  prompt: ({ input }) => input,
  completion: ({ output }) => output,
  request: ({ request = 0 }) => request,
  image: ({ perUnit }) => perUnit?.images ?? 0,
  audio: ({ perUnit }) => perUnit?.seconds ?? 0,
}

/** A price that nobody knows is above every limit: a limit is a promise. */
export const maxPrice: Filter = (offer, question) => {
  const limits = question.wanted.maxPrice
  if (!limits) return undefined
  const known = question.price(offer)
  if (!known) return { constraint: "max_price", detail: "has no known price" }
  const part = exceeded(limits, known)
  return part && { constraint: "max_price", detail: `costs ${prices[part](known)} per ${units[part]}` }
}

const units: Readonly<Record<PricedPart, string>> = {
  prompt: "million input tokens",
  completion: "million output tokens",
  request: "request",
  image: "image",
  audio: "second of audio",
}

function exceeded(limits: MaxPrice, price: Price): PricedPart | undefined {
  for (const part in limits) {
    const limit = limits[part as PricedPart]
    if (limit !== undefined && prices[part as PricedPart](price) > limit) return part as PricedPart
  }
  return undefined
}
