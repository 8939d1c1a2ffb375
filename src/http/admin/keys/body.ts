import type { Look } from "../../../accounts/directory/change.ts"
import type { AskedKey, KeyPatch } from "../../../accounts/key-rules.ts"
import type { Principal } from "../../../accounts/principal.ts"
import type { JsonObject } from "../../../contract/index.ts"
import { flag, oneOf, orNull, readFields, wrong } from "../../fields/fields.ts"
import { limitReset, money } from "../../fields/limits.ts"
import { time } from "../../fields/moments.ts"
import { objectName } from "../../fields/names.ts"
import { detailFields, takeDetails, withIds } from "./details.ts"
import { routingFields, takeRouting } from "./routing.ts"

/** What a new key is to be, as a body says it. Throws `invalid_request`. */
export function newKeyOf(directory: Look, body: JsonObject): AskedKey {
  const fields = readFields(body, {
    name: ["name", objectName],
    kind: ["kind", oneOf("inference", "management")],
    limit: ["limitNano", orNull(money)],
    limit_reset: ["limitReset", limitReset],
    expires_at: ["expiresAtMs", orNull(time)],
    strict: ["strict", flag],
    ...routingFields,
    ...detailFields,
  })
  if (fields.name === undefined) throw wrong("name", "there: a name for people")
  const { rest: plain, routing } = takeRouting(fields, undefined)
  const { rest, details } = takeDetails(plain)
  // Of a new key nothing can be taken away: null is as good as silence.
  const said = Object.entries(rest).filter(([, value]) => value !== null)
  return {
    kind: "inference",
    ...Object.fromEntries(said),
    ...(routing ? { routing } : {}),
    ...(details ? { details: withIds(directory, details) } : {}),
  } as AskedKey
}

/** What is to be different of a key. Throws `invalid_request`. */
export function keyChangeOf(directory: Look, body: JsonObject, before: Principal): KeyPatch {
  const fields = readFields(body, {
    name: ["name", objectName],
    disabled: ["disabled", flag],
    limit: ["limitNano", orNull(money)],
    limit_reset: ["limitReset", limitReset],
    expires_at: ["expiresAtMs", orNull(time)],
    strict: ["strict", flag],
    ...routingFields,
    ...detailFields,
  })
  const { rest: plain, routing } = takeRouting(fields, before.routing)
  const { rest, details } = takeDetails(plain)
  return {
    ...rest,
    ...(routing === undefined ? {} : { routing }),
    ...(details ? { details: withIds(directory, details) } : {}),
  }
}
