import type { Principal } from "../principal.ts"
import {
  conflict,
  existing,
  type Look,
  type Making,
  type Patch,
  type Planned,
  patched,
  requireFree,
  requireNamed,
} from "./change.ts"
import { isActive, keysOf, namesOf } from "./keys-of.ts"
import type { ServiceAccount } from "./types.ts"

export type NewServiceAccount = Partial<ServiceAccount> & Pick<ServiceAccount, "name">

export function addServiceAccount(look: Look, asked: NewServiceAccount, { newId }: Making): Planned {
  const name = asked.name.trim()
  requireFree(look, "service-account", name)
  requireNamed(look, "group", asked.groupId, "group_id")
  const id = `sa_${newId().replaceAll("-", "")}`
  return { id, steps: [{ kind: "service-account", id, body: { limitReset: "monthly", ...asked, name } }] }
}

export function changeServiceAccount(look: Look, id: string, change: Patch<ServiceAccount>): Planned {
  const after = patched(existing(look, "service-account", id).body, change)
  requireFree(look, "service-account", after.name, id)
  requireNamed(look, "group", change.groupId, "group_id")
  return { id, steps: [{ kind: "service-account", id, body: { ...after, name: after.name.trim() } }] }
}

/** Refused while a key of it could be used: whoever deletes it would cut off what runs with that key, without knowing what that is. */
export function removeServiceAccount(look: Look, id: string, keys: readonly Principal[], now: number): Planned {
  const { body } = existing(look, "service-account", id)
  const active = keysOf(keys, "service-account", id).filter((key) => isActive(key, now))
  if (active.length > 0)
    throw conflict(
      `The service account "${body.name}" still has ${namesOf(active)} that can be used. Disable or delete them first.`,
    )
  return { id, steps: [{ kind: "service-account", id }] }
}
