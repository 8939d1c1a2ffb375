import type { SpentBefore } from "../../accounts/limits/shared-budgets.ts"
import type { Principal } from "../../accounts/principal.ts"
import { GatewayError } from "../../contract/index.ts"
import type { Replanned } from "../../pipeline/replay/plan-again.ts"
import { abilityOf } from "../../pipeline/replay/recorded-demand.ts"
import type { Recorded } from "../../pipeline/replay/recorded-inquiry.ts"
import type { Snapshot } from "../../pipeline/services.ts"
import { chanceOf } from "./chance.ts"
import { type CostThen, costThen, hasUsage } from "./cost-then.ts"
import { keysIn, likenessOf, routed, type Would } from "./destination.ts"
import { Limits, needOf } from "./limits.ts"
import { PromptCaches } from "./prompt-caches.ts"
import { endOf, failedIn, isRefusedForMoney, type Was, wasOf } from "./recorded.ts"
import { type Side, Track } from "./track.ts"

/** What would have become of a recorded request. */
export interface Verdict {
  readonly row: Recorded
  readonly was: Was
  readonly would: Would
  /** Absent where there is nothing to compare: it was not answered, or would not be. */
  readonly cost?: CostThen | "no price"
  /** Its conversation lost its prompt cache, and had not lost it before. */
  readonly losesCache: boolean
}

export interface ReplayParts {
  /** The configuration that serves now, and the one that is tried out. */
  readonly present: Side
  readonly next: Side
  /** Set to the time of each request; prices are asked for by it. */
  readonly clock: { time: number; now(): number }
  readonly from: number
  /** What accounts had spent by then. */
  readonly spent: readonly SpentBefore[]
  readonly seed: number
  /** What failed when it was recorded is left alone for its cool-down. */
  readonly recordedHealth: boolean
}

/** So often a draw is looked for with which the present configuration decides as it did. */
const mostDraws = 16
/** Where the configuration does not keep conversations at their upstream, as long as most vendors keep a prompt. */
const usualWindowMs = 600_000

/**
 * Plans recorded requests again, in the order in which they were billed: in the present configuration and in another one, with the same
 * chance, so that only what the other one changes is a change. The present one goes on from what happened, the other one from what would
 * have happened.
 */
export class Replay {
  readonly #parts: ReplayParts
  readonly #present: Track
  readonly #next: Track
  readonly #caches: PromptCaches
  readonly #limits: Limits

  constructor(parts: ReplayParts) {
    this.#parts = parts
    this.#present = new Track(parts.present, parts.clock)
    this.#next = new Track(parts.next, parts.clock)
    const { stickyMs } = parts.next.snapshot.config.routing
    this.#caches = new PromptCaches(stickyMs === 0 ? usualWindowMs : stickyMs)
    this.#limits = new Limits(parts.spent, parts.from)
  }

  get limits(): Limits {
    return this.#limits
  }

  get present(): Snapshot {
    return this.#parts.present.snapshot
  }

  get next(): Snapshot {
    return this.#parts.next.snapshot
  }

  /** Throws NotWrittenDown. */
  async replay(row: Recorded): Promise<Verdict> {
    this.#parts.clock.time = row.createdAt
    const was = wasOf(row)
    const asking = this.#askers(row)
    const planned = await this.#plan(row, was, asking)
    const verdict = await this.#judge(row, was, asking, planned)
    this.#note(row, was, planned, verdict)
    return verdict
  }

  /** A key that is gone, or switched off, in both is no change. */
  #askers({ keyId, createdAt }: Recorded): Asking {
    const { present, next } = this.#parts
    const [before, would] = [present.asker(keyId, createdAt), next.asker(keyId, createdAt)]
    const now = GatewayError.is(before) ? undefined : before
    if (!GatewayError.is(would)) return { now, would, as: now ?? would }
    const as = now ?? unknown(keyId)
    return now ? { now, would, as } : { now, would: as, as }
  }

  /** In both, with a draw that leads to what was decided, if there is one among a few. */
  async #plan(row: Recorded, was: Was, { would, as }: Asking): Promise<Planned> {
    const { planned } = row.route
    const depth = was.key === undefined ? 1 : Math.max(1, planned.indexOf(was.key) + 1)
    let best: { readonly draw: number; readonly present: Replanned; readonly likeness: number } | undefined
    for (let draw = 0; draw < mostDraws; draw++) {
      const present = await this.#present.plan(row, as, this.#chance(row, draw))
      const likeness = likenessOf(keysIn(present), planned, depth)
      if (!best || likeness > best.likeness) best = { draw, present, likeness }
      if (likeness === depth || !this.#present.drew) break
    }
    const { draw, present } = best!
    const next: Replanned = GatewayError.is(would)
      ? { refused: would, rule: would.code }
      : await this.#next.plan(row, would, this.#chance(row, draw))
    return { present, next }
  }

  #chance({ requestId }: Recorded, draw: number): () => number {
    return chanceOf(`${this.#parts.seed}\n${requestId}\n${draw}`)
  }

  async #judge(row: Recorded, was: Was, { now, would: asker }: Asking, planned: Planned): Promise<Verdict> {
    const { next } = planned
    const at = endOf(row)
    // Whoever answers in the other configuration: a credential that was brought would have been there as well.
    const byok = row.byok === true
    if ("refused" in next) {
      if (!GatewayError.is(asker)) this.#limits.spend(this.#parts.next.standingOf(asker), row.costNano, 0, at, byok)
      return { row, was, would: { kind: "refused", rule: next.rule, error: next.refused }, losesCache: false }
    }
    const would = routed(row, was, planned.present, next)
    const { key } = would.offer
    const turn = { conversation: row.route.conversation, was: was.key, would: key, at }
    const isWarm = this.#caches.isWarm(turn)
    const isCompared = was.kind !== "remembered" && was.kind !== "refused" && !would.isFailed && hasUsage(row)
    const cost = isCompared
      ? (costThen(row, await this.#parts.next.priceOf(would.offer), key === was.key, isWarm) ?? "no price")
      : undefined
    const principal = asker as Principal
    const spender = this.#parts.next.standingOf(principal)
    // What nobody knows a price of is billed as nothing.
    const nano = cost === undefined ? row.costNano : cost === "no price" ? 0 : cost.nano
    const prices = await Promise.all(next.attempts.map(({ offer }) => this.#parts.next.priceOf(offer)))
    const { inputTokens } = row.route.demand
    const isCall = abilityOf(row.api) !== undefined
    const refused =
      was.kind === "remembered"
        ? undefined
        : this.#limits.refusal({
            principal,
            spender,
            before: now && this.#parts.present.standingOf(now),
            at: row.createdAt,
            wasRefused: isRefusedForMoney(was),
            byok,
            needNano: needOf(prices, { inputTokens, isCall, costNano: nano }),
          })
    if (refused) return { row, was, would: { kind: "refused", rule: "spend_limit", error: refused }, losesCache: false }
    this.#limits.spend(spender, row.costNano, nano, at, byok)
    const lostTokens = typeof cost === "object" ? cost.lostTokens : 0
    if (was.kind !== "remembered" && was.kind !== "failed" && !would.isFailed) this.#caches.note(turn)
    return {
      row,
      was,
      would,
      ...(cost === undefined ? {} : { cost }),
      losesCache: lostTokens > 0 && this.#caches.lose(row.route.conversation),
    }
  }

  #note(row: Recorded, was: Was, { present, next }: Planned, { would, cost }: Verdict): void {
    const { route, usage, attempts } = row
    const { conversation: hash, conversationIsNamed: isNamed = false } = route
    const now = endOf(row)
    if (this.#parts.recordedHealth) for (const track of [this.#present, this.#next]) track.past.note(attempts)
    if (hash === undefined) return
    const conversation = { hash, isNamed }
    const failed = [...failedIn(row, was)]
    if (isSticky(present)) {
      const answered =
        was.kind === "answered" && was.key !== undefined ? { offer: was.key, usage, price: row.price } : {}
      this.#present.note({ conversation, failed, now, isHelp: isHelp(row), ...answered })
    }
    if (would.kind === "routed" && isSticky(next)) {
      const { offer, isFailed } = would
      const isCold = typeof cost === "object" && cost.lostTokens > 0
      const used = isCold ? { ...usage, input: { ...usage.input, cacheRead: 0 } } : usage
      const answered = isFailed || was.kind === "failed" ? {} : { offer: offer.key, usage: used, price: offer.price }
      this.#next.note({ conversation, failed, now, isHelp: offer.key === was.key && isHelp(row), ...answered })
    }
  }
}

/** Who asks: as in the present configuration, as in the other one, and as whom the present one is asked. */
interface Asking {
  readonly now: Principal | undefined
  readonly would: Principal | GatewayError
  readonly as: Principal
}

interface Planned {
  readonly present: Replanned
  readonly next: Replanned
}

/** A key of which nobody knows any more what it might do. */
const unknown = (keyId: string): Principal => ({
  keyId,
  name: keyId.slice(0, 12),
  label: keyId.slice(0, 12),
  kind: "inference",
  limitReset: "never",
  strict: false,
  disabled: false,
  source: "store",
  createdAtMs: 0,
})

const isSticky = (planned: Replanned): boolean => !("refused" in planned) && planned.isSticky

/** It helped out where another one was late. */
const isHelp = ({ attempts }: Recorded): boolean =>
  attempts.some(({ role, outcome }) => role === "hedge" && outcome === "ok")
