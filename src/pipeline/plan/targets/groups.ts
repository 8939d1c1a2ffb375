import type { Catalog } from "../../../catalog/catalog.ts"
import type { LiveOffer } from "../../services.ts"

/** Public models with their offers. */
export const groupsOf = (catalog: Catalog): ReadonlyMap<string, readonly LiveOffer[]> => {
  const known = made.get(catalog)
  if (known) return known
  const groups = new Map(catalog.groups())
  made.set(catalog, groups)
  return groups
}

const made = new WeakMap<Catalog, ReadonlyMap<string, readonly LiveOffer[]>>()
