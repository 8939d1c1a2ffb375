import { GatewayError, isObject, type Json, type JsonObject } from "../../../contract/index.ts"
import type { Mutable } from "../../../contract/mutable.ts"

export const sortings = ["price", "throughput", "latency", "exacto"] as const
export type SortBy = (typeof sortings)[number]

/** A strict order, in place of balancing. */
export interface Sort {
  /** Absent: as everybody's; only the partition is said. */
  readonly by?: SortBy
  /** `none`: the offers of all models of the request compete in one list. */
  readonly partition: "model" | "none"
}

/** USD: per million tokens (`prompt`, `completion`), or per piece. */
export type MaxPrice = Readonly<Partial<Record<PricedPart, number>>>
export const pricedParts = ["prompt", "completion", "request", "image", "audio"] as const
export type PricedPart = (typeof pricedParts)[number]

/** Values by percentile; all that are given must hold. */
export type Cutoffs = Readonly<Partial<Record<Percentile, number>>>
const percentiles = ["p50", "p75", "p90", "p99"] as const
export type Percentile = (typeof percentiles)[number]

/** OpenRouter's `provider` object, of one of the places that may have one. Absent = nothing is said there. Slugs are in lower case. */
export interface ProviderPreferences {
  /** As it was written, with members that nobody here knows. */
  readonly sent: JsonObject
  readonly order?: readonly string[]
  readonly only?: readonly string[]
  readonly ignore?: readonly string[]
  readonly allowFallbacks?: boolean
  readonly requireParameters?: boolean
  readonly dataCollection?: "allow" | "deny"
  readonly zdr?: boolean
  readonly distillable?: boolean
  readonly quantizations?: readonly string[]
  readonly regions?: readonly string[]
  /** `null` = in no particular order, whatever an outer place says. */
  readonly sort?: Sort | null
  readonly maxPrice?: MaxPrice
  /** Tokens a second. */
  readonly minThroughput?: Cutoffs
  readonly maxLatencyMs?: Cutoffs
}

/**
 * Reads a `provider` object (openrouter.ai/docs, provider routing). Throws `invalid_request` with the path of what has the wrong type;
 * members that are not known are kept in `sent` and change nothing.
 */
export function readPreferences(value: Json | undefined, path = "provider"): ProviderPreferences | undefined {
  if (value === undefined || value === null) return undefined
  if (!isObject(value)) throw wrong(path, "must be an object")
  const found: Mutable<ProviderPreferences> = { sent: value }
  for (const key of Object.keys(value)) {
    const member = value[key]
    const read = members[key]
    if (member === undefined || read === undefined || (member === null && key !== "sort")) continue
    read(found, member, `${path}.${key}`)
  }
  return found
}

type Reader = (found: Mutable<ProviderPreferences>, value: Json, path: string) => void

/** Without a prototype: the keys are the client's. */
const members: Readonly<Record<string, Reader | undefined>> = Object.assign(Object.create(null), {
  order: (found, value, path) => (found.order = slugs(value, path)),
  only: (found, value, path) => (found.only = slugs(value, path)),
  ignore: (found, value, path) => (found.ignore = slugs(value, path)),
  allow_fallbacks: (found, value, path) => (found.allowFallbacks = flag(value, path)),
  require_parameters: (found, value, path) => (found.requireParameters = flag(value, path)),
  data_collection: (found, value, path) => (found.dataCollection = oneOf(value, ["allow", "deny"], path)),
  zdr: (found, value, path) => (found.zdr = flag(value, path)),
  enforce_distillable_text: (found, value, path) => (found.distillable = flag(value, path)),
  quantizations: (found, value, path) => {
    const list = slugs(value, path)
    // What OpenRouter's own settings page sends when nothing is ticked.
    if (list.length > 0) found.quantizations = list
  },
  region: (found, value, path) =>
    (found.regions = typeof value === "string" ? [text(value, path)] : slugs(value, path)),
  sort: (found, value, path) => (found.sort = readSort(value, path)),
  max_price: (found, value, path) => (found.maxPrice = readMaxPrice(value, path)),
  preferred_min_throughput: (found, value, path) => (found.minThroughput = readCutoffs(value, path, 1)),
  preferred_max_latency: (found, value, path) => (found.maxLatencyMs = readCutoffs(value, path, millisecondsPerSecond)),
  // Of the time before `allow_fallbacks`; falling back is what happens anyway.
  route: (_found, value, path) => void text(value, path),
} satisfies Record<string, Reader>)

/** The members that mean something. */
export const preferenceMembers: readonly string[] = Object.keys(members)

const millisecondsPerSecond = 1000

const wrong = (path: string, what: string): GatewayError =>
  new GatewayError("invalid_request", `"${path}" ${what}.`, { param: path })

function text(value: Json, path: string): string {
  if (typeof value !== "string" || value === "") throw wrong(path, "must be a non-empty string")
  return value.toLowerCase()
}

function slugs(value: Json, path: string): readonly string[] {
  if (!Array.isArray(value)) throw wrong(path, "must be a list of strings")
  return value.map((item, index) => text(item, `${path}[${index}]`))
}

function flag(value: Json, path: string): boolean {
  if (typeof value !== "boolean") throw wrong(path, "must be true or false")
  return value
}

function oneOf<T extends string>(value: Json, words: readonly T[], path: string): T {
  const found = words.find((word) => word === value)
  if (found === undefined) throw wrong(path, `must be one of ${words.map((word) => `"${word}"`).join(", ")}`)
  return found
}

/** Numbers may be written as text, as in lists of prices. */
function amount(value: Json, path: string): number {
  const found = typeof value === "string" && /^\s*\d*\.?\d+(?:e[+-]?\d+)?\s*$/i.test(value) ? Number(value) : value
  if (typeof found !== "number" || !Number.isFinite(found) || found < 0)
    throw wrong(path, "must be a number of at least 0")
  return found
}

function readSort(value: Json, path: string): Sort | null {
  if (value === null) return null
  if (!isObject(value)) return { by: oneOf(value, sortings, path), partition: "model" }
  const { by = null, partition = null } = value
  return {
    ...(by === null ? {} : { by: oneOf(by, sortings, `${path}.by`) }),
    partition: partition === null ? "model" : oneOf(partition, ["model", "none"], `${path}.partition`),
  }
}

function readMaxPrice(value: Json, path: string): MaxPrice {
  if (!isObject(value)) throw wrong(path, 'must be an object with prices, for example {"prompt": 1, "completion": 2}')
  const found: Partial<Record<PricedPart, number>> = {}
  for (const part of pricedParts) {
    const price = value[part]
    if (price !== undefined && price !== null) found[part] = amount(price, `${path}.${part}`)
  }
  return found
}

/** A number alone is about the median (openrouter.ai/docs, performance thresholds). */
function readCutoffs(value: Json, path: string, factor: number): Cutoffs {
  if (!isObject(value)) return { p50: amount(value, path) * factor }
  const found: Partial<Record<Percentile, number>> = {}
  for (const percentile of percentiles) {
    const limit = value[percentile]
    if (limit !== undefined && limit !== null) found[percentile] = amount(limit, `${path}.${percentile}`) * factor
  }
  return found
}
