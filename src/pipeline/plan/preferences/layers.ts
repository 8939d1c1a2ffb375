import type { JsonObject } from "../../../contract/index.ts"
import type { Inquiry } from "../inquiry.ts"
import {
  type Cutoffs,
  type MaxPrice,
  type PricedPart,
  type ProviderPreferences,
  pricedParts,
  readPreferences,
  type Sort,
} from "./preferences.ts"

/** What all places that have a say want together. A list of lists must be met in each of its lists. */
export interface Wanted {
  readonly order: readonly string[] | undefined
  readonly only: readonly (readonly string[])[]
  readonly ignore: readonly string[]
  readonly allowFallbacks: boolean
  readonly requireParameters: boolean
  readonly denyCollection: boolean
  readonly zdr: boolean
  readonly distillable: boolean
  readonly quantizations: readonly (readonly string[])[]
  readonly regions: readonly (readonly string[])[]
  readonly sort: Sort | undefined
  readonly maxPrice: MaxPrice | undefined
  readonly minThroughput: Cutoffs | undefined
  readonly maxLatencyMs: Cutoffs | undefined
}

export const nothingWanted: Wanted = Object.freeze({
  order: undefined,
  only: [],
  ignore: [],
  allowFallbacks: true,
  requireParameters: false,
  denyCollection: false,
  zdr: false,
  distillable: false,
  quantizations: [],
  regions: [],
  sort: undefined,
  maxPrice: undefined,
  minThroughput: undefined,
  maxLatencyMs: undefined,
})

/**
 * Adds an inner place to those around it. Restrictions add up, so that nobody can get out of what an outer place says; of wishes (order,
 * sort, thresholds, fallbacks, all parameters) those of the innermost place that has them count.
 */
export function addLayer(outer: Wanted, inner: ProviderPreferences | undefined): Wanted {
  if (!inner) return outer
  return {
    order: inner.order ?? outer.order,
    only: inner.only ? [...outer.only, inner.only] : outer.only,
    ignore: inner.ignore ? [...outer.ignore, ...inner.ignore] : outer.ignore,
    allowFallbacks: inner.allowFallbacks ?? outer.allowFallbacks,
    requireParameters: inner.requireParameters ?? outer.requireParameters,
    denyCollection: outer.denyCollection || inner.dataCollection === "deny",
    zdr: outer.zdr || inner.zdr === true,
    distillable: outer.distillable || inner.distillable === true,
    quantizations: inner.quantizations ? [...outer.quantizations, inner.quantizations] : outer.quantizations,
    regions: inner.regions ? [...outer.regions, inner.regions] : outer.regions,
    sort: inner.sort === undefined ? outer.sort : (inner.sort ?? undefined),
    maxPrice: lowest(outer.maxPrice, inner.maxPrice),
    minThroughput: inner.minThroughput ?? outer.minThroughput,
    maxLatencyMs: inner.maxLatencyMs ?? outer.maxLatencyMs,
  }
}

function lowest(one: MaxPrice | undefined, other: MaxPrice | undefined): MaxPrice | undefined {
  if (!one || !other) return one ?? other
  const found: Partial<Record<PricedPart, number>> = {}
  for (const part of pricedParts) {
    const limit = Math.min(one[part] ?? Number.POSITIVE_INFINITY, other[part] ?? Number.POSITIVE_INFINITY)
    if (limit !== Number.POSITIVE_INFINITY) found[part] = limit
  }
  return found
}

/** What holds for every request of a key, whatever it asks for. */
export const aroundOf = ({
  snapshot,
  principal,
  standing: { usual },
}: Pick<Inquiry, "snapshot" | "principal" | "standing">): Wanted =>
  addLayer(
    addLayer(
      addLayer(nothingWanted, standing(snapshot.config.routing.provider, "routing.provider")),
      standing(usual?.provider, "default_provider_sort"),
    ),
    standing(principal.routing?.provider, "provider"),
  )

/** The same with what a name wants; the request itself is the innermost. */
export function wantedOf(inquiry: Inquiry, around: Wanted, preferences: readonly JsonObject[]): Wanted {
  let wanted = around
  for (const one of preferences) wanted = addLayer(wanted, standing(one, "provider"))
  return addLayer(wanted, inquiry.preferences)
}

/** Objects of the configuration, of keys and of suffixes live longer than a request: each is read once. */
const known = new WeakMap<JsonObject, ProviderPreferences>()

/** A `provider` object that is not the request's own. Throws for one that the configuration should not have let in. */
export function standing(sent: JsonObject | undefined, path: string): ProviderPreferences | undefined {
  if (!sent) return undefined
  const found = known.get(sent) ?? readPreferences(sent, path)
  if (found) known.set(sent, found)
  return found
}
