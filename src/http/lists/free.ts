import type { LiveOffer } from "../../catalog/offers.ts"
import type { Steps } from "../../catalog/steps.ts"
import { isFree } from "../../pipeline/plan/cost.ts"
import { describe, type ListedModel, type PriceOf } from "./describe.ts"
import type { View } from "./listed.ts"

export const freeSuffix = ":free"

/**
 * The models as OpenRouter lists them: offers that cost nothing are a row of their own beside the paid ones, so that nobody takes the price
 * of one for that of the other.
 */
export function* rowsOf(view: View): Steps<readonly ListedModel[]> {
  const known = view.printed.get("rows") as readonly ListedModel[] | undefined
  if (known) return known
  const { priceOf } = view.listing
  const rows: ListedModel[] = []
  for (const model of view.models) {
    yield
    // Names of Requesty's, which its clients ask for.
    if (model.origin === "managed") continue
    const free = model.origin === "model" ? freeOffers(model.offers, priceOf) : []
    const paid = free.length === 0 ? model.offers : model.offers.filter((offer) => !free.includes(offer))
    const isWhole = paid.length === 0 || free.length === 0
    rows.push(isWhole ? model : describe({ ...model, offers: paid }, priceOf, model.created))
    if (free.length > 0) rows.push(freeRow(model, free, priceOf))
  }
  view.printed.set("rows", rows)
  return rows
}

export const freeOffers = (offers: readonly LiveOffer[], priceOf: PriceOf): readonly LiveOffer[] =>
  offers.filter((offer) => isFree(priceOf(offer)))

export const freeRow = (model: ListedModel, offers: readonly LiveOffer[], priceOf: PriceOf): ListedModel => ({
  ...describe({ ...model, offers }, priceOf, model.created),
  id: `${model.id}${freeSuffix}`,
  name: `${model.name} (free)`,
})
