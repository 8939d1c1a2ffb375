import type { StreamRecovery } from "../../config/config.ts"
import type { Exclusion, RouteRecord } from "../../contract/index.ts"
import type { Mutable } from "../../contract/mutable.ts"
import type { LiveOffer } from "../services.ts"
import { demandRecord } from "./demand/demand-record.ts"
import type { Inquiry } from "./inquiry.ts"
import type { Plan, PlannedAttempt, Targets } from "./types.ts"

/** What planning came to. The record is written when somebody asks for it, which for most requests is when they are settled. */
export class MadePlan implements Plan {
  attempts: readonly PlannedAttempt[]
  /** Who ordered the attempts. */
  readonly strategy: string
  readonly excluded: readonly Exclusion[]
  readonly notes: string[]
  readonly zdr: boolean
  readonly #inquiry: Inquiry
  readonly #targets: Targets

  constructor(
    inquiry: Inquiry,
    made: {
      readonly attempts: readonly PlannedAttempt[]
      readonly strategy: string
      readonly excluded: readonly Exclusion[]
      readonly notes: string[]
      readonly targets: Targets
      readonly zdr: boolean
    },
  ) {
    this.#inquiry = inquiry
    this.attempts = made.attempts
    this.strategy = made.strategy
    this.excluded = made.excluded
    this.notes = made.notes
    this.zdr = made.zdr
    this.#targets = made.targets
  }

  get hedgeMs(): number | undefined {
    return this.#targets.hedgeMs
  }

  /** Said closest to the request counts: its header, the policy that it names, its key, the configuration. */
  get streamRecovery(): StreamRecovery {
    const { streamRecovery, principal, snapshot } = this.#inquiry
    return (
      streamRecovery ??
      this.#targets.streamRecovery ??
      principal.routing?.streamRecovery ??
      snapshot.config.routing.streamRecovery
    )
  }

  /** The same offers in another order. */
  rearrange(attempts: readonly PlannedAttempt[], note: string): void {
    this.attempts = attempts
    this.notes.push(note)
  }

  get record(): RouteRecord {
    const { strategy, attempts, excluded, notes } = this
    const planned = attempts.map(({ offer }) => offer.key)
    return withDemand({ strategy, planned, excluded, notes }, this.#inquiry, attempts[0]?.offer)
  }
}

/** Of a request that was refused before anybody looked where it could go. */
export const unplanned = (inquiry: Inquiry): RouteRecord =>
  withDemand({ strategy: "none", planned: [] }, inquiry, undefined)

/** Filled in, not spread: this runs for every request. */
function withDemand(
  { strategy, planned, excluded = [], notes = [] }: Omit<RouteRecord, "demand">,
  inquiry: Inquiry,
  offer: LiveOffer | undefined,
): RouteRecord {
  const { conversation } = inquiry
  const record: Mutable<RouteRecord> = { strategy, planned, demand: demandRecord(inquiry, offer) }
  if (excluded.length > 0) record.excluded = excluded
  if (notes.length > 0) record.notes = notes
  if (conversation) record.conversation = conversation.hash
  if (conversation?.isNamed) record.conversationIsNamed = true
  return record
}
