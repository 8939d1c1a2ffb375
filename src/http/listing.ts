import type { LiveOffer } from "../catalog/offers.ts"
import type { Price, Traits } from "../contract/index.ts"
import type { HttpServices } from "./services.ts"

/** A public model name with what is known of it over all its providers. */
export interface ListedModel {
  readonly id: string
  readonly name: string
  readonly description: string | undefined
  /** Offers in configured order; empty for a policy. */
  readonly offers: readonly LiveOffer[]
  /** Of the first offer that has one, which is the one that is tried first. */
  readonly price: Price | undefined
  /** Tokens; the smallest over the offers, so that what fits the list fits every provider. */
  readonly context: number | undefined
  readonly maxOutput: number | undefined
  readonly traits: Traits
  /** Unix seconds. */
  readonly created: number
}

/** Every model that can be named: configured offers, aliases and policies, each once, in configured order. */
export async function listModels(services: HttpServices): Promise<readonly ListedModel[]> {
  const { catalog } = services.pipeline.snapshot()
  const groups = new Map<string, LiveOffer[]>()
  for (const offer of catalog.offers) {
    const group = groups.get(offer.model)
    if (group) group.push(offer)
    else groups.set(offer.model, [offer])
  }
  for (const [alias, target] of Object.entries(catalog.aliases)) {
    const offers = catalog.find(target)
    if (!groups.has(alias) && offers.length > 0) groups.set(alias, [...offers])
  }
  for (const [policy, { fallback }] of Object.entries(catalog.policies)) {
    groups.set(
      policy,
      fallback.flatMap(({ model }) => catalog.find(catalog.aliases[model] ?? model)),
    )
  }
  return Promise.all([...groups].map(([id, offers]) => describe(services, id, offers)))
}

async function describe(services: HttpServices, id: string, offers: readonly LiveOffer[]): Promise<ListedModel> {
  const isPolicy = id.startsWith("policy/")
  const prices = await Promise.all(offers.map(async (offer) => (await services.pipeline.priceOf(offer)).price))
  const known = prices.filter((price) => price !== undefined)
  const first = offers[0]
  return {
    id,
    name: (isPolicy ? undefined : first?.name) ?? id,
    description: isPolicy ? "A policy: models that are tried one after the other." : first?.description,
    offers: isPolicy ? [] : offers,
    price: isPolicy ? dearest(known) : known[0],
    context: smallest(offers.map((offer) => offer.context)),
    maxOutput: smallest(offers.map((offer) => offer.maxOutput)),
    traits: first?.traits ?? {},
    created: first?.created ?? Math.floor(services.startedAt / 1000),
  }
}

const smallest = (numbers: readonly (number | undefined)[]): number | undefined => {
  const known = numbers.filter((number) => number !== undefined)
  return known.length > 0 ? Math.min(...known) : undefined
}

/** Budget-minded clients must not be surprised by the step that costs most. */
const dearest = (prices: readonly Price[]): Price | undefined =>
  prices.reduce<Price | undefined>(
    (worst, price) => (!worst || price.input + price.output > worst.input + worst.output ? price : worst),
    undefined,
  )
