import { GatewayError } from "../contract/index.ts"
import type { Statement } from "../store/executor.ts"
import type { Look } from "./directory/change.ts"
import type { Directory } from "./directory/directory.ts"
import { withoutAssignment } from "./directory/guardrail-assignments.ts"
import {
  type AskedKey,
  detailsOfChanged,
  detailsOfNew,
  isOwnKey,
  type KeyFieldNames,
  type KeyManager,
  type KeyPatch,
  type RuleGrounds,
  requireCovered,
} from "./key-rules.ts"
import type { KeyChange, Keys } from "./key-types.ts"
import type { RateLimits } from "./limits/types.ts"
import type { Principal } from "./principal.ts"

/** Keys with what the rules about them ask for. */
export interface KeyRoom {
  readonly keys: Keys
  readonly directory: Look & Pick<Directory, "change">
  readonly now: () => number
  /** Of keys that have none of their own. */
  readonly rates?: RateLimits | undefined
}

const groundsOf = ({ directory, now, rates }: KeyRoom): RuleGrounds => ({ directory, now: now(), rates })

/** Oldest first. */
export const keysFor = ({ keys, directory }: KeyRoom, by: KeyManager): readonly Principal[] =>
  keys.list().filter((key) => isOwnKey(directory, by, key))

/** Throws `not_found`, for somebody else's as for one that never was. */
export function keyFor({ keys, directory }: KeyRoom, by: KeyManager, keyId: string): Principal {
  const key = keys.get(keyId)
  if (key === undefined || !isOwnKey(directory, by, key)) throw new GatewayError("not_found", "There is no such key.")
  return key
}

/** Throws what would keep such a key from being made. */
export const checkNewKey = (room: KeyRoom, by: KeyManager, asked: AskedKey, names?: KeyFieldNames): void =>
  void detailsOfNew(groundsOf(room), by, asked, names)

/** The token is in this answer and never again anywhere. `beside` goes into the same transaction. Throws what the rules say. */
export async function makeKey(
  room: KeyRoom,
  by: KeyManager,
  asked: AskedKey,
  names?: KeyFieldNames,
  beside: readonly Statement[] = [],
): Promise<{ readonly token: string; readonly principal: Principal }> {
  const { details: _, ...rest } = asked
  const details = detailsOfNew(groundsOf(room), by, asked, names)
  return room.keys.create({ ...rest, ...(details ? { details } : {}) }, by.actor, beside)
}

/** `patch` may depend on what the key is when its turn has come. Throws `not_found`, `conflict` for a key of the file, and what the rules say. */
export async function changeKey(
  room: KeyRoom,
  by: KeyManager,
  keyId: string,
  patch: KeyPatch | ((now: Principal) => KeyPatch),
  names?: KeyFieldNames,
): Promise<Principal> {
  keyFor(room, by, keyId)
  return room.keys.update(
    keyId,
    (now): KeyChange => {
      const changes = typeof patch === "function" ? patch(now) : patch
      const { details: _, ...rest } = changes
      const details = detailsOfChanged(groundsOf(room), by, now, changes, names)
      return { ...rest, ...(changes.details ? { details } : {}) }
    },
    by.actor,
  )
}

/** `beside` goes into the same transaction. */
export async function removeKey(
  room: KeyRoom,
  by: KeyManager,
  keyId: string,
  beside: readonly Statement[] = [],
): Promise<void> {
  requireCovered(groundsOf(room), by, keyFor(room, by, keyId))
  await room.keys.delete(keyId, by.actor, beside)
  await room.directory.change(by.actor, () => ({ steps: withoutAssignment(room.directory, keyId) }))
}

/** A new token for the same key; the one before it works for as long as is said. */
export async function rotateKey(
  room: KeyRoom,
  by: KeyManager,
  keyId: string,
  graceMs: number,
): Promise<{ readonly token: string; readonly principal: Principal }> {
  requireCovered(groundsOf(room), by, keyFor(room, by, keyId))
  return room.keys.rotate(keyId, graceMs, by.actor)
}
