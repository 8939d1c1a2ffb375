import type { LiveOffer } from "../../catalog/offers.ts"
import type { Price } from "../../contract/index.ts"
import { isGuess } from "../../pipeline/plan/targets/scope.ts"
import type { Snapshot } from "../../pipeline/services.ts"
import { unknownCreated } from "../listing.ts"
import type { HttpServices } from "../services.ts"
import { describe, type ListedModel } from "./describe.ts"
import { freeOffers, freeRow, freeSuffix } from "./free.ts"
import type { View } from "./listed.ts"
import { targetsOf } from "./targets.ts"

/**
 * The model that a name means: a row of the list, or whatever requests of that name would be led to, with its variants and regions
 * (`:free` has a row of its own, other suffixes say how to choose and not what). Undefined where the viewer may use none of it.
 */
export async function modelNamed(services: HttpServices, view: View, name: string): Promise<ListedModel | undefined> {
  const listed = view.byId.get(name)
  if (listed) return listed
  const offers = behind(services.pipeline.snapshot(), view, name)
  const first = offers[0]
  if (!first) return undefined
  const prices = new Map<LiveOffer, Price | undefined>()
  for (const offer of offers) prices.set(offer, (await services.pipeline.priceOf(offer)).price)
  const priceOf = (offer: LiveOffer) => prices.get(offer)
  const model = describe(
    { id: first.model, origin: "model", offers },
    priceOf,
    view.byId.get(first.model)?.created ?? unknownCreated(services),
  )
  if (!name.endsWith(freeSuffix)) return model
  const free = freeOffers(offers, priceOf)
  return free.length === 0 ? undefined : freeRow(model, free, priceOf)
}

/** Offers behind any name that a request may have, those left out that nobody knows whether they exist. */
function behind(snapshot: Snapshot, view: View, name: string): readonly LiveOffer[] {
  const offers = new Set<LiveOffer>()
  for (const { offers: found, preferences } of targetsOf(snapshot, name)) {
    const mayUse = view.within(preferences)
    for (const offer of found) if (!isGuess(offer) && mayUse(offer)) offers.add(offer)
  }
  return [...offers]
}
