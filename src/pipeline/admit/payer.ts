import type { Exchange } from "../exchange.ts"
import type { Payer } from "../services.ts"

/**
 * What pays for a request by the limits of this moment: somebody may have changed them since it began, or paid in. What it is counted on
 * stays as it was.
 */
export function payerNow({ services, standing, payer, paysBrought }: Exchange): Payer {
  const { limits } = services.standings.latest(standing)
  if (limits === standing.limits) return payer
  const { accounts } = payer
  const counts = (limit: (typeof limits)[number]) =>
    accounts.includes(limit.account) && (!paysBrought || limit.countsByok)
  return { accounts, limits: limits.filter(counts) }
}
