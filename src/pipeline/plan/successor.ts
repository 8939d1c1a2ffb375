import type { Catalog } from "../../catalog/catalog.ts"
import type { LiveOffer } from "../services.ts"

/** The newest model of the same author and family that is not going away; undefined where the catalogue knows none. */
function successorOf(catalog: Pick<Catalog, "offers">, gone: LiveOffer): string | undefined {
  const { family } = gone
  if (family === undefined) return undefined
  const author = authorOf(gone)
  let newest: LiveOffer | undefined
  for (const offer of catalog.offers) {
    if (offer.family !== family || authorOf(offer) !== author || offer.shutdown !== undefined) continue
    if ((offer.created ?? 0) > (newest?.created ?? gone.created ?? 0)) newest = offer
  }
  return newest?.model
}

const authorOf = ({ canonical, model }: LiveOffer): string => {
  const name = canonical ?? model
  return name.slice(0, name.indexOf("/"))
}

/** What is said of a model that is gone. */
export function goneWords(catalog: Pick<Catalog, "offers">, gone: LiveOffer): string {
  const next = successorOf(catalog, gone)
  const advice = next === undefined ? "Ask for another model." : `Its successor here is "${next}".`
  return `It was shut down on ${gone.shutdown}. ${advice}`
}
