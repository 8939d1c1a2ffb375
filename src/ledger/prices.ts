import type { ModelKind, Offer } from "../contract/offer.ts"
import type { Price, PriceSource, Usage } from "../contract/usage.ts"
import { priceOfCatalog } from "./catalog-prices.ts"
import { costNano, nanoOfUsd } from "./money.ts"

/** What is known about an offer's price before it is called. */
export interface OfferPrice {
  readonly source: "config" | "genai-prices" | "none"
  readonly price?: Price
}

export interface Bill {
  readonly costNano: number
  readonly source: PriceSource
  /** The unit prices behind the cost; absent when the upstream named the cost or nobody knows one. */
  readonly price?: Price
}

type PricedOffer = Pick<Offer, "model" | "provider" | "upstream" | "listName" | "price">

export interface Prices {
  /**
   * The price of an offer. A promise only the first time an offer without a configured price is looked up, because the catalogue
   * of list prices is loaded when it is first needed. `vendor` is the kind of provider when its id is a name of the operator's.
   */
  of(offer: PricedOffer, vendor?: string): OfferPrice | Promise<OfferPrice>
  /** The price if no waiting is needed, for lists of models. */
  peek(offer: PricedOffer, vendor?: string): OfferPrice | undefined
  /** The models of a vendor that the list prices know, those that write text or make embeddings; empty for a vendor they do not know. */
  models(vendor: string): Promise<readonly KnownModel[]>
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
  const peek = (offer: PricedOffer, vendor = offer.provider): OfferPrice | undefined => {
    if (offer.price !== undefined) return { source: "config", price: offer.price }
    const name = offer.listName ?? offer.upstream
    return cached(`${vendor}\n${name}`, vendor, name)
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
    models: async (vendor) => {
      const from = await loaded()
      const found = from && vendorIn(from, vendor)
      return (found?.models ?? [])
        .filter((model) => !model.deprecated && (writesText(model.prices) || isEmbedder(model)))
        .map(knownModel)
    },
  }
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
