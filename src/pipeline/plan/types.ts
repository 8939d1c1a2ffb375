import type { StreamRecovery } from "../../config/config.ts"
import type { Exclusion, JsonObject, RouteRecord } from "../../contract/index.ts"
import type { LiveOffer } from "../services.ts"

/** One offer to try, and how often more before the next one. */
export interface PlannedAttempt {
  readonly offer: LiveOffer
  readonly retries: number
}

/** What a name leads to: one model's offers, unordered, with what its alias, suffix, policy or preset wants of them. */
export interface Target {
  /** Public name of the model, without suffixes. */
  readonly model: string
  readonly offers: readonly LiveOffer[]
  readonly retries: number
  /** Objects like a request's `provider`, outermost first. Their restrictions add up; of their wishes the innermost counts. */
  readonly preferences: readonly JsonObject[]
  /** The share that a policy gives this target; 1 where none does. */
  readonly weight: number
}

/** What the names of a request lead to, in the order in which they are to be tried. */
export interface Targets {
  readonly targets: readonly Target[]
  /** What was decided on the way: alias taken, draw of a policy, model chosen by a router. */
  readonly notes: readonly string[]
  /** Of the outermost policy that says so. */
  readonly hedgeMs?: number
  readonly streamRecovery?: StreamRecovery
}

/** Which offers are tried, in which order, and why. */
export interface Plan {
  readonly attempts: readonly PlannedAttempt[]
  /** Who ordered the attempts. */
  readonly strategy: string
  readonly excluded: readonly Exclusion[]
  readonly record: RouteRecord
  /** What was decided on the way, part of the record; whoever decides something later adds to it. */
  readonly notes: string[]
  readonly hedgeMs: number | undefined
  readonly streamRecovery: StreamRecovery
  /** Somebody who has a say in it wants upstreams that keep nothing: the request, a name on the way to an offer, the key, the configuration. */
  readonly zdr: boolean
  /** The same offers in another order, and why. */
  rearrange(attempts: readonly PlannedAttempt[], note: string): void
}
