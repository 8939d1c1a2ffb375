import type { ModelFacts } from "../contract/offer.ts"

/** One place that knows facts. Synchronous; in memory. */
export interface FactSource {
  /** As shown in `OfferSeed.sources`: `overlay`, `genai-prices`, `models.dev`, `provider-list`. */
  readonly name: string
  /** Milliseconds UTC of its evidence: the newest wins, field by field. */
  readonly asOf: number
  /** `vendor` is the id of a kind of provider; `provider` that of a configured one, for sources that know its own list. */
  of(vendor: string, upstream: string, provider?: string): ModelFacts | undefined
  list(vendor: string, provider?: string): readonly ModelFacts[]
  /** The names of `list`, where they cost less than the list. */
  names?(vendor: string, provider?: string): Iterable<string>
  /** `author/slug`, where this source says something else than the name tells. */
  canonical?(vendor: string, upstream: string, provider?: string): string | undefined
  /** Taken away by `today` (`YYYY-MM-DD`): nobody is offered it any more, whoever else still lists it. */
  isGone?(vendor: string, upstream: string, today: string): boolean
  /** All names that the configured `provider` has, where it told them itself: what is not among them is not there, whoever else knows it. */
  whole?(vendor: string, provider: string): { has(upstream: string): boolean } | undefined
}
