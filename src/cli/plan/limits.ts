import { type Budgets, createBudgets } from "../../accounts/limits/budgets.ts"
import type { SpentBefore } from "../../accounts/limits/shared-budgets.ts"
import { moneyRefusal } from "../../accounts/limits/told.ts"
import type { Spender, SpendLimit } from "../../accounts/limits/types.ts"
import type { Principal } from "../../accounts/principal.ts"
import type { GatewayError } from "../../contract/index.ts"
import { type WorstCase, worstCaseNano } from "../../ledger/money.ts"
import type { OfferPrice } from "../../ledger/prices.ts"
import { shortestAnswerTokens } from "../../pipeline/admit/pieces.ts"
import type { AccountId } from "../../store/account-ids.ts"

/** A limit that would not have paid for all that was asked of it. */
export interface Tripped {
  readonly limit: SpendLimit
  /** The first key that it refused. */
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

/** A key, and all that limits what it may spend. */
export interface Asker {
  readonly principal: Principal
  readonly spender: Spender
}

export interface Asked extends Asker {
  /** What limits the same key as it is configured now; undefined: it is not known now. */
  readonly before: Spender | undefined
  readonly at: number
  readonly wasRefused: boolean
  /** What has to be left for it to be let in. */
  readonly needNano: number
  /** It was made with a credential that somebody brought: only limits that count those limit it. */
  readonly byok: boolean
}

const payerOf = (spender: Spender, byok: boolean): Pick<Spender, "accounts" | "limits"> =>
  byok ? { accounts: spender.accounts, limits: spender.limits.filter(({ countsByok }) => countsByok) } : spender

/** The limits on money, over the time of the recorded requests. */
export class Limits {
  readonly #budgets: Budgets = createBudgets()
  readonly #accounts = new Map<AccountId, Account>()
  readonly #tripped = new Map<string, Tripped>()

  constructor(spent: readonly SpentBefore[], from: number) {
    this.#budgets.load(spent, from)
  }

  /** Limits that refused something, the first one first. */
  get tripped(): readonly Tripped[] {
    return [...this.#tripped.values()].sort((left, right) => left.at - right.at)
  }

  /** The refusal, or undefined. As long as nothing is different for an account, what happened is what would have happened. */
  refusal(asked: Asked): GatewayError | undefined {
    const { principal, spender, before, at, wasRefused, needNano, byok } = asked
    const payer = payerOf(spender, byok)
    const least = this.#budgets.leastOf(payer, at)
    if (!least) return undefined
    const accounts = spender.accounts.map((id) => this.#account(id))
    const isAsRecorded =
      accounts.every(({ isInStep, driftNano }) => isInStep && driftNano === 0) &&
      before !== undefined &&
      limitsAlike(spender, before)
    const isRefused = isAsRecorded ? wasRefused : needNano > this.#budgets.available(payer, at)
    if (isRefused !== wasRefused) for (const account of accounts) account.isInStep = false
    if (!isRefused) return undefined
    const { limit } = least
    const name = [limit.account, limit.window, limit.code].join(" ")
    const tripped = this.#tripped.get(name) ?? { limit, principal, at, refused: 0, refusedBefore: 0 }
    tripped.refused++
    if (wasRefused) tripped.refusedBefore++
    this.#tripped.set(name, tripped)
    return moneyRefusal(least, needNano)
  }

  /** A request is over. Its output would have been limited to what was left. */
  spend(spender: Spender, wasNano: number, nano: number, at: number, byok: boolean): void {
    const payer = payerOf(spender, byok)
    const accounts = spender.accounts.map((id) => this.#account(id))
    const left = Math.max(0, this.#budgets.available(payer, at))
    const isAsRecorded = nano === wasNano && accounts.every(({ isInStep }) => isInStep)
    const spent = isAsRecorded ? nano : Math.min(nano, left)
    for (const account of accounts) account.driftNano += spent - wasNano
    this.#budgets.spend(payer, spent, at, byok)
  }

  #account(id: AccountId): Account {
    const account = this.#accounts.get(id) ?? { driftNano: 0, isInStep: true }
    this.#accounts.set(id, account)
    return account
  }
}

const limitsAlike = (one: Spender, other: Spender): boolean =>
  one.limits.length === other.limits.length &&
  one.limits.every(({ account, nano, window, countsByok }, index) => {
    const same = other.limits[index]!
    return account === same.account && nano === same.nano && window === same.window && countsByok === same.countsByok
  })

/**
 * What has to be left of a budget for a request to be let in: its input and a short answer at the dearest offer of the plan, as in
 * `pipeline/admit/worst.ts`. What is no conversation has no answer that could be shorter: it needs what it cost.
 */
export function needOf(
  prices: readonly OfferPrice[],
  demanded: { readonly inputTokens: number; readonly isCall: boolean; readonly costNano: number },
): number {
  if (demanded.isCall) return demanded.costNano
  const worst: WorstCase = { inputTokens: demanded.inputTokens, cacheWrites: false }
  return Math.max(0, ...prices.map(({ price }) => (price ? worstCaseNano(price, worst, shortestAnswerTokens) : 0)))
}
