import { type Logger, messageOf, type Strategy, type StrategyCall } from "../../../contract/index.ts"
import type { Wanted } from "../preferences/layers.ts"
import { rankIn } from "../preferences/slugs.ts"
import { isOpen, last, type Ranked } from "./ranked.ts"
import { failsTools, sorted } from "./sort.ts"
import { isTooSlow } from "./thresholds.ts"

/** Who balances where nobody sorts. */
export interface Balancing {
  readonly strategy: Strategy | undefined
  readonly call: StrategyCall
  /** The request brings tools: whose calls of them go wrong more often than those of others comes behind them. */
  readonly hasTools: boolean
  readonly log: Pick<Logger, "warn">
}

/**
 * The candidates of one model, or of all where they compete: those that `order` names, in that order, then the rest sorted or balanced,
 * what is too slow behind them; what is to be left alone comes last.
 */
export function ordered(list: readonly Ranked[], wanted: Wanted, balancing: Balancing): readonly Ranked[] {
  if (list.length < 2) return list
  const { order } = wanted
  const named = order ? list.filter(({ offer }) => rankIn(order, offer) < order.length) : []
  const others = named.length === 0 ? list : list.filter((ranked) => !named.includes(ranked))
  if (order) named.sort((left, right) => rankIn(order, left.offer) - rankIn(order, right.offer))
  const by = wanted.sort?.by
  const arranged = by === undefined ? skilled(balanced(others, balancing), balancing) : sorted(others, by)
  const swift = last(arranged, (ranked) => isTooSlow(ranked, wanted))
  return last(named.length === 0 ? swift : [...named, ...swift], isOpen)
}

/** Without being asked (openrouter.ai, Auto Exacto). */
const skilled = (list: readonly Ranked[], { hasTools }: Balancing): readonly Ranked[] =>
  hasTools ? last(list, failsTools(list)) : list

/** As the strategy says. It orders: what it leaves out comes last, what it made up does not come. */
function balanced(list: readonly Ranked[], { strategy, call, log }: Balancing): readonly Ranked[] {
  if (!strategy || list.length < 2) return list
  try {
    const found = new Set<Ranked>()
    const candidates = list.map(({ candidate }) => candidate)
    for (const { offer } of strategy.order(candidates, call)) {
      const ranked = list.find((one) => one.offer === offer)
      if (ranked) found.add(ranked)
    }
    for (const ranked of list) found.add(ranked)
    return [...found]
  } catch (thrown) {
    log.warn("strategy failed; the configured order is used", { strategy: strategy.name, error: messageOf(thrown) })
    return list
  }
}
