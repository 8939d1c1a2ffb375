import type { Catalog } from "../../../catalog/catalog.ts"
import { atOnce, type Steps } from "../../../catalog/steps.ts"
import { canonicalName } from "../../../facts/naming.ts"
import type { LiveOffer } from "../../services.ts"
import { groupSteps } from "./groups.ts"
import { isGuess } from "./scope.ts"

/** `~anthropic/claude-sonnet-latest` (openrouter.ai, latest aliases). */
export function readLatest(name: string): { readonly author: string; readonly family: string } | undefined {
  const [, author, family] = /^~([^/]+)\/(.+?)-latest$/.exec(name) ?? []
  return author === undefined || family === undefined ? undefined : { author, family }
}

/** A model's name without its version: `claude-sonnet-4.5` and `claude-3.7-sonnet` are `claude-sonnet`, `gpt-5-mini` is `gpt-mini`. */
export const familyOf = (slug: string): string =>
  slug
    .split("-")
    .filter((word) => !/^v?\d/.test(word))
    .join("-")

/** Numbers of a version, for models whose day of release nobody knows. */
const versionOf = (slug: string): readonly number[] => (slug.match(/\d+/g) ?? []).map(Number)

interface Newest {
  /** All models of the family. */
  readonly family: Set<string>
  readonly canonical: string
  readonly created: number
  readonly offers: Set<LiveOffer>
}

/** By `author/family`; found once per catalog, because each of its offers has to be looked at. */
const newestOf = new WeakMap<Catalog, ReadonlyMap<string, Newest>>()

const newestModels = (catalog: Catalog): ReadonlyMap<string, Newest> =>
  newestOf.get(catalog) ?? atOnce(newestSteps(catalog))

function* newestSteps(catalog: Catalog): Steps<ReadonlyMap<string, Newest>> {
  const known = newestOf.get(catalog)
  if (known) return known
  const found = new Map<string, Newest>()
  const groups = yield* groupSteps(catalog)
  for (const offers of groups.values()) {
    yield
    for (const offer of offers) {
      if (isGuess(offer) || (offer.kind ?? "chat") !== "chat") continue
      const canonical = offer.canonical ?? canonicalName(offer.model) ?? offer.model
      const slash = canonical.indexOf("/")
      if (slash < 0) continue
      const name = canonical.slice(0, slash + 1) + familyOf(canonical.slice(slash + 1))
      const newest = found.get(name)
      const family = newest?.family ?? new Set()
      family.add(canonical)
      // One offer may be there under its public name and under that of its weights.
      if (newest?.canonical === canonical) newest.offers.add(offer)
      else if (!newest || isNewer(canonical, offer.created ?? 0, newest))
        found.set(name, { family, canonical, created: offer.created ?? 0, offers: new Set([offer]) })
    }
  }
  newestOf.set(catalog, found)
  return found
}

/** The offers of the newest model of a family; undefined where nobody has one. */
export function latestOf(catalog: Catalog, author: string, family: string): readonly LiveOffer[] | undefined {
  const newest = newestModels(catalog).get(`${author.toLowerCase()}/${family.toLowerCase()}`)
  return newest && [...newest.offers]
}

interface LatestName {
  readonly name: string
  readonly leadsTo: string
  readonly offers: readonly LiveOffer[]
}

/** Every `~author/family-latest` that says something: of families with more than one model. For lists. */
export function* latestNames(catalog: Catalog): Steps<readonly LatestName[]> {
  const names: LatestName[] = []
  for (const [name, { family, canonical, offers }] of yield* newestSteps(catalog))
    if (family.size > 1) names.push({ name: `~${name}-latest`, leadsTo: canonical, offers: [...offers] })
  return names
}

function isNewer(
  canonical: string,
  created: number,
  than: { readonly canonical: string; readonly created: number },
): boolean {
  // A day that is known of one alone says nothing about the two.
  if (created > 0 && than.created > 0 && created !== than.created) return created > than.created
  const [left, right] = [versionOf(canonical), versionOf(than.canonical)]
  for (let place = 0; place < Math.max(left.length, right.length); place++) {
    const difference = (left[place] ?? 0) - (right[place] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return false
}
