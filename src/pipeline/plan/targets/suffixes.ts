import { geolocation } from "../../../catalog/regions.ts"
import type { JsonObject, ReasoningRequest } from "../../../contract/index.ts"
import type { LiveOffer } from "../../services.ts"
import type { Wish } from "./wish.ts"

/** What a suffix of a model's name does (openrouter.ai, model variants; docs.requesty.ai, model names). */
export interface SuffixEffect {
  /** Like a request's `provider`; the request's own wishes go before these. */
  readonly preferences?: JsonObject
  readonly wish?: Wish
  /** The service tier that offers which the operator tagged with its name are asked for. */
  readonly tier?: string
  /** Which of the offers are meant. */
  readonly keep?: (offers: readonly LiveOffer[]) => readonly LiveOffer[]
}

const reasons = (reasoning: ReasoningRequest): SuffixEffect => ({ wish: { reasoning } })

/** The ones with the largest context, as far as known. */
const longest = (offers: readonly LiveOffer[]): readonly LiveOffer[] => {
  const most = Math.max(0, ...offers.map(({ context }) => context ?? 0))
  return most === 0 ? offers : offers.filter(({ context }) => context === most)
}

const table: Readonly<Record<string, SuffixEffect>> = {
  nitro: { preferences: { sort: "throughput" }, tier: "priority" },
  floor: { preferences: { sort: "price" }, tier: "flex" },
  exacto: { preferences: { sort: "exacto" } },
  free: { preferences: { max_price: { prompt: 0, completion: 0, request: 0 } } },
  thinking: reasons({ enabled: true }),
  extended: { keep: longest },
  // What it asks for is read by search/online.ts, before a request is routed.
  online: {},
  flex: { wish: { serviceTier: "flex" } },
  minimal: reasons({ effort: "minimal" }),
  low: reasons({ effort: "low" }),
  medium: reasons({ effort: "medium" }),
  high: reasons({ effort: "high" }),
}

/** For models of OpenRouter's batch API, which is no part of a router. */
export const batchSuffix = "batch"

const isBudget = (word: string): boolean => /^\d{3,7}$/.test(word)

export const isSuffix = (word: string): boolean => Object.hasOwn(table, word) || word === batchSuffix || isBudget(word)

/** Suffixes as they are named to people. */
export const knownSuffixes: readonly string[] = [
  ...Object.keys(table).map((word) => `:${word}`),
  ":8192 (tokens to reason)",
]

export const effectOf = (word: string): SuffixEffect =>
  Object.hasOwn(table, word) ? table[word]! : isBudget(word) ? reasons({ budget: Number(word) }) : {}

/** `eu`, `us`, `de`, `global`, and the regions of the clouds: `europe-west1`, `eu-central-1`, `swedencentral`. Dates are none. */
export const isRegion = (word: string): boolean => word === "global" || geolocation(word) !== "global"
