import type { Offer, Price, Profile, Provider, WireChat } from "../contract/index.ts"
import type { Known } from "./known.ts"
import type { LiveProvider } from "./provider.ts"

/** A format in which this model is reached, and what the upstream wants differently there. */
export interface LiveWire {
  readonly wire: WireChat
  readonly profile: Profile
}

/** An offer with all that an attempt needs; made once per configuration and kept. */
export interface LiveOffer extends Offer {
  readonly live: LiveProvider
  /** Preferred first; empty for what is not HTTP, or has no conversations. */
  readonly wires: readonly LiveWire[]
  /** Prices of the file or of the plugin; other sources are asked by the ledger. */
  readonly configPrice: Price | undefined
  /** What the file or the plugin says of PDF. Public lists speak of the model; how its vendor takes files is the profile's to know. */
  readonly readsPdf?: boolean
  /** Key of health and price lookups: `provider/upstream`. */
  readonly key: string
}

/** What is offered under a name, with all that is known of it. */
export function makeOffer(live: LiveProvider, { region: told, readsPdf, ...known }: Known): LiveOffer {
  const region = live.provider.regionOf?.(known.upstream) ?? told ?? live.region
  const listName = known.listName ?? live.provider.listName?.(known.upstream)
  const { priceSource = "config" } = known
  return {
    ...known,
    ...(listName === undefined ? {} : { listName }),
    provider: live.id,
    live,
    wires: wiresOf(live.provider, known.upstream, readsPdf),
    configPrice: priceSource === "config" ? known.price : undefined,
    ...(readsPdf === undefined ? {} : { readsPdf }),
    key: `${live.id}/${known.upstream}`,
    ...(region ? { region } : {}),
    ...(live.zdr === undefined ? {} : { zdr: live.zdr }),
    ...(live.dataCollection === undefined ? {} : { dataCollection: live.dataCollection }),
  }
}

/** The same offer by another of its provider's credentials. */
export const withProvider = (offer: LiveOffer, live: LiveProvider): LiveOffer => ({
  ...offer,
  live,
  wires: wiresOf(live.provider, offer.upstream, offer.readsPdf),
})

function wiresOf(
  { wire, otherWires = [] }: Provider,
  upstream: string,
  readsPdf: boolean | undefined,
): readonly LiveWire[] {
  const profileOf = (each: WireChat): Profile =>
    readsPdf === undefined ? each.profile(upstream) : { ...each.profile(upstream), pdf: readsPdf }
  return (wire ? [wire, ...otherWires] : otherWires)
    .filter((each) => each.serves?.(upstream) !== false)
    .map((each) => ({ wire: each, profile: profileOf(each) }))
}
