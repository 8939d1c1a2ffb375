import type { HostClock } from "./timers.ts"

export interface BreakerSettings {
  /** Failures in a row that switch a capability off; 0 = never. */
  failures: number
  retryMs: number
}

/** Switches one capability off after failures in a row; after a while one call may try whether it works again. */
export class Breaker {
  #failures = 0
  #openUntil = 0
  #trying = false
  constructor(
    readonly hook: string,
    readonly settings: BreakerSettings,
    readonly clock: HostClock,
  ) {}

  get open(): boolean {
    return this.#openUntil > 0
  }

  /** True when the call may run. Every true is followed by `passed`, `failed` or `cancelled`. */
  admit(): boolean {
    if (this.#openUntil === 0) return true
    if (this.#trying || this.clock.now() < this.#openUntil) return false
    this.#trying = true
    return true
  }

  passed(): void {
    this.#failures = 0
    this.#openUntil = 0
    this.#trying = false
  }

  /** The call ended without a verdict: its caller went away. */
  cancelled(): void {
    this.#trying = false
  }

  failed(): void {
    this.#failures += 1
    this.#trying = false
    const { failures, retryMs } = this.settings
    if (failures > 0 && this.#failures >= failures) this.#openUntil = this.clock.now() + retryMs
  }
}
