import { type Offer, withoutAuthor } from "../../contract/index.ts"
import { wildcard } from "../../contract/wildcard.ts"

/** Says of an offer whether one of the patterns names it. */
export type Matcher = (offer: Offer) => boolean

type Named = Pick<Offer, "model" | "canonical" | "provider" | "upstream">

/** The name that means one offer and no other. */
export const offerName = ({ provider, upstream }: Pick<Offer, "provider" | "upstream">): string =>
  `${provider}:${upstream}`

/** Everything under which an offer can be meant: its public name, that of its weights, and the two at its provider. */
function namesOf(offer: Named): readonly string[] {
  const { model, canonical, provider, upstream } = offer
  const own = `${provider}/${upstream}`
  const names = [offerName(offer), model, own]
  if (canonical !== undefined) names.push(canonical)
  return names
}

/**
 * One spelling for what people write in several: capitals, and versions with dots or dashes (`claude-sonnet-4.5`, `claude-sonnet-4-5`).
 */
const spelling = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/(\d)\.(?=\d)/g, "$1-")

interface Wild {
  readonly whole: boolean
  readonly tail: boolean
  readonly fits: (name: string) => boolean
  readonly place: number
}

/**
 * Patterns over names of models. `anthropic/*` is all of an author or of a provider, `azure:*` all of a provider alone, `azure:gpt-5` one
 * offer; `*` is any run of characters; what has no slash is compared with the part behind it: `gpt-5*`, `claude-sonnet-4-5`. Read once; a
 * question is a few look-ups.
 */
export class Patterns {
  /** Place of the last pattern that is this name. */
  readonly #exact = new Map<string, number>()
  readonly #wild: Wild[] = []

  constructor(patterns: readonly string[]) {
    for (const [place, written] of patterns.entries()) {
      const name = spelling(written)
      if (!name.includes("*")) {
        if (name !== "") this.#exact.set(name, place)
        continue
      }
      const slash = name.includes("/")
      this.#wild.push({ whole: slash || name.includes(":"), tail: !slash, fits: wildcard(name), place })
    }
  }

  /** Place of the last pattern that names the offer; -1 where none does. */
  lastOf(offer: Named): number {
    let last = -1
    for (const written of namesOf(offer)) {
      const name = spelling(written)
      const tail = withoutAuthor(name)
      last = Math.max(last, this.#exact.get(name) ?? -1, this.#exact.get(tail) ?? -1)
      for (const { whole, tail: short, fits, place } of this.#wild)
        if (place > last && ((whole && fits(name)) || (short && fits(tail)))) last = place
    }
    return last
  }
}

export function matcherOf(patterns: readonly string[]): Matcher {
  const read = new Patterns(patterns)
  return (offer) => read.lastOf(offer) >= 0
}
