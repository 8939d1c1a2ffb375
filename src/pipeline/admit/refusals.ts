import type { RateRefusal } from "../../accounts/limits/shared-rates.ts"
import { moneyRefusal, rateRefusal } from "../../accounts/limits/told.ts"
import { GatewayError } from "../../contract/index.ts"
import type { Exchange } from "../exchange.ts"

/** Why a request cannot be paid for: the limit that leaves least, with what is left of it and when that changes. */
export function noMoney(exchange: Exchange, neededNano: number, what?: string, payer = exchange.payer): GatewayError {
  const { services } = exchange
  const least = services.budgets.leastOf(payer, services.now())
  if (!least) return new GatewayError("internal", "A request was refused for its cost where nothing limits it.")
  return moneyRefusal(least, neededNano, what)
}

export const tooFast = ({ services }: Exchange, refusal: RateRefusal): GatewayError =>
  rateRefusal(refusal, services.now())
