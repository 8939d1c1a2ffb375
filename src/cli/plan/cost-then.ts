import { type Generation, inputTokens, outputTokens, type Price, type Usage } from "../../contract/index.ts"
import { costNano } from "../../ledger/money.ts"
import { bill, type OfferPrice } from "../../ledger/prices.ts"

/** What a request would have cost. */
export interface CostThen {
  readonly nano: number
  /** Tokens that would have been read anew instead of from a prompt cache, and what more that costs than they were billed with. */
  readonly lostTokens: number
  readonly lostNano: number
}

type Billed = Pick<Generation, "usage" | "costNano" | "price" | "priceSource">

/**
 * The recorded usage at an offer's prices; undefined where nobody knows one. `isSame`: it is the offer that answered. `isWarm`: what it
 * read from a prompt cache would have been in one; otherwise that is fresh input.
 */
export function costThen(row: Billed, known: OfferPrice, isSame: boolean, isWarm: boolean): CostThen | undefined {
  const { usage, price: before } = row
  if (isSame && isWarm && isPricedAlike(row, known)) return { nano: row.costNano, lostTokens: 0, lostNano: 0 }
  const used = isWarm ? usage : cold(usage)
  const { costNano: nano, source } = bill(isSame ? used : withoutReport(used), known)
  if (source === "none") return undefined
  return { nano: nano + besides(row), ...(isWarm ? nothingLost : lost(usage, known.price, before)) }
}

/** Nothing is known that would change the price. */
const isPricedAlike = ({ price, priceSource }: Billed, known: OfferPrice): boolean =>
  priceSource === "upstream" ? known.source !== "config" : Bun.deepEquals(price, known.price)

const cold = (usage: Usage): Usage => {
  const { input, reportedCostUsd: _, ...rest } = usage
  return { ...rest, input: { ...input, fresh: input.fresh + input.cacheRead, cacheRead: 0 } }
}

/** What an upstream said that it cost there is nothing for another one. */
const withoutReport = ({ reportedCostUsd: _, ...usage }: Usage): Usage => usage

/** Paid beside the answer: for attempts that lost a race. They are taken to be the same. */
const besides = ({ usage, costNano: billed, price }: Billed): number =>
  price ? Math.max(0, billed - costNano(usage, price)) : 0

const nothingLost = { lostTokens: 0, lostNano: 0 }

/** What the tokens cost as fresh input then, less what they were billed with. */
function lost(usage: Usage, then: Price | undefined, before: Price | undefined): Omit<CostThen, "nano"> {
  const lostTokens = usage.input.cacheRead
  if (lostTokens === 0 || !then) return { lostTokens, lostNano: 0 }
  const fresh = costNano(cold(usage), then) - costNano(usage, readingFree(then))
  const billed = before ?? then
  const read = costNano(usage, billed) - costNano(usage, readingFree(billed))
  return { lostTokens, lostNano: Math.max(0, fresh - read) }
}

/** The same tier holds whatever the input is made of. */
const readingFree = ({ tiers = [], ...price }: Price): Price => ({
  ...price,
  cacheRead: 0,
  tiers: tiers.map((tier) => ({ ...tier, cacheRead: 0 })),
})

/** There is something that could be priced. */
export const hasUsage = ({ usage, costNano: billed }: Billed): boolean =>
  billed > 0 || inputTokens(usage) + outputTokens(usage) > 0 || Object.keys(usage.counters ?? {}).length > 0
