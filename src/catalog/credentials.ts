import { type LiveOffer, withProvider } from "./offers.ts"
import type { LiveProvider } from "./provider.ts"

/** Offers of providers with several credentials, once per credential; made when first asked for. */
const made = new WeakMap<LiveOffer, readonly LiveOffer[]>()

/** The same offer with each of its provider's credentials, in configured order. They share health, limits and name. */
export function withEachCredential(offer: LiveOffer): readonly LiveOffer[] {
  const { byCredential } = offer.live
  if (!byCredential) return [offer]
  const known = made.get(offer)
  if (known) return known
  const all = byCredential.map((live, place) => (place === 0 ? offer : withProvider(offer, live)))
  made.set(offer, all)
  return all
}

const madeWith = new WeakMap<LiveOffer, WeakMap<LiveProvider, LiveOffer>>()

/** The same offer with another credential of its provider, which is kept as long as both are. */
export function offerWith(offer: LiveOffer, live: LiveProvider): LiveOffer {
  let known = madeWith.get(offer)
  if (known === undefined) {
    known = new WeakMap()
    madeWith.set(offer, known)
  }
  let found = known.get(live)
  if (found === undefined) {
    found = withProvider(offer, live)
    known.set(live, found)
  }
  return found
}
