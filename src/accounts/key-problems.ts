import { GatewayError } from "../contract/errors.ts"
import type { Principal } from "./principal.ts"

export const isExpired = (principal: Principal, now: number): boolean =>
  principal.expiresAtMs !== undefined && principal.expiresAtMs <= now

export const unknownKey = (): GatewayError => new GatewayError("invalid_api_key", "This API key is not known here.")

/** Why a key that is known may do nothing at that moment. */
export const stateProblem = (principal: Principal, now: number): GatewayError | undefined => {
  if (principal.disabled) return new GatewayError("key_disabled", "This API key is disabled.")
  return isExpired(principal, now) ? new GatewayError("key_expired", "This API key has expired.") : undefined
}
