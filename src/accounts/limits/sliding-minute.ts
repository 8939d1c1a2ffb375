/** The span over which rates are counted. */
export const minuteMs = 60_000

/** What happens within this time is remembered together, so that a minute is at most six hundred entries. */
const slotMs = 100

/** What can be given back: what was taken, and when it would leave by itself. */
export interface Taken {
  amount: number
  readonly slot: number
}

/**
 * What was counted within the last minute, of any minute: no clock minute begins anew at its edge, where twice as much would fit into a
 * moment. An entry counts until the end of its tenth of a second is a minute old.
 */
export class SlidingMinute {
  /** Ends of tenths of seconds, oldest first, and what was counted in each. */
  readonly #slots: number[] = []
  readonly #amounts: number[] = []
  #total = 0

  totalAt(now: number): number {
    let gone = 0
    while (gone < this.#slots.length && this.#slots[gone]! + minuteMs <= now) this.#total -= this.#amounts[gone++]!
    if (gone > 0) {
      this.#slots.splice(0, gone)
      this.#amounts.splice(0, gone)
    }
    return this.#total
  }

  /** How long until `amount` fits below `limit`; 0: now. Infinity: never. */
  waitFor(amount: number, limit: number, now: number): number {
    let over = this.totalAt(now) + amount - limit
    if (over <= 0) return 0
    for (const [index, counted] of this.#amounts.entries()) {
      over -= counted
      if (over <= 0) return this.#slots[index]! + minuteMs - now
    }
    return Number.POSITIVE_INFINITY
  }

  take(amount: number, now: number): Taken {
    // A clock that went back counts where it was before.
    const slot = Math.max((Math.floor(now / slotMs) + 1) * slotMs, this.#slots.at(-1) ?? 0)
    if (this.#slots.at(-1) === slot) this.#amounts[this.#amounts.length - 1]! += amount
    else {
      this.#slots.push(slot)
      this.#amounts.push(amount)
    }
    this.#total += amount
    return { amount, slot }
  }

  /** Gives some of it back, as far as it still counts. */
  give(taken: Taken, amount: number): void {
    const index = this.#slots.lastIndexOf(taken.slot)
    if (index < 0) return
    const back = Math.min(amount, taken.amount)
    taken.amount -= back
    this.#amounts[index]! -= back
    this.#total -= back
  }
}
