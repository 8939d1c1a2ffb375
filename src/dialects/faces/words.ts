import type { GatewayError } from "../../contract/index.ts"

/** Words of faults that are nobody's business: details are in the log under the request id. */
export const clientMessage = (error: GatewayError, requestId: string): string =>
  error.code === "internal" ? `Internal error; the gateway's log has the details under ${requestId}` : error.message

/** `random` holds letters and digits, at least as many as an id needs. */
export const idCharacters = (random: string, length: number): string => random.slice(0, length)
