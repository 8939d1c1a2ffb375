import type { LiveOffer } from "../../../catalog/offers.ts"
import { geolocation } from "../../../catalog/regions.ts"
import { authorIn } from "../../../contract/index.ts"
import { verdictOn } from "../../../pipeline/access/access.ts"
import { offerName } from "../../../pipeline/access/patterns.ts"
import type { QueryReader } from "../../fields/query.ts"
import { knownSnapshot, type ListedModel, type Listing, listAll, unknownCreated } from "../../listing.ts"
import type { HttpServices } from "../../services.ts"
import { timeText } from "../../shown.ts"

const newForMs = 30 * 86_400_000

/** Known here, or released, within the last thirty days; what was known when this gateway began is not new to anybody. */
export function isNew(services: HttpServices, { id, created }: ListedModel): boolean {
  const since = services.pipeline.now() - newForMs
  const seen = services.firstSeen.of(id) ?? 0
  return seen > since || (created * 1000 > since && created !== unknownCreated(services))
}

/** The models themselves, approved or not; names that lead to models are approved with what they lead to. */
export async function modelsOf(services: HttpServices): Promise<{ models: readonly ListedModel[]; listing: Listing }> {
  const listing = await listAll(services, await knownSnapshot(services))
  return { models: listing.models.filter(({ origin }) => origin === "model"), listing }
}

/** One model with what is decided of each of its providers. Prices are USD per million tokens. */
export function modelRow(services: HttpServices, model: ListedModel, { priceOf }: Listing): Record<string, unknown> {
  const providers = model.offers.map((offer) => offerRow(services, offer, priceOf))
  const seen = services.firstSeen.of(model.id)
  return {
    id: model.id,
    name: model.name,
    canonical: model.canonical,
    author: authorIn(model.canonical),
    kind: model.kind,
    approved: providers.some(({ approved }) => approved),
    new: isNew(services, model),
    first_seen: seen ? timeText(seen) : null,
    created: model.created,
    released: releasedOn(model),
    context: model.context ?? null,
    shutdown: model.shutdown ?? null,
    deprecated: model.offers.length > 0 && model.offers.every(({ deprecated }) => deprecated === true),
    input: model.input,
    output: model.output,
    providers,
  }
}

/** The day, where any provider tells it. */
const releasedOn = ({ offers }: ListedModel): string | null => {
  const moments = offers.flatMap(({ created }) => created ?? [])
  return moments.length === 0 ? null : new Date(Math.min(...moments) * 1000).toISOString().slice(0, 10)
}

/** Prices of a list that was just made are at hand. */
const priceSourceOf = (services: HttpServices, offer: LiveOffer): string | null => {
  const found = services.pipeline.priceOf(offer)
  return found instanceof Promise || found.source === "none" ? null : found.source
}

interface OfferRow extends Record<string, unknown> {
  readonly approved: boolean
}

function offerRow(services: HttpServices, offer: LiveOffer, priceOf: Listing["priceOf"]): OfferRow {
  const { approved, by, source, rule } = verdictOn(services.pipeline.snapshot(), offer)
  const price = priceOf(offer)
  return {
    id: offer.provider,
    name: offer.live.name,
    offer: offerName(offer),
    approved,
    by,
    source,
    ...(rule === undefined ? {} : { rule }),
    region: offer.region ?? null,
    geolocation: geolocation(offer.region),
    zdr: offer.zdr ?? null,
    data_collection: offer.dataCollection ?? null,
    price: price === undefined ? null : { input: price.input, output: price.output },
    price_source: priceSourceOf(services, offer),
  }
}

/** What a list of models may be narrowed by. */
export function readFilter(read: QueryReader): (row: Record<string, unknown>) => boolean {
  const approved = read.flag("approved")
  const fresh = read.flag("new")
  const zdr = read.flag("zdr")
  const provider = read.text("provider")?.toLowerCase()
  const region = read.text("region")?.toLowerCase()
  const author = read.text("author")?.toLowerCase()
  const kind = read.text("kind")
  const search = read.text("q")?.toLowerCase()
  return (row) => {
    const providers = row.providers as readonly Record<string, unknown>[]
    return (
      (approved === undefined || row.approved === approved) &&
      (fresh === undefined || row.new === fresh) &&
      (author === undefined || row.author === author) &&
      (kind === undefined || row.kind === kind) &&
      (search === undefined || `${row.id} ${row.name} ${row.canonical}`.toLowerCase().includes(search)) &&
      providers.some(
        (one) =>
          (zdr === undefined || (one.zdr === true) === zdr) &&
          (provider === undefined || one.id === provider) &&
          (region === undefined || one.geolocation === region || one.region === region),
      )
    )
  }
}
