import { type Matcher, matcherOf } from "../../../access/patterns.ts"
import type { LiveOffer, Snapshot } from "../../../services.ts"
import { groupsOf } from "../groups.ts"

/** A model that may be chosen, with its offers. */
export type Candidate = readonly [model: string, offers: readonly LiveOffer[]]

/** Models that hold conversations, with their offers; the file's patterns hold for everybody. */
export function* choosable({ catalog, config }: Pick<Snapshot, "catalog" | "config">): Iterable<Candidate> {
  const { models, exclude } = config.routing.auto
  const isChoosable = among(models, exclude)
  for (const [model, offers] of groupsOf(catalog)) {
    const left = offers.filter((offer) => (offer.kind ?? "chat") === "chat" && isChoosable(offer))
    if (left.length > 0) yield [model, left]
  }
}

/** What one list names, or everything where there is none, without what the other names. */
export function among(allowed: readonly string[] | undefined, excluded: readonly string[]): Matcher {
  const isIn = allowed ? matcherOf(allowed) : () => true
  if (excluded.length === 0) return isIn
  const isOut = matcherOf(excluded)
  return (offer) => isIn(offer) && !isOut(offer)
}
