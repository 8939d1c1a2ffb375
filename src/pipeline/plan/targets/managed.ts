import type { Catalog } from "../../../catalog/catalog.ts"
import { geolocation } from "../../../catalog/regions.ts"
import type { Steps } from "../../../catalog/steps.ts"
import { authorIn, withoutAuthor } from "../../../contract/index.ts"
import { canonicalName } from "../../../facts/naming.ts"
import type { LiveOffer, Snapshot } from "../../services.ts"
import { groupSteps } from "./groups.ts"
import { latestOf, readLatest } from "./latest.ts"
import { isGuess, knownOffers, own } from "./scope.ts"

export interface Managed {
  readonly offers: readonly LiveOffer[]
  readonly note?: string
}

/** One of Requesty's dedicated aliases (docs.requesty.ai, coding): its model, and what that one's own vendor calls it. */
interface Dedicated {
  readonly model: string
  readonly family: string
  readonly vendorName: string
}

/** Roo Code asks for the first of these before anybody has configured anything. */
const dedicated: Readonly<Record<string, Dedicated>> = {
  "coding/claude-4-sonnet": {
    model: "anthropic/claude-sonnet-4",
    family: "claude-sonnet",
    vendorName: "claude-sonnet-4-0",
  },
  "coding/claude-4-opus": { model: "anthropic/claude-opus-4", family: "claude-opus", vendorName: "claude-opus-4-0" },
  "coding/claude-3-7-sonnet": {
    model: "anthropic/claude-3.7-sonnet",
    family: "claude-sonnet",
    vendorName: "claude-3-7-sonnet-latest",
  },
  "coding/gemini-2.5-pro": { model: "google/gemini-2.5-pro", family: "gemini-pro", vendorName: "gemini-2.5-pro" },
  "coding/gemini-2.5-flash": {
    model: "google/gemini-2.5-flash",
    family: "gemini-flash",
    vendorName: "gemini-2.5-flash",
  },
}

const codingPrefix = "coding/"

/** Requesty's slugs of what is another word here; its `openai-responses` is the same upstream, whose format follows the client's anyway. */
const otherSlugs: Readonly<Record<string, string>> = {
  bedrock: "amazon-bedrock",
  vertex: "google-vertex",
  "openai-responses": "openai",
  novita: "novita-ai",
}

/** Names come from clients; the latest are enough. */
const rememberedNames = 2000
const remembered = new WeakMap<Catalog, Map<string, Managed | undefined>>()

/**
 * What a name leads to that nobody declared: bare and dedicated names, `~author/family-latest`, a model at one of its providers. Kept per
 * catalog, because names that only a provider knows pass here with every request.
 */
export function managedOffers(snapshot: Pick<Snapshot, "catalog" | "config">, name: string): Managed | undefined {
  let names = remembered.get(snapshot.catalog)
  if (!names) {
    names = new Map()
    remembered.set(snapshot.catalog, names)
  }
  const known = names.get(name)
  if (known || names.has(name)) return known
  if (names.size >= rememberedNames) names.clear()
  const found = findManaged(snapshot, name)
  names.set(name, found)
  return found
}

function findManaged({ catalog, config }: Pick<Snapshot, "catalog" | "config">, name: string): Managed | undefined {
  if (name.startsWith("~")) return latest(catalog, name)
  const found = atProvider(catalog, name)
  if (found || !config.routing.managed) return found
  if (name.startsWith(codingPrefix)) return coding(catalog, name)
  return name.includes("/") ? undefined : bare(catalog, name)
}

/**
 * Every provider of what a bare name leads to: where it is what one vendor calls a model, the others that have the same one as well. A
 * public name of the file is meant as it stands.
 */
export function widened(
  { catalog, config }: Pick<Snapshot, "catalog" | "config">,
  name: string,
  exact: readonly LiveOffer[],
) {
  if (name.includes("/") || !config.routing.managed || exact.some(({ model }) => model === name)) return exact
  // A vendor that has the model by this very name (`claude-haiku-4-5-20251001`) is asked by it, and not by another one as well.
  const others = (bare(catalog, name)?.offers ?? []).filter(
    ({ provider }) => !exact.some((offer) => offer.provider === provider),
  )
  return others.length === 0 ? exact : [...exact, ...others]
}

/** Every provider that is known to have the model, whatever it calls it. */
function bare(catalog: Catalog, name: string): Managed | undefined {
  const canonical = canonicalName(name)
  const offers = canonical === undefined ? [] : knownOffers(catalog, canonical)
  return offers.length > 0 ? { offers } : undefined
}

function coding(catalog: Catalog, name: string): Managed | undefined {
  const alias = own(dedicated, name)
  if (!alias) return bare(catalog, name.slice(codingPrefix.length))
  const { model, family, vendorName } = alias
  const offers = knownOffers(catalog, model)
  if (offers.length > 0) return { offers, note: `"${name}" → "${offers[0]!.model}"` }
  const next = latestOf(catalog, authorIn(model), family)
  if (next)
    return { offers: next, note: `"${name}" → "${next[0]!.model}": nobody has "${model}", and this came after it` }
  const guessed = catalog.find(vendorName)
  return guessed.length > 0 ? { offers: guessed, note: `"${name}" → "${guessed[0]!.model}"` } : undefined
}

function latest(catalog: Catalog, name: string): Managed | undefined {
  const asked = readLatest(name)
  const offers = asked && latestOf(catalog, asked.author, asked.family)
  return offers && { offers, note: `"${name}" → "${offers[0]!.model}"` }
}

/** `bedrock/claude-sonnet-4-5`, `vertex/google/gemini-2.5-pro`: the providers that are meant, and what is asked of them. */
function splitAt(catalog: Catalog, name: string): { readonly ids: ReadonlySet<string>; readonly rest: string } {
  const slash = Math.max(0, name.indexOf("/"))
  const head = name.slice(0, slash)
  const slugs = [head, own(otherSlugs, head)]
  const meant = [...catalog.providers.values()].filter(
    ({ id, definition }) => slash > 0 && (slugs.includes(id) || slugs.includes(definition)),
  )
  return { ids: new Set(meant.map(({ id }) => id)), rest: name.slice(slash + 1) }
}

/** A model by its public name at one configured provider. */
function atProvider(catalog: Catalog, name: string): Managed | undefined {
  const { ids, rest } = splitAt(catalog, name)
  if (ids.size === 0) return undefined
  const canonical = canonicalName(rest)
  const offers = [
    ...knownOffers(catalog, rest),
    ...(canonical === undefined ? [] : knownOffers(catalog, canonical)),
  ].filter(({ provider }) => ids.has(provider))
  return offers.length > 0 ? { offers: [...new Set(offers)] } : undefined
}

/** What nobody knows, at providers that take any name; by another slug of theirs, since their own is looked up as it stands. */
export const guessAtProvider = (catalog: Catalog, name: string): readonly LiveOffer[] => {
  const { ids, rest } = splitAt(catalog, name)
  return [...ids].flatMap((id) => catalog.find(`${id}/${rest}`))
}

/** A name that leads to a model without anybody having declared it; for lists. */
export interface ManagedName {
  readonly name: string
  readonly offers: readonly LiveOffer[]
  /** Of names that end in a region. */
  readonly region?: "eu" | "us"
}

const named = new WeakMap<Catalog, readonly ManagedName[]>()

/** All managed names: each model's bare one, with the regions that have it, and the dedicated aliases. Made once per catalog. */
export function* managedNames({
  catalog,
  config,
}: Pick<Snapshot, "catalog" | "config">): Steps<readonly ManagedName[]> {
  if (!config.routing.managed) return []
  const made = named.get(catalog)
  if (made) return made
  const names = yield* makeNames(catalog)
  named.set(catalog, names)
  return names
}

function* makeNames(catalog: Catalog): Steps<readonly ManagedName[]> {
  const declared = new Set([...Object.keys(catalog.aliases), ...Object.keys(catalog.policies)])
  const found = new Map<string, LiveOffer[]>()
  const groups = yield* groupSteps(catalog)
  for (const offers of groups.values()) {
    yield
    for (const offer of offers) {
      const canonical = offer.canonical ?? canonicalName(offer.model)
      const name = canonical === undefined ? undefined : bareName(canonical)
      // A name that leads elsewhere, or nowhere, is not told.
      if (name === undefined || isGuess(offer) || declared.has(name) || canonicalName(name) !== canonical) continue
      const known = found.get(name)
      if (!known) found.set(name, [offer])
      else if (!known.includes(offer)) known.push(offer)
    }
  }
  const names: ManagedName[] = []
  for (const [name, offers] of found) {
    yield
    names.push({ name, offers })
    for (const region of ["eu", "us"] as const) {
      const there = offers.filter((offer) => geolocation(offer.region) === region)
      if (there.length > 0) names.push({ name: `${name}@${region}`, offers: there, region })
    }
  }
  for (const name of Object.keys(dedicated)) {
    const managed = declared.has(name) ? undefined : coding(catalog, name)
    if (managed) names.push({ name, offers: managed.offers })
  }
  return names
}

/** As its vendor writes it: Anthropic's versions have dashes. */
const bareName = (canonical: string): string => {
  const slug = withoutAuthor(canonical)
  return canonical.startsWith("anthropic/") ? slug.replaceAll(".", "-") : slug
}
