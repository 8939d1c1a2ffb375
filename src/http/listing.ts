import type { LiveOffer } from "../catalog/offers.ts"
import { each, inSlices, type Steps } from "../catalog/steps.ts"
import type { Policy } from "../config/config.ts"
import type { Price } from "../contract/index.ts"
import { groupSteps } from "../pipeline/plan/targets/groups.ts"
import { latestNames } from "../pipeline/plan/targets/latest.ts"
import { managedNames } from "../pipeline/plan/targets/managed.ts"
import type { Snapshot } from "../pipeline/services.ts"
import { describe, type Listable, type ListedModel } from "./lists/describe.ts"
import { routers } from "./lists/routers.ts"
import { targetsOf } from "./lists/targets.ts"
import type { HttpServices } from "./services.ts"

export type { ListedModel } from "./lists/describe.ts"

/** Every public name, with the prices of all offers behind them. */
export interface Listing {
  readonly priceOf: (offer: LiveOffer) => Price | undefined
  /** Described without regard to who asks. */
  readonly models: readonly ListedModel[]
}

/** List prices change at most this often. */
const validMs = 900_000

/** One list per snapshot, made when somebody asks. */
const listings = new WeakMap<Snapshot, { readonly made: Promise<Listing>; readonly until: number }>()

/** The snapshot to list: one that has what is publicly known of models. */
export async function knownSnapshot({ pipeline }: HttpServices): Promise<Snapshot> {
  if (!pipeline.facts.loaded) await pipeline.facts.load()
  return pipeline.snapshot()
}

/** Every model that can be named, each once. */
export function listAll(services: HttpServices, snapshot: Snapshot): Promise<Listing> {
  const now = services.pipeline.now()
  const known = listings.get(snapshot)
  if (known && now < known.until) return known.made
  const made = makeListing(services, snapshot)
  listings.set(snapshot, { made, until: now + validMs })
  // A list that could not be made is tried again by whoever asks next.
  made.catch(() => listings.delete(snapshot))
  return made
}

async function makeListing(services: HttpServices, snapshot: Snapshot): Promise<Listing> {
  const { now } = services.pipeline
  const names = await inSlices(makeList(snapshot), now)
  const prices = new Map<LiveOffer, Price | undefined>()
  const waiting: Promise<void>[] = []
  const price = (offer: LiveOffer): void => {
    if (prices.has(offer)) return
    const found = services.pipeline.priceOf(offer)
    if (!(found instanceof Promise)) prices.set(offer, found.price)
    else waiting.push(found.then((loaded) => void prices.set(offer, loaded.price)))
  }
  await inSlices(
    each(names, ({ offers }) => offers.forEach(price)),
    now,
  )
  await Promise.all(waiting)
  const priceOf = (offer: LiveOffer) => prices.get(offer)
  const otherwise = unknownCreated(services)
  const models: ListedModel[] = []
  const listed = new Set(names.map(({ id }) => id))
  const chosen = await inSlices(routers(snapshot, priceOf), now)
  const all = [...names, ...chosen.filter(({ id }) => !listed.has(id))]
  await inSlices(
    each(all, (one) => models.push(describe(one, priceOf, otherwise))),
    now,
  )
  return { priceOf, models }
}

/** The day of what nobody knows the day of, Unix seconds; clients want a number. */
export const unknownCreated = ({ startedAt }: HttpServices): number => Math.floor(startedAt / 1000)

/** Configured offers; what is publicly known of providers that take any name; aliases and policies. */
function* makeList(snapshot: Snapshot): Steps<readonly Listable[]> {
  const { catalog } = snapshot
  const groups = new Map<string, Listable>()
  for (const [id, offers] of yield* groupSteps(catalog)) {
    groups.set(id, { id, origin: "model", offers, ...unchecked(offers) })
    yield
  }
  for (const [alias, target] of Object.entries(catalog.aliases)) {
    const offers = offersBehind(snapshot, alias)
    if (!groups.has(alias) && offers.length > 0)
      groups.set(alias, { id: alias, origin: "alias", offers, leadsTo: target })
  }
  for (const [policy, { kind, description = kinds[kind] }] of Object.entries(catalog.policies))
    groups.set(policy, { id: policy, origin: "policy", offers: offersBehind(snapshot, policy), description })
  for (const [slug, description] of presetsOf(snapshot)) {
    const id = `@preset/${slug}`
    groups.set(id, { id, origin: "preset", offers: offersBehind(snapshot, id), description })
  }
  // First, because managed names look for the newest as well.
  const latest = yield* latestNames(catalog)
  for (const { name, offers } of yield* managedNames(snapshot))
    if (!groups.has(name)) groups.set(name, { id: name, origin: "managed", offers })
  for (const { name, leadsTo, offers } of latest) groups.set(name, { id: name, origin: "latest", offers, leadsTo })
  return [...groups.values()]
}

/** Those of the file and of the API; one that names no model leads nowhere by itself. */
function presetsOf({ config, declared }: Snapshot): ReadonlyMap<string, string> {
  const told = "A preset: what is laid under a request."
  const ofApi = Object.entries(declared.presets).map(([slug, versions]) => [slug, versions.at(-1)] as const)
  return new Map(
    [...ofApi, ...Object.entries(config.presets)].map(([slug, preset]) => [slug, preset?.description ?? told]),
  )
}

const kinds: Readonly<Record<Policy["kind"], string>> = {
  fallback: "A policy: models that are tried one after the other.",
  balance: "A policy: models that share the requests.",
  latency: "A policy: the model that has been fastest of late.",
  cost: "A policy: the model that is cheapest for the request.",
}

const offersBehind = (snapshot: Snapshot, name: string): readonly LiveOffer[] => [
  ...new Set(targetsOf(snapshot, name).flatMap(({ offers }) => offers)),
]

/** Lists of prices know what things cost, and not who still sells them. */
function unchecked(offers: readonly LiveOffer[]): { readonly description?: string } {
  const fromLists = ({ live, sources = {} }: LiveOffer) =>
    live.open && Object.values(sources).every((source) => source === "genai-prices" || source === "name")
  if (!offers.every(fromLists)) return {}
  const description = offers.find((offer) => offer.description)?.description
  return {
    description: `${description ? `${description} ` : ""}Known from public price lists; whether this provider serves it is not checked.`,
  }
}
