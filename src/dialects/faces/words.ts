import type { Availability, GatewayError, JsonObject } from "../../contract/index.ts"

/** Words of faults that are nobody's business: details are in the log under the request id. */
export const clientMessage = (error: GatewayError, requestId: string): string =>
  error.code === "internal" ? `Internal error; the gateway's log has the details under ${requestId}` : error.message

/** `random` holds letters and digits, at least as many as an id needs. */
export const idCharacters = (random: string, length: number): string => random.slice(0, length)

/** `error.availability`, where it is known. */
export const availability = (found: Availability): JsonObject => {
  const { requested_models, affected_providers, excluded_by, fallback_models, constraint, ...plain } = found
  const out: JsonObject = { ...plain, requested_models: [...requested_models] }
  if (affected_providers) out.affected_providers = [...affected_providers]
  if (excluded_by) out.excluded_by = [...excluded_by]
  if (fallback_models) out.fallback_models = [...fallback_models]
  if (constraint) out.constraint = { ...constraint }
  return out
}
