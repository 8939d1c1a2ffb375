import type { RouteOpening } from "../../../../contract/index.ts"
import type { LiveOffer } from "../../../services.ts"
import { costOf, knownPrice } from "../../cost.ts"
import type { Inquiry } from "../../inquiry.ts"
import type { Candidate } from "./choosable.ts"
import { type Asked, fit, type Option, type Tier, tierOfPrice, tiers } from "./score.ts"

/** A model among those that may be chosen; the first is the best. */
export interface Ranked {
  readonly model: string
  readonly score: number
  /** USD; where nobody knows it, without end. */
  readonly cost: number
}

/** What may come of a model. */
interface Hope extends Pick<Ranked, "model" | "score"> {
  readonly offers: readonly LiveOffer[]
}

/** What has come of it. */
export interface Judged extends Ranked {
  readonly tier: Tier
}

/** The better one first: it fits better, or costs less, or at least always the same one. */
export const compare = (left: Ranked, right: Ranked): number =>
  right.score - left.score ||
  compareCost(left.cost, right.cost) ||
  (left.model < right.model ? -1 : left.model > right.model ? 1 : 0)

/** Two without end are alike, and their difference is no number. */
const compareCost = (left: number, right: number): number => (left === right ? 0 : left - right)

const monthSeconds = 2_629_800

const isCoder = (model: string): boolean => /code|coder|codex|codestral|devstral/i.test(model)

/** How well models suit a request, by what is known of their offers. */
export class Judge {
  readonly #inquiry: Inquiry
  readonly #opening: RouteOpening
  readonly #asked: Asked
  readonly #tier: Tier
  readonly #ceiling: number
  readonly #at: number

  /** `tier`: the one that is wanted. `ceiling`: place of the dearest one that may be chosen. */
  constructor(
    inquiry: Inquiry,
    wish: { readonly opening: RouteOpening; readonly asked: Asked; readonly tier: Tier; readonly ceiling: number },
  ) {
    this.#inquiry = inquiry
    this.#opening = wish.opening
    this.#asked = wish.asked
    this.#tier = wish.tier
    this.#ceiling = wish.ceiling
    this.#at = inquiry.services.now()
  }

  /**
   * The models as good as they can be at best, whichever of their offers may be used: nothing that `rank` says of some of them comes before
   * what is given here. Those above the ceiling are left out. What they cost is found out where nothing else tells them apart.
   */
  *hopes(candidates: readonly Candidate[]): Iterable<Hope & Ranked> {
    const byScore = Map.groupBy(
      candidates.flatMap((candidate) => this.#hope(candidate) ?? []),
      ({ score }) => score,
    )
    for (const score of [...byScore.keys()].sort((left, right) => right - left))
      yield* byScore
        .get(score)!
        .map((hope) => ({ ...hope, cost: this.#cost(hope.offers) }))
        .sort(compare)
  }

  #cost(offers: readonly LiveOffer[]): number {
    return offers.reduce(
      (least, offer) => Math.min(least, costOf(this.#inquiry, offer) ?? least),
      Number.POSITIVE_INFINITY,
    )
  }

  #hope([model, offers]: Candidate): Hope | undefined {
    let reasons: boolean | undefined
    let tools: boolean | undefined
    let newest: number | undefined
    let isUndated = false
    let seen = 0
    for (const offer of offers) {
      const { traits, created } = offer
      const price = knownPrice(this.#inquiry, offer)
      seen |= price ? 1 << tiers.indexOf(tierOfPrice(price)) : unpriced
      reasons ||= traits?.reasoning
      tools ||= traits?.tools
      if (created === undefined) isUndated = true
      else newest = Math.max(newest ?? created, created)
    }
    const known = { reasons, tools, coder: isCoder(model), isDown: false }
    let score = Number.NEGATIVE_INFINITY
    for (const [place, tier] of possible) {
      if ((seen & place) === 0 || tiers.indexOf(tier) > this.#ceiling) continue
      const option = { ...known, tier, isUnpriced: place === unpriced }
      if (newest !== undefined) score = Math.max(score, this.#fit({ ...option, age: this.#ageOf(newest) }))
      if (isUndated) score = Math.max(score, this.#fit({ ...option, age: undefined }))
    }
    return score === Number.NEGATIVE_INFINITY ? undefined : { model, score, offers }
  }

  /** How good it is with the offers that may be used. Undefined where it is above the ceiling. */
  rank(model: string, offers: readonly LiveOffer[]): Judged | undefined {
    const option = this.#optionOf(model, offers)
    if (tiers.indexOf(option.tier) > this.#ceiling) return undefined
    return { model, score: this.#fit(option), cost: this.#cost(offers), tier: option.tier }
  }

  #fit(option: Option): number {
    return fit(option, this.#tier, this.#opening, this.#asked)
  }

  #ageOf(created: number): number {
    return (this.#at / 1000 - created) / monthSeconds
  }

  #optionOf(model: string, offers: readonly LiveOffer[]): Option {
    const { health } = this.#inquiry.services
    const prices = offers.flatMap((offer) => knownPrice(this.#inquiry, offer) ?? [])
    const cheapest = prices.toSorted((left, right) => left.input + left.output - right.input - right.output)[0]
    const { traits, created } = offers[0]!
    return {
      tier: cheapest ? tierOfPrice(cheapest) : "medium",
      isUnpriced: cheapest === undefined,
      reasons: traits?.reasoning,
      tools: traits?.tools,
      coder: isCoder(model),
      age: created === undefined ? undefined : this.#ageOf(created),
      isDown: offers.every(({ key }) => health.view(key, this.#at).breaker === "open"),
    }
  }
}

/** Bits of what a model may turn out to be, by the offer that counts. */
const unpriced = 1 << tiers.length
const possible: readonly (readonly [place: number, tier: Tier])[] = [
  ...tiers.map((tier, place) => [1 << place, tier] as const),
  [unpriced, "medium"],
]
