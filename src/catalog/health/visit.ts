import { type Breaker, lastingCooldown } from "./breaker.ts"
import type { OfferState } from "./offer-state.ts"

/** How a request at an upstream ended, as far as it tells of the upstream. */
export interface Ending {
  /** `none`: the request's own fault, or the client's; it says nothing of the upstream. */
  readonly result: "good" | "bad" | "none"
  /**
   * What is left alone now: the offer; the credential, at this offer only (its rate is limited) or everywhere (refused, without money).
   * Absent: nothing.
   */
  readonly rests?: "offer" | "limit" | "credential"
  /** It does not heal by itself within seconds. */
  readonly isLasting?: boolean
  /** What the upstream asked for. */
  readonly waitMs?: number
  readonly inputTokens?: number
  readonly cachedTokens?: number
  readonly outputTokens?: number
  /** Whether its calls of tools could be run; absent: it made none, or nobody looked. */
  readonly toolsAreGood?: boolean
}

/** How an answer comes, which decides what its times tell; `aside`: nothing of how fast answers are. */
export type Manner = "streamed" | "whole" | "aside"

/** Fewer tokens, or less time, say nothing of a speed. */
const fewestTokens = 8
const shortestMs = 1

/** One request at one offer, from its place to its end. Whoever made it ends it; ending it twice does nothing. */
export class Visit {
  readonly #state: OfferState
  /** Place of the credential in the provider's list. */
  readonly credential: number
  readonly #startedAt: number
  readonly #manner: Manner
  #answeredAt: number | undefined
  #spokeAt: number | undefined
  #isEnded = false

  constructor(state: OfferState, credential: number, now: number, manner: Manner) {
    this.#state = state
    this.credential = credential
    this.#startedAt = now
    this.#manner = manner
    state.inFlight++
    for (const breaker of this.#breakers()) breaker.enter(now, this)
  }

  /** The upstream accepted: from here on it answers, or nobody. */
  answered(now: number): void {
    if (this.#isEnded || this.#answeredAt !== undefined) return
    this.#answeredAt = now
    if (this.#manner === "whole") this.#state.whole.latency.add(now, now - this.#startedAt)
    for (const breaker of this.#breakers()) breaker.answered(now, this.#startedAt)
  }

  /** The first content of a stream came, which may be later than its acceptance. */
  spoke(now: number): void {
    if (this.#isEnded || this.#spokeAt !== undefined || this.#manner !== "streamed") return
    this.#spokeAt = now
    this.#state.streamed.latency.add(now, now - this.#startedAt)
  }

  ended(now: number, ending: Ending): void {
    if (this.#isEnded) return
    this.#isEnded = true
    const state = this.#state
    state.inFlight--
    state.upstream.places.give()
    if (ending.result !== "none") state.noteResult(now, ending.result === "good")
    if (ending.rests === "offer") state.lastOutageAt = now
    if (ending.result === "good") this.#complete(now, ending)
    this.#rest(now, ending)
    for (const breaker of this.#breakers()) breaker.leave(this)
  }

  #complete(now: number, { inputTokens, cachedTokens, outputTokens, toolsAreGood }: Ending): void {
    const state = this.#state
    for (const breaker of this.#breakers()) breaker.completed(now)
    if (inputTokens !== undefined) state.noteInput(now, inputTokens, cachedTokens ?? 0)
    if (toolsAreGood !== undefined) state.noteTools(now, toolsAreGood)
    // Of a whole answer nobody knows when its first token was made.
    const since = this.#manner === "streamed" ? this.#spokeAt : this.#startedAt
    if (outputTokens === undefined || outputTokens < fewestTokens || since === undefined) return
    const took = now - since
    if (took < shortestMs || this.#manner === "aside") return
    state[this.#manner].throughput.add(now, outputTokens / (took / 1000))
  }

  #rest(now: number, { rests, isLasting, waitMs }: Ending): void {
    if (rests === undefined) return
    const { upstream } = this.#state
    const began = { startedAt: this.#startedAt, answeredAt: this.#answeredAt }
    this.#resting(rests).failed(now, began, isLasting ? lastingCooldown : upstream.cooldown, waitMs)
  }

  #resting(rests: NonNullable<Ending["rests"]>): Breaker {
    const { breaker, upstream } = this.#state
    if (rests === "offer") return breaker
    return rests === "limit" ? this.#state.makeLimit(this.credential) : upstream.makeBreaker(this.credential)
  }

  /** What decides whether the next request may come here; of most offers nothing but their own. */
  #breakers(): readonly Breaker[] {
    const { breakers, breaker, upstream } = this.#state
    const limit = this.#state.limit(this.credential)
    const refused = upstream.breaker(this.credential)
    if (!limit && !refused) return breakers
    return [breaker, limit, refused].filter((each) => each !== undefined)
  }
}
