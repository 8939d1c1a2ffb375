import { Ring } from "../catalog/health/ring.ts"
import { putBounded } from "../contract/bounded.ts"
import type { AttemptRecord, Generation, Logger } from "../contract/index.ts"
import type { Metrics } from "../telemetry/metrics.ts"

/** Milliseconds of an hour that are worth a word in the log. */
const alarmingMs = 60_000
/** Names of open providers come from clients; the oldest are forgotten first. */
const remembered = 1000

const time = 0
const money = 1

interface Hour {
  readonly ring: Ring
  /** The log was told, and it has not been better since. */
  isTold: boolean
}

/** What one offer cost others in the last hour. */
export interface Burnt {
  /** `provider/upstream` */
  readonly key: string
  readonly milliseconds: number
  readonly costNano: number
}

/**
 * Time and money that requests lost at upstreams which failed them, before another one answered or all were through. A first choice that
 * is dead stays invisible as long as the second answers; here it is counted, and told once when it passes a minute an hour.
 */
export class Burn {
  readonly #log: Logger
  readonly #hours = new Map<string, Hour>()
  readonly #add: (attempt: AttemptRecord, milliseconds: number) => void

  constructor(metrics: Metrics, log: Logger) {
    this.#log = log
    const labels = ["provider", "model", "code"]
    const seconds = metrics.counter({
      name: "signalbox_fallback_burn_seconds_total",
      help: "Time that requests lost at upstreams which failed them, before they went on to another try.",
      labels,
    })
    const nano = metrics.counter({
      name: "signalbox_fallback_burn_nano_usd_total",
      help: "What those tries cost, in nano-dollars, where they were billed.",
      labels,
    })
    this.#add = ({ provider, model, code = "", costNano = 0 }, milliseconds) => {
      seconds.with(provider, model, code).add(milliseconds / 1000)
      nano.with(provider, model, code).add(costNano)
    }
  }

  /** Of a request with more than one attempt: what failed before the last one. */
  note({ attempts }: Pick<Generation, "attempts">, now: number): void {
    for (const [index, attempt] of attempts.entries()) {
      if (attempt.outcome !== "failed" || index === attempts.length - 1) continue
      const lost = attempt.durationMs + (attempt.queuedMs ?? 0)
      this.#add(attempt, lost)
      this.#noteHour(attempt, Math.round(lost), now)
    }
  }

  /** What was burnt in the last hour, where anything was. */
  *list(now: number): Iterable<Burnt> {
    for (const [key, { ring }] of this.#hours) {
      const milliseconds = ring.sum(now, time)
      if (milliseconds > 0) yield { key, milliseconds, costNano: ring.sum(now, money) }
    }
  }

  #noteHour({ provider, model, code, costNano = 0 }: AttemptRecord, milliseconds: number, now: number): void {
    const key = `${provider}/${model}`
    const hour = this.#hours.get(key) ?? this.#make(key)
    const before = hour.ring.sum(now, time)
    if (before <= alarmingMs) hour.isTold = false
    hour.ring.add(now, time, milliseconds)
    hour.ring.add(now, money, costNano)
    if (hour.isTold || before + milliseconds <= alarmingMs) return
    hour.isTold = true
    this.#log.warn("requests lose time at an upstream that fails them; check it, or take it out of the first place", {
      upstream: key,
      code,
      secondsOfLastHour: Math.round((before + milliseconds) / 1000),
    })
  }

  #make(key: string): Hour {
    const hour = { ring: new Ring(60, 60_000, 2, true), isTold: false }
    putBounded(this.#hours, remembered, key, hour)
    return hour
  }
}
