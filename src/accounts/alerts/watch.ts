import type { AccountId } from "../../store/account-ids.ts"
import { windowStart } from "../../store/windows.ts"
import type { Standing } from "../standing/types.ts"
import { isDue, type Past, spentOf, thresholdsOf, watches } from "./thresholds.ts"
import type { Threshold, WatchRule, WindowSums } from "./types.ts"

/** A threshold that was crossed, and with what. */
export interface Crossing {
  readonly threshold: Threshold
  readonly standing: Standing
  readonly spentNano: number
  readonly windowStart: number
}

interface Watched {
  readonly account: AccountId
  readonly thresholds: readonly Threshold[]
}

const nothing: readonly Watched[] = []

/**
 * Compares what is spent with what is watched, in memory only. Looking at somebody whom no rule watches is one look-up; at somebody who is
 * watched, a comparison per threshold.
 */
export class Watch {
  #rules: readonly WatchRule[] = []
  /** Made once per standing, which a change of any limit makes anew. */
  #watched = new WeakMap<Standing, readonly Watched[]>()
  readonly #past = new Map<string, Past>()

  constructor(private readonly sumsOf: (account: AccountId, now: number) => WindowSums) {}

  setRules(rules: readonly WatchRule[]): void {
    this.#rules = rules.filter(({ disabled }) => disabled !== true)
    this.#watched = new WeakMap()
  }

  get isIdle(): boolean {
    return this.#rules.length === 0
  }

  /** Gives what was crossed, each time only what nobody was told of yet; whoever gets it has to tell, or to call `forget`. */
  look(standing: Standing, now: number): readonly Crossing[] {
    const crossings: Crossing[] = []
    for (const { account, thresholds } of this.#watchedOf(standing)) {
      const sums = this.sumsOf(account, now)
      for (const threshold of thresholds) {
        const spentNano = spentOf(threshold, sums)
        // Nearly always; nothing else is looked at then.
        if (spentNano < threshold.amountNano) continue
        const name = nameOf(threshold.rule.id, account, threshold.name)
        const past = this.#past.get(name)
        const startsAt = windowStart(threshold.window, now)
        if (isDue(threshold, spentNano, past, now)) {
          this.#note(name, startsAt, threshold.amountNano, spentNano)
          crossings.push({ threshold, standing, spentNano, windowStart: startsAt })
        } else if (past && spentNano > (past.seenNano ?? -1)) this.#past.set(name, { ...past, seenNano: spentNano })
      }
    }
    return crossings
  }

  /** Somebody was told before this process began. */
  remember(alert: string, account: string, threshold: string, startsAt: number, amountNano: number): void {
    this.#note(nameOf(alert, account, threshold), startsAt, amountNano, undefined)
  }

  /** What was crossed could not be written down; it is found again with the next look. */
  forget({ threshold, windowStart: startsAt }: Crossing): void {
    const name = nameOf(threshold.rule.id, threshold.account, threshold.name)
    const past = this.#past.get(name)
    if (past?.windowStart !== startsAt) return
    const amounts = new Set(past.amounts)
    amounts.delete(threshold.amountNano)
    if (amounts.size === 0) this.#past.delete(name)
    else this.#past.set(name, { windowStart: startsAt, amounts, seenNano: undefined })
  }

  #note(name: string, startsAt: number, amountNano: number, seenNano: number | undefined): void {
    const past = this.#past.get(name)
    const amounts = new Set(past?.windowStart === startsAt ? past.amounts : [])
    amounts.add(amountNano)
    this.#past.set(name, { windowStart: startsAt, amounts, seenNano })
  }

  #watchedOf(standing: Standing): readonly Watched[] {
    let watched = this.#watched.get(standing)
    if (watched === undefined) {
      watched = this.isIdle ? nothing : this.#find(standing)
      this.#watched.set(standing, watched)
    }
    return watched
  }

  #find(standing: Standing): readonly Watched[] {
    const found = standing.accounts
      .map((account) => ({
        account,
        thresholds: this.#rules
          .filter((rule) => watches(rule, account))
          .flatMap((rule) => thresholdsOf(rule, account, standing)),
      }))
      .filter(({ thresholds }) => thresholds.length > 0)
    return found.length === 0 ? nothing : found
  }
}

const nameOf = (alert: string, account: string, threshold: string): string => `${alert} ${account} ${threshold}`
