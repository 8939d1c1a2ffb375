import { GatewayError, messageOf } from "../contract/index.ts"
import { Breaker, type BreakerSettings } from "./breaker.ts"
import { type HostClock, type Timers, withDeadline } from "./timers.ts"

/** `plugins:` in milliseconds. One object per host, replaced field by field on reload, so that live guards follow it. */
export interface GuardSettings extends BreakerSettings {
  hookMs: number
  drainMs: number
}

export interface PluginFault {
  readonly plugin: string
  /** Which hook failed: `guardrail pii.detect`, `setup`, `timer` … */
  readonly hook: string
  readonly message: string
  readonly at: number
  readonly stack?: string
}

/** What a plugin did since the gateway started, over all of its loads. */
export class Meter {
  calls = 0
  failures = 0
  timeMs = 0
  inFlight = 0
  lastFault: PluginFault | undefined
  constructor(readonly plugin: string) {}
}

export interface GuardParts {
  readonly meter: Meter
  readonly settings: GuardSettings
  readonly timers: Timers
  readonly clock: HostClock
  readonly onFault: (fault: PluginFault) => void
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function"

/** Runs the hooks of one plugin instance: counts, limits their time, wraps what they throw, switches off what keeps failing. */
export class Guard {
  readonly breakers: Breaker[] = []
  constructor(readonly parts: GuardParts) {}

  breaker(hook: string): Breaker {
    const breaker = new Breaker(hook, this.parts.settings, this.parts.clock)
    this.breakers.push(breaker)
    return breaker
  }

  /** A hook that may wait. A synchronous answer is passed on without a promise. */
  call<T>(breaker: Breaker, task: () => T | Promise<T>): T | Promise<T> {
    const call = this.begin(breaker)
    let result: T | Promise<T>
    try {
      result = task()
    } catch (thrown) {
      throw call.failed(thrown)
    }
    if (!isThenable(result)) {
      call.passed()
      return result
    }
    return this.#settle(call, breaker.hook, result as Promise<T>)
  }

  async #settle<T>(call: Call, hook: string, result: Promise<T>): Promise<T> {
    try {
      const value = await this.deadline(result, hook)
      call.passed()
      return value
    } catch (thrown) {
      throw call.failed(thrown)
    }
  }

  /** Registers a call that its caller ends itself. Throws while the capability is switched off. */
  begin(breaker: Breaker): Call {
    if (!breaker.admit()) {
      const { plugin } = this.parts.meter
      throw new GatewayError(
        "plugin_failed",
        `The plugin "${plugin}" is switched off after repeated failures; it will be tried again soon.`,
        { detail: breaker.hook },
      )
    }
    return new Call(this, breaker)
  }

  /**
   * A synchronous hook on the path of every request or event: no promise, no clock, no breaker. `counted` is false for functions
   * that run per event.
   */
  hot<A extends unknown[], T>(hook: string, task: (...args: A) => T, counted = true): (...args: A) => T {
    const { meter } = this.parts
    return (...args) => {
      if (counted) meter.calls += 1
      try {
        return task(...args)
      } catch (thrown) {
        if (GatewayError.is(thrown)) throw thrown
        throw this.fault(hook, thrown)
      }
    }
  }

  /** Resolves like the task, or rejects after the hook deadline. */
  deadline<T>(task: Promise<T>, hook: string): Promise<T> {
    const { timers, settings, meter } = this.parts
    return withDeadline(timers, settings.hookMs, `${hook} of the plugin "${meter.plugin}" did not answer`, task)
  }

  /** Counts and reports a failure; gives the error for the caller. A GatewayError of the plugin's own is passed on as it is. */
  fault(hook: string, thrown: unknown): GatewayError {
    const { meter, clock, onFault } = this.parts
    const message = messageOf(thrown)
    const fault: PluginFault = { plugin: meter.plugin, hook, message, at: clock.now(), ...stackOf(thrown) }
    meter.failures += 1
    meter.lastFault = fault
    onFault(fault)
    if (GatewayError.is(thrown)) return thrown
    return new GatewayError("plugin_failed", `The plugin "${meter.plugin}" failed in ${hook}.`, {
      detail: message,
      cause: thrown,
    })
  }
}

/** One running call of a hook. Ends once: by the first of `passed`, `failed` and `cancelled`. */
export class Call {
  readonly #startedAt: number
  #ended = false
  constructor(
    readonly guard: Guard,
    readonly breaker: Breaker,
  ) {
    const { meter } = guard.parts
    meter.calls += 1
    meter.inFlight += 1
    this.#startedAt = elapsed(guard.parts.clock)
  }

  passed(): void {
    if (this.#end()) this.breaker.passed()
  }

  cancelled(): void {
    if (this.#end()) this.breaker.cancelled()
  }

  /** A GatewayError is an answer (an upstream's refusal, a wrong setting), not a fault, unless `fault` says so. */
  failed(thrown: unknown, fault = !GatewayError.is(thrown)): GatewayError {
    const first = this.#end()
    if (!fault && GatewayError.is(thrown)) {
      if (first) this.breaker.passed()
      return thrown
    }
    if (first) this.breaker.failed()
    return this.guard.fault(this.breaker.hook, thrown)
  }

  #end(): boolean {
    if (this.#ended) return false
    this.#ended = true
    const { meter, clock } = this.guard.parts
    meter.inFlight -= 1
    meter.timeMs += elapsed(clock) - this.#startedAt
    return true
  }
}

const stackOf = (thrown: unknown): { stack?: string } =>
  thrown instanceof Error && thrown.stack ? { stack: thrown.stack } : {}

const elapsed = (clock: HostClock): number => clock.elapsed?.() ?? clock.now()
