import type { Offer, OfferSeed, Price, Profile, Provider, WireChat } from "../contract/index.ts"
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
  /** Key of health and price lookups: `provider/upstream`. */
  readonly key: string
}

export function makeOffer(live: LiveProvider, seed: OfferSeed): LiveOffer {
  const region = live.provider.regionOf?.(seed.upstream) ?? live.region
  const listName = seed.listName ?? live.provider.listName?.(seed.upstream)
  return {
    ...seed,
    ...(listName === undefined ? {} : { listName }),
    provider: live.id,
    live,
    wires: wiresOf(live.provider, seed),
    configPrice: seed.price,
    key: `${live.id}/${seed.upstream}`,
    ...(region ? { region } : {}),
    ...(live.zdr === undefined ? {} : { zdr: live.zdr }),
    ...(live.dataCollection === undefined ? {} : { dataCollection: live.dataCollection }),
  }
}

function wiresOf({ wire, otherWires = [] }: Provider, { upstream, traits }: OfferSeed): readonly LiveWire[] {
  // Whether a model reads PDF is often known of the model alone, not of its vendor.
  const known = traits?.pdf === undefined ? {} : { pdf: traits.pdf }
  return (wire ? [wire, ...otherWires] : otherWires)
    .filter((each) => each.serves?.(upstream) !== false)
    .map((each) => ({ wire: each, profile: { ...each.profile(upstream), ...known } }))
}
