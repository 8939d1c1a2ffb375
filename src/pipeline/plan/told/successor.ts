import type { Catalog } from "../../../catalog/catalog.ts"
import { authorIn } from "../../../contract/index.ts"
import type { LiveOffer } from "../../services.ts"
import { groupsOf } from "../targets/groups.ts"

/** The newest model of the same author and family that is not going away; undefined where the catalogue knows none. */
function successorOf(catalog: Catalog, gone: LiveOffer): string | undefined {
  const { family } = gone
  if (family === undefined) return undefined
  const author = authorOf(gone)
  let newest: LiveOffer | undefined
  for (const offers of groupsOf(catalog).values())
    for (const offer of offers) {
      if (offer.family !== family || authorOf(offer) !== author || offer.shutdown !== undefined) continue
      if ((offer.created ?? 0) > (newest?.created ?? gone.created ?? 0)) newest = offer
    }
  return newest?.model
}

const authorOf = ({ canonical, model }: LiveOffer): string => authorIn(canonical ?? model)

/** What is said of a model that is gone. */
export function goneWords(catalog: Catalog, gone: LiveOffer): string {
  const next = successorOf(catalog, gone)
  const advice = next === undefined ? "Ask for another model." : `Its successor here is "${next}".`
  return `It was shut down on ${gone.shutdown}. ${advice}`
}
