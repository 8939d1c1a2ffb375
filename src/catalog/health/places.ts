/** How many requests an upstream takes at once. */
export interface PlaceLimits {
  readonly places: number
  /** How many may wait. */
  readonly queue: number
  readonly queueMs: number
}

export const unlimited: PlaceLimits = { places: Number.POSITIVE_INFINITY, queue: 0, queueMs: 0 }

/** Calls back once, unless the function that it gives was called before. `why`: something else than the time ended the wait. */
export type Timer = (milliseconds: number, expire: (why?: unknown) => void) => () => void

/** Why a request got no place: too many wait, it waited too long, its client left, or something else that was thrown. */
export type NoPlace = "full" | "late" | "gone"

export class PlaceRefused extends Error {
  readonly why: NoPlace
  constructor(why: NoPlace) {
    super(`no place at the upstream: ${why}`)
    this.why = why
  }
}

interface Waiting {
  readonly priority: number
  take(): void
}

/**
 * The places of one upstream. Whoever takes one gives it back exactly once. Those who wait get it by priority, then first come; the limits
 * are those of now, so that a reload holds for those who wait already.
 */
export class Places {
  limits: PlaceLimits = unlimited
  #taken = 0
  /** In the order in which they get a place. */
  readonly #waiting: Waiting[] = []
  readonly #timer: Timer

  constructor(timer: Timer) {
    this.#timer = timer
  }

  get taken(): number {
    return this.#taken
  }

  get queued(): number {
    return this.#waiting.length
  }

  /** Infinity where there is no limit. */
  get free(): number {
    return Math.max(0, this.limits.places - this.#taken)
  }

  configure(limits: PlaceLimits): void {
    this.limits = limits
    this.#fill()
  }

  /** A place, at once (undefined) or later. Rejects with PlaceRefused, or with what the timer says. */
  take(priority: number, signal: AbortSignal): undefined | Promise<void> {
    if (this.#taken < this.limits.places) {
      this.#taken++
      return undefined
    }
    if (signal.aborted) return Promise.reject(new PlaceRefused("gone"))
    if (this.#waiting.length >= this.limits.queue || this.limits.queueMs <= 0)
      return Promise.reject(new PlaceRefused("full"))
    return new Promise((resolve, reject) => {
      const entry: Waiting = {
        priority,
        take: () => {
          stop()
          resolve()
        },
      }
      const refuse = (reason: unknown) => {
        stop()
        this.#waiting.splice(this.#waiting.indexOf(entry), 1)
        reject(reason)
      }
      const onGone = () => refuse(new PlaceRefused("gone"))
      const cancel = this.#timer(this.limits.queueMs, (why) => refuse(why ?? new PlaceRefused("late")))
      const stop = () => {
        cancel()
        signal.removeEventListener("abort", onGone)
      }
      signal.addEventListener("abort", onGone, { once: true })
      this.#line(entry)
    })
  }

  /** Gives a place back; who waits longest, of the highest priority, has it then. */
  give(): void {
    this.#taken--
    this.#fill()
  }

  #fill(): void {
    while (this.#waiting.length > 0 && this.#taken < this.limits.places) {
      this.#taken++
      this.#waiting.shift()!.take()
    }
  }

  /** Behind all who have at least its priority. */
  #line(entry: Waiting): void {
    let low = 0
    let high = this.#waiting.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#waiting[middle]!.priority >= entry.priority) low = middle + 1
      else high = middle
    }
    this.#waiting.splice(low, 0, entry)
  }
}
