import { type LiveOffer, withProvider } from "./offers.ts"

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
