import type { Catalog } from "../catalog/catalog.ts"
import type { FirstSeen } from "../catalog/first-seen.ts"

/**
 * Notes which models there are, whenever that may have changed. Providers that take any name have what is publicly known; before that is
 * loaded, there is nothing to say of them, and a list without them would make all of them new a moment later. Gives those that are new.
 */
export function noteModels(
  firstSeen: FirstSeen,
  catalog: Catalog,
  facts: { readonly isThere: boolean },
): readonly string[] {
  const isWhole = facts.isThere || ![...catalog.providers.values()].some(({ open }) => open)
  if (!isWhole) return []
  return firstSeen.note(
    catalog.offers.map(({ model }) => model),
    catalog.modelNames(),
  )
}
