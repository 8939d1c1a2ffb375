import { type Budgets, createBudgets } from "../../accounts/budgets.ts"
import type { Principal } from "../../accounts/principal.ts"
import type { SpentBefore } from "../../accounts/shared-budgets.ts"
import type { GatewayError } from "../../contract/index.ts"
import { type WorstCase, worstCaseNano } from "../../ledger/money.ts"
import type { OfferPrice } from "../../ledger/prices.ts"
import { limitReached, shortestAnswerTokens } from "../../pipeline/admit.ts"

/** A budget that would not have paid for all that was asked of it. */
export interface Tripped {
  readonly principal: Principal
  /** When the first request was refused, milliseconds UTC. */
  readonly at: number
  /** Requests refused from then on, and those of them that were refused when they were recorded. */
  refused: number
  refusedBefore: number
}

interface Account {
  /** What more, or less, was spent than recorded. */
  driftNano: number
  /** Every request so far was let in, or refused, as it was recorded. */
  isInStep: boolean
}

export interface Asked {
  readonly principal: Principal
  /** The same key as it is configured now; undefined: it is not known now. */
  readonly before: Principal | undefined
  readonly at: number
  readonly wasRefused: boolean
  /** What has to be left for it to be let in. */
  readonly needNano: number
}

/** The limits of keys, over the time of the recorded requests. */
export class Limits {
  readonly #budgets: Budgets = createBudgets()
  readonly #accounts = new Map<string, Account>()
  readonly #tripped = new Map<string, Tripped>()

  constructor(spent: readonly SpentBefore[], from: number) {
    this.#budgets.load(spent, from)
  }

  /** Keys whose budgets refused something, the first one first. */
  get tripped(): readonly Tripped[] {
    return [...this.#tripped.values()].sort((left, right) => left.at - right.at)
  }

  /** The refusal, or undefined. As long as nothing is different for a key, what happened is what would have happened. */
  refusal(asked: Asked): GatewayError | undefined {
    const { principal, before, at, wasRefused, needNano } = asked
    if (principal.limitNano === undefined) return undefined
    const account = this.#account(principal.keyId)
    const isAsRecorded =
      account.isInStep && account.driftNano === 0 && before !== undefined && limitsAlike(principal, before)
    const isRefused = isAsRecorded ? wasRefused : needNano > this.#budgets.available(principal, at)
    if (isRefused !== wasRefused) account.isInStep = false
    if (!isRefused) return undefined
    const tripped = this.#tripped.get(principal.keyId) ?? { principal, at, refused: 0, refusedBefore: 0 }
    tripped.refused++
    if (wasRefused) tripped.refusedBefore++
    this.#tripped.set(principal.keyId, tripped)
    return limitReached(principal, this.#budgets.snapshot(principal, at), needNano)
  }

  /** A request is over. Its output would have been limited to what was left. */
  spend(principal: Principal, wasNano: number, nano: number, at: number): void {
    const account = this.#account(principal.keyId)
    const left = Math.max(0, this.#budgets.available(principal, at))
    const spent = account.isInStep && nano === wasNano ? nano : Math.min(nano, left)
    account.driftNano += spent - wasNano
    this.#budgets.spend(principal, spent, at)
  }

  #account(keyId: string): Account {
    const account = this.#accounts.get(keyId) ?? { driftNano: 0, isInStep: true }
    this.#accounts.set(keyId, account)
    return account
  }
}

const limitsAlike = (one: Principal, other: Principal): boolean =>
  one.keyId === other.keyId && one.limitNano === other.limitNano && one.limitReset === other.limitReset

/**
 * What has to be left of a budget for a request to be let in: its input and a short answer at the dearest offer of the plan, as in
 * `pipeline/admit.ts`. What is no conversation has no answer that could be shorter: it needs what it cost.
 */
export function needOf(
  prices: readonly OfferPrice[],
  demanded: { readonly inputTokens: number; readonly isCall: boolean; readonly costNano: number },
): number {
  if (demanded.isCall) return demanded.costNano
  const worst: WorstCase = { inputTokens: demanded.inputTokens, cacheWrites: false }
  return Math.max(0, ...prices.map(({ price }) => (price ? worstCaseNano(price, worst, shortestAnswerTokens) : 0)))
}
