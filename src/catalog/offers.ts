import type { Offer, OfferSeed, Price, Profile } from "../contract/index.ts"
import type { LiveProvider } from "./provider.ts"

/** An offer with all that an attempt needs; made once per configuration and kept. */
export interface LiveOffer extends Offer {
  readonly live: LiveProvider
  /** What the upstream wants differently for this model. */
  readonly profile: Profile
  /** Prices of the file or of the plugin; other sources are asked by the ledger. */
  readonly configPrice: Price | undefined
  /** Key of health and price lookups: `provider/upstream`. */
  readonly key: string
}

const noProfile: Profile = {}

export function makeOffer(live: LiveProvider, seed: OfferSeed): LiveOffer {
  return {
    ...seed,
    provider: live.id,
    live,
    profile: live.provider.wire?.profile(seed.upstream) ?? noProfile,
    configPrice: seed.price,
    key: `${live.id}/${seed.upstream}`,
    ...(live.region ? { region: live.region } : {}),
    ...(live.zdr === undefined ? {} : { zdr: live.zdr }),
  }
}
