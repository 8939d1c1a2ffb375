import { type AskedKey, isOwnKey, type KeyFieldNames, type KeyPatch } from "../../../accounts/key-rules.ts"
import * as managedKeys from "../../../accounts/managed-keys.ts"
import type { Principal } from "../../../accounts/principal.ts"
import { GatewayError } from "../../../contract/index.ts"
import { keyRoom } from "../../key-room.ts"
import type { Authorized } from "../../rights/authorize.ts"
import type { HttpServices } from "../../services.ts"

/** How owners are named in the body of a key. */
const ownerFields = { member: "user_id", "service-account": "service_account_id", group: "group_id" } as const

/** How the fields are called that rules complain of. */
const namesIn = (form: "manage" | "seed", { details }: KeyPatch = {}): KeyFieldNames => ({
  owner: ownerFields[details?.owner?.kind ?? "member"],
  manage: "permissions.manage",
  ...(form === "seed" ? { expiresAtMs: "expiry" } : {}),
})

export const visibleKeys = (services: HttpServices, asked: Authorized): readonly Principal[] =>
  managedKeys.keysFor(keyRoom(services), asked)

/** The key of an address; `self` is the one that asks. Somebody else's is as unknown as one that never was. */
export function keyNamed(services: HttpServices, asked: Authorized, id: string): Principal {
  if (id === "self") return asked.by
  const key = services.keys.get(id)
  if (!key || !isOwnKey(services.directory, asked, key))
    throw new GatewayError("not_found", "not found: there is no such key.")
  return key
}

export const createKey = (services: HttpServices, asked: Authorized, wish: AskedKey, form: "manage" | "seed") =>
  managedKeys.makeKey(keyRoom(services), asked, wish, namesIn(form, wish))

export const changeKey = (services: HttpServices, asked: Authorized, id: string, wish: KeyPatch): Promise<Principal> =>
  managedKeys.changeKey(keyRoom(services), asked, keyNamed(services, asked, id).keyId, wish, namesIn("manage"))

export async function deleteKey(services: HttpServices, asked: Authorized, id: string): Promise<string> {
  const { keyId } = keyNamed(services, asked, id)
  await managedKeys.removeKey(keyRoom(services), asked, keyId)
  return keyId
}
