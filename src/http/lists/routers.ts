import type { LiveOffer } from "../../catalog/offers.ts"
import type { Steps } from "../../catalog/steps.ts"
import { isFree } from "../../pipeline/plan/cost.ts"
import { choosable } from "../../pipeline/plan/targets/auto/choosable.ts"
import { autoRouter, freeRouter } from "../../pipeline/plan/targets/auto/routers.ts"
import { isGuess } from "../../pipeline/plan/targets/scope.ts"
import type { Snapshot } from "../../pipeline/services.ts"
import type { Listable, PriceOf } from "./describe.ts"

/** The names that leave the choice to the gateway, with all that it may choose from. A model of that name is the model. */
export function* routers(snapshot: Snapshot, priceOf: PriceOf): Steps<readonly Listable[]> {
  const offers = new Set<LiveOffer>()
  const free: LiveOffer[] = []
  for (const [, found] of choosable(snapshot)) {
    yield
    for (const offer of found) {
      if (isGuess(offer) || offers.has(offer)) continue
      offers.add(offer)
      if (isFree(priceOf(offer))) free.push(offer)
    }
  }
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
