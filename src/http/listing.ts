import { type LiveOffer, makeOffer } from "../catalog/offers.ts"
import type { ModelKind, Price, Traits } from "../contract/index.ts"
import type { KnownModel } from "../ledger/prices.ts"
import type { Snapshot } from "../pipeline/services.ts"
import type { HttpServices } from "./services.ts"

/** A public model name with what is known of it over all its providers. */
export interface ListedModel {
  readonly id: string
  readonly name: string
  readonly description: string | undefined
  readonly kind: ModelKind
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

/** List prices change at most this often. */
const validMs = 900_000

interface Listing {
  readonly models: Promise<readonly ListedModel[]>
  readonly until: number
}

/** One list per snapshot, made when somebody asks. */
const listings = new WeakMap<Snapshot, Listing>()

/** Every model that can be named, each once. */
export function listModels(services: HttpServices): Promise<readonly ListedModel[]> {
  const snapshot = services.pipeline.snapshot()
  const now = services.pipeline.now()
  const made = listings.get(snapshot)
  if (made && now < made.until) return made.models
  const models = makeList(services, snapshot)
  listings.set(snapshot, { models, until: now + validMs })
  return models
}

/** Configured offers; what the list prices know of providers that take any name; aliases and policies. */
async function makeList(services: HttpServices, { catalog }: Snapshot): Promise<readonly ListedModel[]> {
  const groups = new Map<string, LiveOffer[]>()
  for (const offer of catalog.offers) {
    const group = groups.get(offer.model)
    if (group) group.push(offer)
    else groups.set(offer.model, [offer])
  }
  for (const live of catalog.providers.values()) {
    if (!live.open) continue
    for (const known of await services.pipeline.knownModels(live.definition)) {
      const model = `${live.id}/${known.id}`
      if (!groups.has(model))
        groups.set(model, [makeOffer(live, { ...known, description: unchecked(known), model, upstream: known.id })])
    }
  }
  for (const [alias, target] of Object.entries(catalog.aliases)) {
    const offers = catalog.find(target)
    if (!groups.has(alias) && offers.length > 0) groups.set(alias, [...offers])
  }
  for (const [policy, { steps }] of Object.entries(catalog.policies)) {
    groups.set(
      policy,
      steps.flatMap(({ model }) => catalog.find(catalog.aliases[model] ?? model)),
    )
  }
  return Promise.all([...groups].map(([id, offers]) => describe(services, id, offers)))
}

const unchecked = ({ description }: KnownModel): string =>
  `${description ? `${description} ` : ""}Known from public price lists; whether this provider serves it is not checked.`

async function describe(services: HttpServices, id: string, offers: readonly LiveOffer[]): Promise<ListedModel> {
  const isPolicy = id.startsWith("policy/")
  const prices = await Promise.all(offers.map(async (offer) => (await services.pipeline.priceOf(offer)).price))
  const known = prices.filter((price) => price !== undefined)
  const first = offers[0]
  return {
    id,
    name: (isPolicy ? undefined : first?.name) ?? id,
    kind: first?.kind ?? "chat",
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
