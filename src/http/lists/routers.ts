import type { LiveOffer } from "../../catalog/offers.ts"
import { isFree } from "../../pipeline/plan/cost.ts"
import { choosable } from "../../pipeline/plan/targets/auto/route-auto.ts"
import { autoRouter, freeRouter } from "../../pipeline/plan/targets/auto/routers.ts"
import { isGuess } from "../../pipeline/plan/targets/scope.ts"
import type { Snapshot } from "../../pipeline/services.ts"
import type { Listable, PriceOf } from "./describe.ts"

/** The names that leave the choice to the gateway, with all that it may choose from. A model of that name is the model. */
export function routers(snapshot: Snapshot, priceOf: PriceOf): readonly Listable[] {
  const offers = new Set<LiveOffer>()
  for (const [, found] of choosable(snapshot)) for (const offer of found) if (!isGuess(offer)) offers.add(offer)
  const free = [...offers].filter((offer) => isFree(priceOf(offer)))
  return [
    router(autoRouter, [...offers], "A model that suits the conversation, chosen by how it begins."),
    router(freeRouter, free, "One of the models that cost nothing."),
  ].filter((row) => row.offers.length > 0)
}

const router = (id: string, offers: readonly LiveOffer[], description: string): Listable => ({
  id,
  origin: "router",
  offers,
  description,
})
