import { broughtSlots } from "../attempt/credentials.ts"
import type { Exchange } from "../exchange.ts"
import type { PlannedAttempt } from "../plan/types.ts"

/** What of a plan is still to be tried. Attempts that race take from the same line, so that no offer is tried twice. */
export class Line {
  readonly #exchange: Exchange
  #planned: readonly PlannedAttempt[]
  #next = 0
  #postponed: PlannedAttempt[] | undefined

  constructor(exchange: Exchange, planned: readonly PlannedAttempt[]) {
    this.#exchange = exchange
    this.#planned = planned
  }

  get isEmpty(): boolean {
    return this.#next >= this.#planned.length && !this.#postponed?.length
  }

  /**
   * The next one. What was found to be failing since the plan was made, or is being tried by another request, comes after the rest.
   */
  take(): PlannedAttempt | undefined {
    while (this.#next < this.#planned.length) {
      const next = this.#planned[this.#next++]!
      if (this.#planned.length === 1 || this.#isAdmitted(next)) return next
      this.#postponed ??= []
      this.#postponed.push(next)
    }
    return this.#postponed?.shift()
  }

  /** The next one at an upstream where nothing of this request is under way, if it is well. */
  takeElsewhere(): PlannedAttempt | undefined {
    const busy = new Set([...this.#exchange.underWay].map(({ offer }) => offer.provider))
    for (let at = this.#next; at < this.#planned.length; at++) {
      const next = this.#planned[at]!
      if (busy.has(next.offer.provider) || !this.#isAdmitted(next)) continue
      this.#planned = this.#planned.toSpliced(at, 1)
      return next
    }
    return undefined
  }

  #isAdmitted({ offer }: PlannedAttempt): boolean {
    const exchange = this.#exchange
    const { health, now } = exchange.services
    return health.admits(offer.key, now(), broughtSlots(exchange, offer))
  }
}
