import { and, eq, gt, inArray, max } from "drizzle-orm"
import type { Statement } from "../store/executor.ts"
import type { Store } from "../store/open-store.ts"
import { auditLog, keys as keysTable } from "../store/schema.ts"
import type { Principal } from "./principal.ts"
import { lineOnRecord, unlessOvertaken } from "./rivals.ts"

/** A key as another gateway left it; without a principal it is gone. */
export interface ChangedKey {
  readonly keyId: string
  readonly principal: Principal | undefined
}

export interface ChangedKeysOptions {
  readonly store: Pick<Store, "read">
  readonly principalOf: (row: typeof keysTable.$inferSelect) => Principal
  /** The newest line of the audit log when keys were read. */
  readonly seen: number
}

/** Ids that one statement asks for; a database takes no more than some thousand values. */
const idsPerQuery = 500

export const newestChange = async ({ read }: Pick<Store, "read">): Promise<number> => {
  const [row] = await read.select({ newest: max(auditLog.number) }).from(auditLog)
  return row?.newest ?? 0
}

/** What other gateways of the same store do with keys. */
export interface KeysElsewhere {
  /** Those that were changed since it was last asked, by whichever gateway. */
  changed(): Promise<readonly ChangedKey[]>
  /** Refuses the transaction in which it stands first where the key was changed since that look; see `unlessOvertaken`. */
  guard(keyId: string, line: string): Statement
  isOnRecord(line: string): Promise<boolean>
}

/**
 * Every change has its line in the audit log, so one look at its newest number tells whether there is something, and its lines tell which
 * keys.
 */
export function createKeysElsewhere({ store, principalOf, seen }: ChangedKeysOptions): KeysElsewhere {
  let known = seen
  const changed = async (): Promise<readonly ChangedKey[]> => {
    // First, so that what is changed in between is looked at again.
    const newest = await newestChange(store)
    if (newest === known) return []
    const rows = await store.read
      .selectDistinct({ keyId: auditLog.objectId })
      .from(auditLog)
      .where(and(gt(auditLog.number, known), eq(auditLog.kind, "key")))
    const ids = rows.map(({ keyId }) => keyId)
    const found = new Map<string, Principal>()
    for (let at = 0; at < ids.length; at += idsPerQuery) {
      const some = inArray(keysTable.id, ids.slice(at, at + idsPerQuery))
      // A key that the file of another gateway declares is not known here by that.
      for (const row of await store.read.select().from(keysTable).where(some))
        if (row.deletedAt === null && row.source === "store") found.set(row.id, principalOf(row))
    }
    known = newest
    return ids.map((keyId) => ({ keyId, principal: found.get(keyId) }))
  }
  return {
    changed,
    guard: (keyId, line) => unlessOvertaken(known, line, keyId),
    isOnRecord: (line) => lineOnRecord(store, line),
  }
}
