import { expect } from "bun:test"
import type { Json, ModelFacts, ModelListing, ProviderDefinition, ProviderSettings } from "../../src/contract/index.ts"
import { checkFacts } from "../../src/facts/refresh/check-facts.ts"
import { setUpBuiltIns } from "./built-ins.ts"

/** Every kind of provider of this repository, by its id. */
export const definitions: ReadonlyMap<string, ProviderDefinition> = new Map(
  (await setUpBuiltIns()).flatMap(({ capabilities }) =>
    (capabilities.providers ?? []).map((own) => [own.id, own] as const),
  ),
)

export const listingOf = (id: string, more: Partial<ProviderSettings> = {}): ModelListing => {
  const settings: ProviderSettings = { id: "mine", apiKey: "key-1", headers: {}, options: {}, ...more }
  const { listing } = definitions.get(id)!.create(settings)
  if (!listing) throw new Error(`${id} has no list`)
  return listing
}

/** What a vendor's rows become; whatever that is, it passes the check for what comes from outside. */
export const readList = (id: string, document: Json, more?: Partial<ProviderSettings>): readonly ModelFacts[] => {
  const facts = listingOf(id, more).read(document)
  for (const each of facts) expect(checkFacts(each)).toEqual(each)
  return facts
}
