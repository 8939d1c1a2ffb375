import type { Catalog } from "../../../catalog/catalog.ts"
import { atOnce, type Steps } from "../../../catalog/steps.ts"
import type { LiveOffer } from "../../services.ts"

/** Public models with their offers. */
export const groupsOf = (catalog: Catalog): ReadonlyMap<string, readonly LiveOffer[]> =>
  made.get(catalog) ?? atOnce(groupSteps(catalog))

/** The same beside the requests that run: the first time, every offer of every model is made. */
export function* groupSteps(catalog: Catalog): Steps<ReadonlyMap<string, readonly LiveOffer[]>> {
  const known = made.get(catalog)
  if (known) return known
  yield* catalog.prepare()
  const groups = new Map<string, readonly LiveOffer[]>()
  for (const [name, offers] of catalog.groups()) {
    groups.set(name, offers)
    yield
  }
  made.set(catalog, groups)
  return groups
}

const made = new WeakMap<Catalog, ReadonlyMap<string, readonly LiveOffer[]>>()
