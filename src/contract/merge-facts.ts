import type { ModelFacts } from "./offer.ts"
import { completePrice } from "./price.ts"
import type { Price, PriceSource } from "./usage.ts"

/** Facts and who tells them. */
export interface Told {
  readonly source: string
  readonly facts: ModelFacts
  /** Milliseconds UTC of the evidence, where it has a date. */
  readonly asOf?: number
}

/** What is about the facts, or is not theirs to say. */
const aside: ReadonlySet<string> = new Set(["upstream", "sources", "priceSource", "priceAsOf"])
/** What is merged member by member. */
const grouped: ReadonlySet<string> = new Set(["traits", "reasoning"])

const priceSources: ReadonlySet<string> = new Set<PriceSource>([
  "config",
  "provider-list",
  "overlay",
  "models.dev",
  "genai-prices",
])

/** What the file says and what a plugin says of itself counts the same: it is somebody's word for this gateway. */
const priceSourceOf = (source: string): PriceSource => (priceSources.has(source) ? (source as PriceSource) : "config")

/**
 * One set of facts out of several, best source first: each field is that of the first source that has it, and `sources` says which that
 * was. A price is taken whole, because half of one and half of another would be nobody's; where two agree, one completes the other.
 */
export function mergeFacts(told: readonly Told[]): ModelFacts | undefined {
  const first = told[0]
  if (first === undefined) return undefined
  const merged: Record<string, unknown> = { upstream: first.facts.upstream }
  const sources: Record<string, string> = {}
  for (const { source, facts, asOf } of told) {
    for (const [field, value] of Object.entries(facts)) {
      if (value === undefined || aside.has(field)) continue
      if (merged[field] === undefined) {
        merged[field] = value
        sources[field] = facts.sources?.[field] ?? source
        if (field !== "price") continue
        merged.priceSource = facts.priceSource ?? priceSourceOf(source)
        const date = facts.priceAsOf ?? asOf
        if (date !== undefined) merged.priceAsOf = date
      } else if (grouped.has(field)) {
        merged[field] = { ...(value as object), ...(merged[field] as object) }
      } else if (field === "price" && merged.priceSource !== "config") {
        merged.price = completePrice(merged.price as Price, value as Price)
      }
    }
  }
  return { ...merged, upstream: first.facts.upstream, sources }
}
