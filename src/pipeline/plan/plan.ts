import type { Exchange } from "../exchange.ts"
import type { Inquiry } from "./inquiry.ts"
import { type CostOf, Planning } from "./planning.ts"
import { inquiryOf } from "./request-inquiry.ts"
import { resolveTargets } from "./targets/resolve-targets.ts"
import type { PlannedAttempt } from "./types.ts"

/**
 * Which offers to try, in which order, and why; kept on the exchange, so that asking again costs nothing. Names lead to models and their
 * offers, filters take away what must not be tried, preferences and health order the rest. A promise only where list prices have to be
 * loaded first. Throws where nothing is left, with the rule that took most.
 */
export function plan(
  exchange: Exchange,
  costOf?: CostOf,
): readonly PlannedAttempt[] | Promise<readonly PlannedAttempt[]> {
  if (exchange.plan && exchange.plan.attempts.length > 0) return exchange.plan.attempts
  return planFor(inquiryOf(exchange), costOf)
}

/** The same for any request, also for one that is planned again; made anew each time. */
export function planFor(
  inquiry: Inquiry,
  costOf?: CostOf,
): readonly PlannedAttempt[] | Promise<readonly PlannedAttempt[]> {
  const planning = new Planning(inquiry, resolveTargets(inquiry, inquiry.names), costOf)
  const prices = planning.pricesToLoad()
  return prices ? prices.then(() => planning.make()) : planning.make()
}
