interface Watched {
  at: number
  readonly expire: () => void
}

/** How often deadlines are looked at; they are kept to within this. */
const stepMs = 50

/**
 * Deadlines without a timer each: one ticking timer looks at all of them, and stands still when there are none. Moving a deadline
 * (each part of a stream does) is one assignment.
 */
export class Deadlines {
  readonly #watched = new Set<Watched>()
  readonly #now: () => number
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(now: () => number) {
    this.#now = now
  }

  watch(milliseconds: number, expire: () => void): Deadline {
    const watched: Watched = { at: this.#now() + milliseconds, expire }
    this.#watched.add(watched)
    this.#timer ??= setInterval(() => this.check(), stepMs)
    return {
      move: (next) => {
        watched.at = this.#now() + next
      },
      stop: () => {
        this.#watched.delete(watched)
      },
    }
  }

  /** Expires what is due. Called by the timer, and by tests. */
  check(): void {
    const now = this.#now()
    for (const watched of this.#watched) {
      if (watched.at > now) continue
      this.#watched.delete(watched)
      watched.expire()
    }
    if (this.#watched.size === 0 && this.#timer) {
      clearInterval(this.#timer)
      this.#timer = undefined
    }
  }
}

export interface Deadline {
  /** Milliseconds from now. */
  move(milliseconds: number): void
  stop(): void
}
