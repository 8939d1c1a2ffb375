import type { PlannedAttempt } from "../plan/types.ts"
import type { OfferPrice } from "../services.ts"

/** What a request will probably use and may cost: of conversations and of calls. */
export interface Reckoning {
  /** Tokens, for rates. */
  tokens(): number
  /** Sets money aside, or throws. */
  hold(planned: readonly PlannedAttempt[], prices: readonly OfferPrice[]): void
}
