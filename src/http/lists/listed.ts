import { each, inSlices } from "../../catalog/steps.ts"
import type { RegionDoor } from "../../config/config.ts"
import { putBounded } from "../../contract/bounded.ts"
import type { JsonObject } from "../../contract/index.ts"
import { isAllowed, isListed } from "../../pipeline/access/access.ts"
import { fittingFor } from "../../pipeline/credentials/fitting.ts"
import { standingFilters } from "../../pipeline/plan/filters/filters.ts"
import type { Question } from "../../pipeline/plan/filters/question.ts"
import { addLayer, nothingWanted, standing } from "../../pipeline/plan/preferences/layers.ts"
import type { LiveOffer, Principal, Snapshot, Standing } from "../../pipeline/services.ts"
import { authenticate, refuseKeyInQuery } from "../auth.ts"
import { doorOf } from "../doors.ts"
import { knownSnapshot, type Listing, listAll, unknownCreated } from "../listing.ts"
import type { HttpServices } from "../services.ts"
import { describe, type ListedModel } from "./describe.ts"

/** Who looks at a list, and by which door. Without a principal: whoever can reach the gateway. */
export interface Viewer {
  readonly principal: Principal | undefined
  readonly door: RegionDoor | undefined
}

/** The models that a viewer may use, as far as lists know. */
export interface View {
  readonly models: readonly ListedModel[]
  /** By name, for single look-ups. */
  readonly byId: ReadonlyMap<string, ListedModel>
  readonly listing: Listing
  readonly mayUse: (offer: LiveOffer) => boolean
  /** The same with what a name wants beside that. */
  readonly within: (preferences: readonly JsonObject[]) => (offer: LiveOffer) => boolean
  /** Answers that were printed, by what they were printed for. */
  readonly printed: Map<string, unknown>
}

/** Who asks for a list: a key, or nobody where lists are public. `key`: a key is needed all the same. */
export function viewerOf(services: HttpServices, request: Request, need: "public" | "key" = "public"): Viewer {
  const door = doorOf(request)
  if (need === "key") return { principal: authenticate(services.keys, request, "inference"), door }
  if (!services.publicModels()) return { principal: ofInference(authenticate(services.keys, request, "any")), door }
  refuseKeyInQuery(request)
  return { principal: knownPrincipal(services, request), door }
}

/** A public list is there for everybody, and for a key that works it is the key's own. */
function knownPrincipal(services: HttpServices, request: Request): Principal | undefined {
  const { headers } = request
  const hasKey = headers.has("authorization") || headers.has("x-api-key") || headers.has("x-goog-api-key")
  if (!hasKey) return undefined
  try {
    return authenticate(services.keys, request, "inference")
  } catch {
    return undefined
  }
}

/** Who manages may see what the organisation approves. */
const ofInference = (principal: Principal): Principal | undefined =>
  principal.kind === "inference" ? principal : undefined

/** Distinct accesses whose lists are kept; a gateway has many keys but few kinds of them. */
const mostViews = 64

const views = new WeakMap<Listing, Map<string, Promise<View>>>()

/** What a viewer may use; made once per snapshot and distinct access. */
export async function viewFor(services: HttpServices, viewer: Viewer): Promise<View> {
  const snapshot = await knownSnapshot(services)
  const listing = await listAll(services, snapshot)
  let made = views.get(listing)
  if (!made) {
    made = new Map()
    views.set(listing, made)
  }
  const standing = viewer.principal && services.standings.of(viewer.principal)
  const name = accessName(viewer, standing, services.directory.version)
  let view = made.get(name)
  if (!view) {
    view = makeView(services, snapshot, listing, viewer, standing)
    putBounded(made, mostViews, name, view)
    view.catch(() => made.delete(name))
  }
  return view
}

/** Equal for viewers who may use the same. */
function accessName({ principal, door }: Viewer, standing: Standing | undefined, version: number): string {
  const { models, provider } = principal?.routing ?? {}
  const held = [...(standing?.guardrails ?? []), ...(standing?.access?.lists ?? [])].map(({ id }) => id)
  const brought = standing?.brought && ["brought", ...standing.brought.keys.map(({ id }) => id)]
  // What these say may change, and then everything counts as changed.
  const changeable = held.length === 0 && !brought ? null : [version, ...held, ...(brought ?? [])]
  return JSON.stringify([models ?? null, provider ?? null, door?.region ?? null, changeable])
}

function standingQuestion(snapshot: Snapshot, listing: Listing, viewer: Viewer, held: Standing | undefined): Question {
  const { principal, door } = viewer
  const everybody = standing(snapshot.config.routing.provider, "routing.provider")
  const own = standing(principal?.routing?.provider, "key.provider")
  return {
    demand: nothingDemanded,
    wanted: addLayer(addLayer(nothingWanted, everybody), own),
    door,
    today: "",
    price: listing.priceOf,
    access: (offer) => isAllowed(snapshot, held, offer),
    credentials: (offer) => fittingFor(snapshot, held ?? {}, offer),
    guardrails: held?.guardrails ?? [],
    isListed: (names, offer) => isListed(snapshot, names, offer),
  }
}

const nothingDemanded: Question["demand"] = {
  ability: undefined,
  parameters: [],
  maxOutputTokens: undefined,
  has: () => false,
  isCertain: () => false,
  inputTokens: () => 0,
}

async function makeView(
  services: HttpServices,
  snapshot: Snapshot,
  listing: Listing,
  viewer: Viewer,
  held: Standing | undefined,
): Promise<View> {
  const question = standingQuestion(snapshot, listing, viewer, held)
  const mayUse = (offer: LiveOffer): boolean => standingFilters.every((filter) => filter(offer, question) === undefined)
  const within = (preferences: readonly JsonObject[]) => {
    if (preferences.length === 0) return mayUse
    const wanted = preferences.reduce((outer, said) => addLayer(outer, standing(said, "provider")), question.wanted)
    const asked = { ...question, wanted }
    return (offer: LiveOffer) => standingFilters.every((filter) => filter(offer, asked) === undefined)
  }
  const models: ListedModel[] = []
  const look = (model: ListedModel): void => {
    const offers = model.offers.filter(mayUse)
    if (offers.length === 0) return
    const all = offers.length === model.offers.length
    models.push(all ? model : describe({ ...model, offers }, listing.priceOf, unknownCreated(services)))
  }
  await inSlices(each(listing.models, look), services.pipeline.now)
  const byId = new Map(models.map((model) => [model.id, model]))
  return { models, byId, listing, mayUse, within, printed: new Map() }
}
