import { Health, type HealthSettings } from "../../src/catalog/health/health.ts"
import { type ErrorCode, GatewayError } from "../../src/contract/index.ts"
import type { Start } from "../../src/pipeline/attempt/start.ts"
import { endingOf } from "../../src/pipeline/attempt/verdict.ts"
import { Exchange } from "../../src/pipeline/exchange.ts"
import type { PlannedAttempt } from "../../src/pipeline/plan/types.ts"
import { relay } from "../../src/pipeline/relay/relay.ts"
import type { LiveOffer } from "../../src/pipeline/services.ts"

interface Wait {
  readonly at: number
  readonly wake: () => void
}

/** Time that passes as fast as the code under test allows: to the next moment that somebody waits for. */
export class SimulatedClock {
  now = 0
  readonly #waiting: Wait[] = []

  sleep(milliseconds: number): Promise<void> {
    return new Promise((wake) => {
      this.#waiting.push({ at: this.now + milliseconds, wake })
    })
  }

  readonly timer = (milliseconds: number, expire: () => void): (() => void) => {
    const entry = { at: this.now + milliseconds, wake: expire }
    this.#waiting.push(entry)
    return () => {
      const index = this.#waiting.indexOf(entry)
      if (index >= 0) this.#waiting.splice(index, 1)
    }
  }

  /** Until nobody waits any more, or to this time. */
  async run(until = Number.POSITIVE_INFINITY): Promise<void> {
    for (;;) {
      await turns()
      let next: Wait | undefined
      for (const each of this.#waiting) if (!next || each.at < next.at) next = each
      if (!next || next.at > until) break
      this.#waiting.splice(this.#waiting.indexOf(next), 1)
      this.now = Math.max(this.now, next.at)
      next.wake()
    }
    if (Number.isFinite(until)) this.now = until
  }
}

/** Everything that follows from what happened, before time goes on. */
const turns = async () => {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve()
}

/** What an upstream does with a request: answers, after so long, or fails so. */
export type Behaviour =
  | { readonly kind: "answer"; readonly firstMs?: number; readonly wholeMs?: number }
  | { readonly kind: "cut"; readonly firstMs?: number; readonly wholeMs?: number }
  | { readonly kind: "fail"; readonly code: ErrorCode; readonly afterMs?: number; readonly waitMs?: number }

export const answers: Behaviour = { kind: "answer" }
export const dead: Behaviour = { kind: "fail", code: "provider_down" }

export interface SimulatedUpstream {
  readonly id: string
  readonly behave: (now: number, credential: number) => Behaviour
  readonly credentials?: number
  readonly concurrency?: number
  readonly queue?: number
  readonly queueMs?: number
}

export interface SimulatedRequest {
  /** Who answered; undefined = nobody. */
  readonly answeredBy: string | undefined
  readonly code: string | undefined
  /** Ids of the upstreams that it was tried at, in order. */
  readonly tried: readonly string[]
}

/** Upstreams, their health and the relay, without anything else of a gateway. */
export class Simulation {
  readonly clock = new SimulatedClock()
  readonly health: Health
  /** When each upstream was called, by id. */
  readonly calls = new Map<string, number[]>()
  /** The most requests that were at each upstream at once. */
  readonly most = new Map<string, number>()
  readonly #inFlight = new Map<string, number>()
  readonly #upstreams: readonly SimulatedUpstream[]
  readonly #offers: readonly LiveOffer[]

  constructor(upstreams: readonly SimulatedUpstream[], settings: Partial<HealthSettings> = {}) {
    this.#upstreams = upstreams
    this.health = new Health(
      {
        failures: 1,
        cooldownMs: 15_000,
        upstreams: new Map(
          upstreams.map(({ id, credentials = 1, concurrency, queue = 100, queueMs = 30_000 }) => [
            id,
            { credentials, mark: "", limits: { places: concurrency ?? Number.POSITIVE_INFINITY, queue, queueMs } },
          ]),
        ),
        ...settings,
      },
      this.clock.timer,
    )
    this.#offers = upstreams.map(offerOf)
  }

  /** The offers as a plan has them: in configured order, open breakers last. */
  #planned(retries: number): readonly PlannedAttempt[] {
    const isOpen = ({ key }: LiveOffer) => this.health.view(key, this.clock.now).breaker === "open"
    const sorted = [...this.#offers.filter((offer) => !isOpen(offer)), ...this.#offers.filter(isOpen)]
    return sorted.map((offer) => ({ offer, retries }))
  }

  /** One request, from its plan to its first part, or its failure. */
  async request({
    session,
    priority,
    signal = new AbortController().signal,
    planned = this.#planned(0),
  }: {
    readonly session?: string
    readonly priority?: number
    readonly signal?: AbortSignal
    readonly planned?: readonly PlannedAttempt[]
  } = {}): Promise<SimulatedRequest> {
    const tried: string[] = []
    const exchange = this.#exchange(session, priority, signal)
    try {
      const answeredBy = await relay(exchange, planned, (_, start) => this.#attempt(start, tried))
      return { answeredBy, code: undefined, tried }
    } catch (thrown) {
      if (!GatewayError.is(thrown)) throw thrown
      return { answeredBy: undefined, code: thrown.code, tried }
    }
  }

  async #attempt({ offer, visit, credential }: Start, tried: string[]): Promise<string> {
    const { clock } = this
    const { id, behave } = this.#upstreams.find((upstream) => upstream.id === offer.provider)!
    tried.push(id)
    this.calls.set(id, [...(this.calls.get(id) ?? []), clock.now])
    this.#count(id, 1)
    const end = (error?: GatewayError) => {
      this.#count(id, -1)
      visit.ended(clock.now, endingOf(error, { usage: undefined, finishReason: "stop" }))
    }
    const behaviour = behave(clock.now, credential ?? 1)
    if (behaviour.kind === "fail") {
      await clock.sleep(behaviour.afterMs ?? 20)
      const { code, waitMs } = behaviour
      const error = new GatewayError(code, code, waitMs === undefined ? {} : { retryAfterMs: waitMs })
      end(error)
      throw error
    }
    const { firstMs = 100, wholeMs = 1000 } = behaviour
    await clock.sleep(firstMs)
    visit.answered(clock.now)
    visit.spoke(clock.now)
    const broken = behaviour.kind === "cut" ? new GatewayError("stream_interrupted", "cut") : undefined
    void clock.sleep(wholeMs - firstMs).then(() => end(broken))
    return id
  }

  #count(id: string, by: number): void {
    const now = (this.#inFlight.get(id) ?? 0) + by
    this.#inFlight.set(id, now)
    this.most.set(id, Math.max(now, this.most.get(id) ?? 0))
  }

  /** As much of an exchange as relaying looks at. */
  #exchange(session: string | undefined, priority: number | undefined, signal: AbortSignal): Exchange {
    const exchange = Object.create(Exchange.prototype) as Record<string, unknown>
    const conversation = session === undefined ? null : { hash: session, isNamed: true }
    Object.assign(exchange, {
      inbound: { principal: priority === undefined ? {} : { routing: { priority } }, signal },
      fields: { stream: true },
      waits: signal,
      attempts: [],
      underWay: new Set(),
      conversation,
      standing: {},
      snapshot: { config: { retries: { sameUpstream: 0, backoffMs: 1, maxWaitMs: 10 } } },
      services: { health: this.health, now: () => this.clock.now, random: () => 0.5 },
    })
    return exchange as unknown as Exchange
  }
}

function offerOf({ id, credentials = 1 }: SimulatedUpstream): LiveOffer {
  const lives = Array.from({ length: credentials }, () => ({ id, name: id, provider: {}, timeouts: {} }))
  const live = credentials === 1 ? lives[0]! : { ...lives[0]!, byCredential: lives }
  return { model: "m", upstream: "m", provider: id, key: `${id}/m`, wires: [], live } as unknown as LiveOffer
}
