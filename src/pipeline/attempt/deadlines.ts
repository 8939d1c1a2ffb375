import type { GatewayError } from "../../contract/index.ts"

/** `why`: something else than the time. */
type Expire = (why?: GatewayError) => void

interface Watched {
  at: number
  readonly end: number
  readonly expire: Expire
}

/** How often deadlines are looked at; they are kept to within twice this, never early. */
const stepMs = 50

/**
 * Deadlines without a timer each: one ticking timer looks at all of them, and stands still when there are none. Moving a deadline
 * (each part of a stream does) is one addition to the time of the latest tick: a look at the clock per part would cost more than
 * what it is for.
 */
export class Deadlines {
  readonly #watched = new Set<Watched>()
  readonly #now: () => number
  #timer: ReturnType<typeof setInterval> | undefined
  /** When the timer ticked last. */
  #ticked = 0

  constructor(now: () => number) {
    this.#now = now
  }

  /** `latest`: however often the deadline is moved, it is over after so long. */
  watch(milliseconds: number, expire: Expire, latest = Number.POSITIVE_INFINITY): Deadline {
    const now = this.#now()
    if (this.#watched.size === 0) this.#ticked = now
    const end = now + latest
    const watched: Watched = { at: Math.min(now + milliseconds, end), end, expire }
    this.#watched.add(watched)
    this.#timer ??= setInterval(() => this.check(), stepMs)
    return {
      move: (next) => {
        watched.at = Math.min(this.#ticked + stepMs + next, end)
      },
      stop: () => {
        this.#watched.delete(watched)
      },
    }
  }

  /** Nothing is waited for any longer. */
  expireAll(why: GatewayError): void {
    const watched = [...this.#watched]
    this.#watched.clear()
    for (const { expire } of watched) expire(why)
  }

  /** Expires what is due. Called by the timer, and by tests. */
  check(): void {
    const now = this.#now()
    this.#ticked = now
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
