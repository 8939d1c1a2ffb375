import type { GatewayError } from "../../contract/index.ts"

/** Words of faults that are nobody's business: details are in the log under the request id. */
export const clientMessage = (error: GatewayError, requestId: string): string =>
  error.code === "internal" ? `Internal error; the gateway's log has the details under ${requestId}` : error.message

/** `random` holds letters and digits; an id needs `length` of them. */
export const idCharacters = (random: string, length: number): string =>
  random
    .replace(/[^A-Za-z0-9]/g, "")
    .slice(0, length)
    .padEnd(length, "0")
