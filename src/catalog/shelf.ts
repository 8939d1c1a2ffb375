import type { KnownModels, KnownName } from "../contract/index.ts"
import { knownOf } from "./known.ts"
import { type LiveOffer, makeOffer } from "./offers.ts"
import type { LiveProvider } from "./provider.ts"
import { isWithin } from "./regions.ts"

/** How many offers a provider keeps; made anew they are the same but for their identity. */
const keptOffers = 1000

/** What an open provider is known to have. An offer is made when somebody asks for it, and kept for a while. */
export class Shelf {
  readonly live: LiveProvider
  readonly #known: KnownModels
  readonly #made = new Map<string, LiveOffer>()

  constructor(live: LiveProvider, known: KnownModels) {
    this.live = live
    this.#known = known
  }

  /** The names that lead somewhere: profiles of other regions do not from here. */
  names(): readonly KnownName[] {
    const { id, definition, region, provider } = this.live
    const names = this.#known.names(definition, id)
    return provider.regionOf ? names.filter(({ upstream }) => isReached(provider.regionOf?.(upstream), region)) : names
  }

  /** Where it runs, if its name tells. */
  regionOf(upstream: string): string {
    return this.live.provider.regionOf?.(upstream) ?? ""
  }

  has(upstream: string): boolean {
    return this.#known.of(this.live.definition, upstream, this.live.id) !== undefined
  }

  /** The offer of a name, under the public name of its model. */
  offer(model: string, upstream: string): LiveOffer {
    const known = this.#made.get(upstream)
    if (known?.model === model) return known
    const made = this.make(model, upstream)
    if (this.#made.size >= keptOffers) this.#made.clear()
    this.#made.set(upstream, made)
    return made
  }

  /** One under a name of its own, not kept. */
  make(model: string, upstream: string): LiveOffer {
    return makeOffer(this.live, knownOf(this.live, { model, upstream }, this.#known))
  }
}

/** Geographies that hold other ones: Bedrock's `apac` is reached from several countries. */
const wide: ReadonlySet<string> = new Set(["global", "apac"])

/** An inference profile answers within its own geography, and is called from there. */
const isReached = (named: string | undefined, own: string | undefined): boolean =>
  named === undefined || own === undefined || own === "global" || wide.has(named) || isWithin(own, named)
