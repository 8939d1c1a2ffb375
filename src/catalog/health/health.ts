export interface HealthSettings {
  /** Failures in a row that start a cool-down. */
  readonly failures: number
  readonly cooldownMs: number
}

interface State {
  failures: number
  coolUntil: number
  /** Length of the latest cool-down; doubles while the upstream keeps failing. */
  lastCooldownMs: number
  latencyMs: number | undefined
  total: number
  failed: number
}

const longestFactor = 10
/** Clients can name any model of an open provider; the oldest names are forgotten first. */
const remembered = 5000
/** Weight of a new latency sample in the running mean. */
const smoothing = 0.2

/**
 * What is known of how each offer has been doing. Kept across reloads, keyed by `provider/upstream`. Only orders attempts; an
 * upstream that cools down is still tried when nothing better is left, so a single upstream is never locked out.
 */
export class Health {
  readonly #states = new Map<string, State>()
  #settings: HealthSettings

  constructor(settings: HealthSettings) {
    this.#settings = settings
  }

  configure(settings: HealthSettings): void {
    this.#settings = settings
  }

  succeeded(key: string, latencyMs: number): void {
    const state = this.#state(key)
    state.total++
    state.failures = 0
    state.coolUntil = 0
    state.lastCooldownMs = 0
    state.latencyMs =
      state.latencyMs === undefined ? latencyMs : state.latencyMs + smoothing * (latencyMs - state.latencyMs)
  }

  /** `waitMs`: what the upstream itself asked for, bounded here. */
  failed(key: string, now: number, waitMs?: number): void {
    const state = this.#state(key)
    state.total++
    state.failed++
    state.failures++
    if (state.failures < this.#settings.failures && waitMs === undefined) return
    const longest = this.#settings.cooldownMs * longestFactor
    // Requests that were under way together fail together; that is one outage and not many in a row.
    if (state.coolUntil <= now) {
      const doubled = state.lastCooldownMs === 0 ? this.#settings.cooldownMs : state.lastCooldownMs * 2
      state.lastCooldownMs = Math.min(longest, doubled)
      state.coolUntil = now + state.lastCooldownMs
    }
    if (waitMs !== undefined) state.coolUntil = Math.max(state.coolUntil, now + Math.min(longest, waitMs))
  }

  cooling(key: string, now: number): boolean {
    const state = this.#states.get(key)
    return state !== undefined && state.coolUntil > now
  }

  latencyMs(key: string): number | undefined {
    return this.#states.get(key)?.latencyMs
  }

  list(now: number): readonly {
    key: string
    cooling: boolean
    coolUntil: number
    latencyMs: number | undefined
    total: number
    failed: number
  }[] {
    return [...this.#states].map(([key, state]) => ({
      key,
      cooling: state.coolUntil > now,
      coolUntil: state.coolUntil,
      latencyMs: state.latencyMs,
      total: state.total,
      failed: state.failed,
    }))
  }

  #state(key: string): State {
    const known = this.#states.get(key)
    if (known) return known
    const fresh: State = { failures: 0, coolUntil: 0, lastCooldownMs: 0, latencyMs: undefined, total: 0, failed: 0 }
    if (this.#states.size >= remembered) this.#states.delete(this.#states.keys().next().value!)
    this.#states.set(key, fresh)
    return fresh
  }
}
