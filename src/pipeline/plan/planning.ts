import type { Candidate, Exclusion, Price } from "../../contract/index.ts"
import type { HeldGuardrail, LiveOffer, OfferPrice } from "../services.ts"
import { stickFirst } from "../sticky/stick.ts"
import { costAt, knownPrice } from "./cost.ts"
import { betterOf } from "./filters/better.ts"
import { objectionTo } from "./filters/filters.ts"
import type { Excluded } from "./filters/question.ts"
import type { Inquiry } from "./inquiry.ts"
import { MadePlan } from "./made-plan.ts"
import { type Balancing, ordered } from "./order/order.ts"
import { isOpen, isStable, last, type Ranked } from "./order/ranked.ts"
import { aroundOf, type Wanted, wantedOf } from "./preferences/layers.ts"
import { rankIn } from "./preferences/slugs.ts"
import { RequestQuestion } from "./request-question.ts"
import { nothingLeft } from "./told/explain.ts"
import type { PlannedAttempt, Target, Targets } from "./types.ts"

/** Balances where neither the configuration nor a request names anything else. */
const usualStrategy = "weighted"

/** What a request is likely to cost at a price, USD; for those whose size is not in tokens. */
export type CostOf = (price: Price, offer: LiveOffer) => number

/** What is left of one target. */
interface Group {
  readonly target: Target
  readonly wanted: Wanted
  readonly offers: readonly LiveOffer[]
}

/** One request's plan while it is made. */
export class Planning {
  readonly #inquiry: Inquiry
  readonly #targets: Targets
  readonly #costOf: CostOf | undefined
  readonly #around: Wanted
  readonly #now: number
  readonly #excluded: Excluded[] = []
  #zdr = false

  constructor(inquiry: Inquiry, targets: Targets, costOf: CostOf | undefined) {
    this.#inquiry = inquiry
    this.#targets = targets
    this.#costOf = costOf
    this.#now = inquiry.services.now()
    this.#around = aroundOf(inquiry)
  }

  /** Undefined where no price is asked for, or all are at hand. */
  pricesToLoad(): Promise<unknown> | undefined {
    const { targets } = this.#targets
    const isSingle = targets.length === 1 && targets[0]!.offers.length < 2
    if (isSingle && this.#wantedOf(targets[0]!).maxPrice === undefined) return undefined
    const loading: Promise<OfferPrice>[] = []
    for (const { offers } of targets)
      for (const offer of offers) {
        if (offer.price !== undefined) continue
        const price = this.#inquiry.services.priceOf(offer)
        if (price instanceof Promise) loading.push(price)
      }
    return loading.length === 0 ? undefined : Promise.all(loading)
  }

  make(): readonly PlannedAttempt[] {
    const seen = new Set<string>()
    const groups = this.#targets.targets.map((target) => this.#groupOf(target, seen))
    const [only] = groups
    const notes = this.#targets.notes
    if (seen.size === 0) {
      this.#keep([], "none", notes)
      throw nothingLeft(this.#inquiry, this.#excluded)
    }
    if (seen.size > 1) return this.#keep(...this.#order(groups))
    const { offers, target } = groups.length === 1 ? only! : groups.find((group) => group.offers.length > 0)!
    return this.#keep([{ offer: offers[0]!, retries: target.retries }], "single", notes)
  }

  #keep(attempts: readonly PlannedAttempt[], strategy: string, notes: readonly string[]): readonly PlannedAttempt[] {
    // The record asks for it as well, but only when the request is over, and a large body has to be fetched from memory once more by then.
    this.#inquiry.demand.has("vision")
    const made = new MadePlan(this.#inquiry, {
      attempts,
      strategy,
      notes: [...notes],
      excluded: this.#exclusions(attempts),
      targets: this.#targets,
      zdr: this.#zdr,
    })
    this.#inquiry.plan = made
    return made.attempts
  }

  /** What all places that have a say want of one target. */
  #wantedOf({ preferences }: Target): Wanted {
    return wantedOf(this.#inquiry, this.#around, preferences)
  }

  /** What may be tried of a target, without what an earlier one has already. */
  #groupOf(target: Target, seen: Set<string>): Group {
    const wanted = this.#wantedOf(target)
    this.#zdr ||= wanted.zdr || this.#inquiry.standing.guardrails.some(demandsZdr)
    const question = new RequestQuestion(this.#inquiry, wanted, this.#now)
    const passed: LiveOffer[] = []
    for (const offer of target.offers) {
      if (seen.has(offer.key)) continue
      const objection = objectionTo(offer, question)
      if (objection) this.#excluded.push({ offer, objection })
      else passed.push(offer)
    }
    const offers = betterOf(passed, question, (offer, objection) => this.#excluded.push({ offer, objection }))
    for (const offer of offers) seen.add(offer.key)
    return { target, wanted, offers }
  }

  /** Each offer once; one that another name of the request leads to under other conditions is planned after all. */
  #exclusions(attempts: readonly PlannedAttempt[]): readonly Exclusion[] {
    if (this.#excluded.length === 0) return []
    const planned = new Set(attempts.map(({ offer }) => offer.key))
    const found = new Map<string, Exclusion>()
    for (const { offer, objection } of this.#excluded)
      if (!planned.has(offer.key) && !found.has(offer.key)) found.set(offer.key, { offer: offer.key, ...objection })
    return [...found.values()]
  }

  /** Model by model, or all in one list where every one of them wants that; what is to be left alone comes last. */
  #order(groups: readonly Group[]): readonly [attempts: readonly PlannedAttempt[], strategy: string, notes: string[]] {
    const lists = groups.map((group) => ({ wanted: group.wanted, list: this.#rankedOf(group) }))
    const isOneList = lists.length > 1 && lists.every(({ wanted }) => wanted.sort?.partition === "none")
    const apart = isOneList ? [{ wanted: lists[0]!.wanted, list: lists.flatMap(({ list }) => list) }] : lists
    const balancing = this.#balancing()
    const arranged = apart.flatMap(({ wanted, list }) =>
      this.#withoutFallbacks(ordered(list, wanted, balancing), wanted),
    )
    const list = last(arranged, isOpen)
    const { wanted } = apart[0]!
    const notes = [...this.#targets.notes]
    if (isOneList) notes.push("all models compete in one list")
    if (list !== arranged) notes.push("upstreams that are left alone after failures come last")
    const attempts = list.map(({ offer, retries }) => ({ offer, retries }))
    const sticks = wanted.order === undefined && wanted.sort === undefined
    const kept = sticks ? stickFirst(this.#inquiry, attempts, notes) : attempts
    return [kept, strategyOf(wanted, balancing), notes]
  }

  #rankedOf({ target, wanted, offers }: Group): readonly Ranked[] {
    const { services } = this.#inquiry
    return offers.map((offer): Ranked => {
      const health = services.health.view(offer.key, this.#now, this.#inquiry.slotsOf(offer))
      const price = knownPrice(this.#inquiry, offer)
      const candidate: Candidate = {
        offer,
        cooling: health.breaker === "open",
        stable: isStable(health, this.#now),
        // Found out where a strategy asks.
        get latencyMs() {
          return health.latency?.p50
        },
        get throughput() {
          return health.throughput?.p50
        },
        uptime: health.uptime30m,
        cost: price && this.#cost(price, offer),
        inFlight: health.inFlight,
        weight: target.weight,
      }
      return { offer, retries: target.retries, wanted, health, candidate }
    })
  }

  #cost(price: Price, offer: LiveOffer): number {
    return this.#costOf ? this.#costOf(price, offer) : costAt(this.#inquiry, offer, price)
  }

  #balancing(): Balancing {
    const { snapshot, services, call, conversation, demand } = this.#inquiry
    return {
      strategy: snapshot.roster.strategies.get(snapshot.config.strategy ?? usualStrategy),
      call: { ...call, conversation: conversation?.hash, random: services.random },
      hasTools: demand.has("tools"),
      log: services.log,
    }
  }

  /** The first choice alone, or what the client named. */
  #withoutFallbacks(list: readonly Ranked[], { allowFallbacks, order }: Wanted): readonly Ranked[] {
    if (allowFallbacks || list.length < 2) return list
    const named = order ? list.filter(({ offer }) => rankIn(order, offer) < order.length) : []
    const kept = named.length > 0 ? named : list.slice(0, 1)
    for (const ranked of list)
      if (!kept.includes(ranked))
        this.#excluded.push({
          offer: ranked.offer,
          objection: { constraint: "allow_fallbacks", detail: "is not the first choice" },
        })
    return kept
  }
}

const demandsZdr = ({ zdr }: HeldGuardrail): boolean => zdr !== undefined && Object.values(zdr).includes(true)

const strategyOf = ({ order, sort }: Wanted, { strategy }: Balancing): string => {
  const balanced = sort?.by === undefined ? (strategy?.name ?? "configured") : `sort:${sort.by}`
  return order ? `order, ${balanced}` : balanced
}
