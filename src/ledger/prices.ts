import type { ModelKind, Offer } from "../contract/offer.ts"
import { completePrice } from "../contract/price.ts"
import type { Price, PriceSource, Usage } from "../contract/usage.ts"
import { priceOfCatalog } from "./catalog-prices.ts"
import { costNano, nanoOfUsd } from "./money.ts"

/** What is known about an offer's price before it is called. */
export interface OfferPrice {
  readonly source: Exclude<PriceSource, "upstream">
  readonly price?: Price
}

export interface Bill {
  readonly costNano: number
  readonly source: PriceSource
  /** The unit prices behind the cost; absent when the upstream named the cost or nobody knows one. */
  readonly price?: Price
}

type PricedOffer = Pick<Offer, "model" | "provider" | "upstream" | "listName" | "price" | "priceSource" | "priceAsOf">

export interface Prices {
  /**
   * The price of an offer. A promise only the first time an offer without a configured price is looked up, because the catalogue
   * of list prices is loaded when it is first needed. `vendor` is the kind of provider when its id is a name of the operator's.
   */
  of(offer: PricedOffer, vendor?: string): OfferPrice | Promise<OfferPrice>
  /** The price if no waiting is needed, for lists of models. */
  peek(offer: PricedOffer, vendor?: string): OfferPrice | undefined
  /** What the list prices know of models; undefined when they cannot be loaded. */
  list(): Promise<PriceList | undefined>
}

/** The list prices, loaded. */
export interface PriceList {
  /** Milliseconds UTC of its evidence. */
  readonly asOf: number
  /** The models of a vendor that write text or make embeddings; empty for a vendor that it does not know. */
  models(vendor: string): readonly KnownModel[]
}

/** A model as the list prices know it. Whether the vendor still serves it, and to whom, they do not say. */
export interface KnownModel {
  readonly id: string
  readonly kind?: ModelKind
  readonly name?: string
  readonly description?: string
  /** Tokens. */
  readonly context?: number
}

type Catalog = typeof import("@pydantic/genai-prices")

export interface PricesOptions {
  readonly clock: { now(): number }
  /** Loads the list prices; throwing means that there are none. */
  readonly load?: () => Promise<Catalog>
  readonly onLoadFailure?: (error: unknown) => void
}

/** Some list prices hold from a date on or at certain hours, none of them finer than a quarter of an hour. */
const validMs = 900_000
const mostEntries = 20_000

const none: OfferPrice = { source: "none" }

/** When @pydantic/genai-prices 0.1.8 was published; another version has another day. */
export const listPricesAsOf = Date.UTC(2026, 8, 23)

/** Exact ids only: genai-prices also matches parts of names, which would price somebody's own server like the vendor it is named after. */
const vendorIds: Readonly<Record<string, string>> = {
  bedrock: "aws",
  "amazon-bedrock": "aws",
  vertex: "google",
  "google-vertex": "google",
  gemini: "google",
  xai: "x-ai",
  moonshot: "moonshotai",
  "azure-openai": "azure",
  // Billed at Anthropic's own prices (platform.claude.com, Claude in Microsoft Foundry).
  "azure-foundry-anthropic": "anthropic",
  togetherai: "together",
  "fireworks-ai": "fireworks",
  "cloudflare-workers-ai": "cloudflare",
}

/** Where prices come from: configuration, then list prices by vendor and model. What upstreams report is added by `bill`. */
export const createPrices = (options: PricesOptions): Prices => {
  const load = options.load ?? (() => import("@pydantic/genai-prices"))
  const cache = new Map<string, { readonly price: OfferPrice; readonly until: number }>()
  let catalog: Catalog | undefined
  let loading: Promise<Catalog | undefined> | undefined

  const vendorIn = (from: Catalog, vendor: string) => {
    const providerId = vendorIds[vendor] ?? vendor
    const found = from.findProvider({ providerId })
    return found?.id === providerId ? found : undefined
  }
  const find = (from: Catalog, vendor: string, model: string, now: number): OfferPrice => {
    const found = vendorIn(from, vendor)
    if (!found) return none
    const answer = from.calcPrice({ input_tokens: 1 }, model, { provider: found, timestamp: new Date(now) })
    const price = answer === null ? undefined : priceOfCatalog(answer.model_price)
    return price === undefined ? none : { source: "genai-prices", price }
  }
  const cached = (key: string, vendor: string, model: string): OfferPrice | undefined => {
    const now = options.clock.now()
    const known = cache.get(key)
    if (known && now < known.until) return known.price
    if (catalog === undefined) return undefined
    const price = find(catalog, vendor, model, now)
    if (cache.size >= mostEntries) cache.clear()
    cache.set(key, { price, until: (Math.floor(now / validMs) + 1) * validMs })
    return price
  }
  const chosen = new WeakMap<PricedOffer, { readonly listed: OfferPrice; readonly price: OfferPrice }>()
  const peek = (offer: PricedOffer, vendor = offer.provider): OfferPrice | undefined => {
    if (offer.price !== undefined && isWord(offer)) return { source: "config", price: offer.price }
    const name = offer.listName ?? offer.upstream
    const listed = cached(`${vendor}\n${name}`, vendor, name)
    if (offer.price === undefined || listed === undefined) return listed
    const known = chosen.get(offer)
    if (known?.listed === listed) return known.price
    const price = newerOf(offer, listed)
    chosen.set(offer, { listed, price })
    return price
  }
  const loaded = (): Promise<Catalog | undefined> => {
    loading ??= load().then(
      (given) => {
        catalog = given
        return given
      },
      (error) => {
        options.onLoadFailure?.(error)
        return undefined
      },
    )
    return loading
  }
  return {
    peek,
    of: (offer, vendor) => peek(offer, vendor) ?? loaded().then(() => peek(offer, vendor) ?? none),
    list: async () => {
      const from = await loaded()
      return (
        from && {
          asOf: listPricesAsOf,
          models: (vendor) =>
            (vendorIn(from, vendor)?.models ?? [])
              .filter((model) => !model.deprecated && (writesText(model.prices) || isEmbedder(model)))
              .map(knownModel),
        }
      )
    },
  }
}

/** Prices of the file or of a plugin: somebody's word, which no list beats. */
const isWord = ({ priceSource }: PricedOffer): boolean => priceSource === undefined || priceSource === "config"

/** Of two lists the one with the newer evidence; what a provider says of itself is never out of date. */
function newerOf(offer: PricedOffer, listed: OfferPrice): OfferPrice {
  const price = offer.price as Price
  const source = offer.priceSource as OfferPrice["source"]
  if (listed.price === undefined) return { source, price }
  const isNewer = source === "provider-list" || (offer.priceAsOf ?? 0) >= listPricesAsOf
  return isNewer
    ? { source, price: completePrice(price, listed.price) }
    : { source: listed.source, price: completePrice(listed.price, price) }
}

type CatalogModel = NonNullable<ReturnType<Catalog["findProvider"]>>["models"][number]

/** The list has no kinds; every vendor's embedding models say so in their names. */
const isEmbedder = ({ id }: CatalogModel): boolean => /embed/i.test(id)

/** What only reads (embeddings) or is billed by the minute has no price for the text it gives. */
const writesText = (prices: CatalogModel["prices"]): boolean =>
  (Array.isArray(prices) ? prices.map((one) => one.prices) : [prices]).some((price) => price.output_mtok !== undefined)

const knownModel = (model: CatalogModel): KnownModel => {
  const { id, name, description, context_window: context } = model
  return {
    id,
    ...(isEmbedder(model) ? { kind: "embeddings" as const } : {}),
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(context === undefined ? {} : { context }),
  }
}

/**
 * What an answer cost. A configured price wins; then the cost that the upstream itself reports; then list prices; without any of them the
 * cost is 0 and the source `none`: nothing is guessed.
 */
export const bill = (usage: Usage, known: OfferPrice): Bill => {
  const { price, source } = known
  if (source === "config" && price) return { costNano: costNano(usage, price), source, price }
  const reported = usage.reportedCostUsd
  if (reported !== undefined && Number.isFinite(reported) && reported >= 0)
    return { costNano: nanoOfUsd(reported), source: "upstream" }
  if (price) return { costNano: costNano(usage, price), source, price }
  return { costNano: 0, source: "none" }
}
