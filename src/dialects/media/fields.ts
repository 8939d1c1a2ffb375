import type { JsonObject } from "../../contract/index.ts"
import { defined, Fields, invalid } from "../body/fields.ts"
import { gatewayKeys } from "../body/gateway-keys.ts"

/** Bodies of media requests are read like those of chats. */
export { defined, Fields, invalid }

/** What nobody read and is not addressed to the gateway: `{ extras }` when there is some, so that absent stays absent. */
export const extrasOf = (fields: Fields, more: JsonObject = {}): { readonly extras?: JsonObject } => {
  const rest = Object.entries({ ...fields.rest(), ...more }).filter(
    ([key, value]) => value !== null && !gatewayKeys.has(key) && key !== "metadata",
  )
  return rest.length === 0 ? {} : { extras: Object.fromEntries(rest) }
}
