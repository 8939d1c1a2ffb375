import { type AbilityName, inputTokens, outputTokens, type Usage } from "../../contract/index.ts"
import { costNano } from "../../ledger/money.ts"
import { admitted } from "../admit/admit.ts"
import { noMoney } from "../admit/refusals.ts"
import type { Exchange } from "../exchange.ts"
import type { PlannedAttempt } from "../plan/types.ts"
import { expectedUsage } from "./expected.ts"
import type { Work } from "./work.ts"

/**
 * May this key make this call now? It holds what the call costs at the dearest offer of the plan, or is refused: there is no output limit
 * that could be lowered, as for a conversation.
 */
export function admitCall<Name extends AbilityName>(
  exchange: Exchange,
  planned: readonly PlannedAttempt[],
  work: Work<Name>,
): undefined | Promise<void> {
  const usageAt = (offerKey: string): Usage => expectedUsage(work, exchange.services.estimateInput(exchange, offerKey))
  return admitted(exchange, planned, {
    tokens: () => {
      const usage = planned[0] && usageAt(planned[0].offer.key)
      return usage ? inputTokens(usage) + outputTokens(usage) : 0
    },
    hold: (offers, prices) => {
      let toHold = 0
      for (const [index, { offer }] of offers.entries()) {
        const price = prices[index]?.price
        if (price) toHold = Math.max(toHold, costNano(usageAt(offer.key), price))
      }
      hold(exchange, toHold)
    },
  })
}

function hold(exchange: Exchange, toHold: number): void {
  const { services, payer } = exchange
  if (toHold === 0) return
  const now = services.now()
  const { budgets } = services
  const forTwo = exchange.plan?.hedgeMs === undefined ? undefined : budgets.hold(payer, toHold * 2, now)
  const taken = forTwo ?? budgets.hold(payer, toHold, now)
  if (!taken) throw noMoney(exchange, toHold, "this call")
  exchange.paysOnce = !forTwo
  exchange.hold = taken
  exchange.shareNano = toHold
}
