import type { AbilityName } from "../../contract/index.ts"
import { costNano } from "../../ledger/money.ts"
import { refusal } from "../admit.ts"
import type { Exchange } from "../exchange.ts"
import type { PlannedAttempt } from "../plan/types.ts"
import { expectedUsage } from "./expected.ts"
import type { Work } from "./work.ts"

/**
 * May this key pay for this call? Holds what it costs at the dearest offer of the plan, or refuses: there is no output limit that could
 * be lowered, as for a conversation.
 */
export async function admitCall<Name extends AbilityName>(
  exchange: Exchange,
  planned: readonly PlannedAttempt[],
  work: Work<Name>,
): Promise<void> {
  const { services, inbound } = exchange
  if (inbound.principal.limitNano === undefined) return
  let toHold = 0
  for (const { offer } of planned) {
    const { price } = await services.priceOf(offer)
    if (!price) continue
    const usage = expectedUsage(work, services.estimateInput(exchange, offer.key))
    toHold = Math.max(toHold, costNano(usage, price))
  }
  if (toHold === 0) return
  const now = services.now()
  const { budgets } = services
  const forTwo = exchange.plan?.hedgeMs === undefined ? undefined : budgets.hold(inbound.principal, toHold * 2, now)
  const hold = forTwo ?? budgets.hold(inbound.principal, toHold, now)
  if (!hold) throw refusal(exchange, toHold, "this call")
  exchange.paysOnce = !forTwo
  exchange.hold = hold
  exchange.shareNano = toHold
}
