import { eq } from "drizzle-orm"
import { GatewayError } from "../contract/errors.ts"
import type { Statement } from "../store/executor.ts"
import type { Store } from "../store/open-store.ts"
import { auditLog } from "../store/schema.ts"

/** Other gateways of the same store, which may change what this one is about to change. */
export interface Rivals {
  /** Takes over what they changed; true where that may be why a change was refused. */
  look(): Promise<boolean>
  /** Whether a line of the audit log is there: the change that it belongs to was made, though nobody heard of it. */
  isOnRecord(line: string): Promise<boolean>
}

/** A change that was thought out, and not yet made. */
export interface Attempt<Result> {
  readonly result: Result
  /** With `unlessOvertaken` in front where there are rivals. */
  readonly statements: readonly Statement[]
  /** Takes it over into memory, once it is on the disk. */
  apply(): void
}

/** Whoever loses so often in a row has company that never stops. */
const mostTries = 8

/** Thinks a change out anew for as long as others are faster, so that none is made from what somebody has just replaced. Throws `conflict`. */
export async function change<Result>(
  { commit, newLine }: { commit(statements: readonly Statement[]): Promise<unknown>; newLine(): string },
  rivals: Rivals | undefined,
  think: (line: string) => Promise<Attempt<Result>>,
): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    const line = newLine()
    const { result, statements, apply } = await think(line)
    try {
      await commit(statements)
    } catch (thrown) {
      if (!rivals) throw thrown
      const isMade = await rivals.isOnRecord(line)
      const isOvertaken = await rivals.look()
      if (isMade) return result
      if (!isOvertaken) throw thrown
      if (tries === mostTries)
        throw new GatewayError("conflict", "This was changed at the same time elsewhere. Look at it and try again.")
      continue
    }
    apply()
    return result
  }
}

/** A value that the table takes from nobody, so that the whole transaction fails. */
const refuse = (scope: string): string => `insert into settings (name, value) select 'overtaken', null where exists (
select 1 from audit_log where number > coalesce((select number from audit_log where id = ?1), ?2) and ${scope})`

const sql = { objects: refuse("kind <> 'key'"), key: refuse("kind = 'key' and object_id = ?3") }

/**
 * Stands in front of a change and refuses it where somebody made another one of the same after the line number `seen`. `line` is the change's
 * own last line: a transaction that is written again because its answer got lost must not take itself for a rival.
 */
export const unlessOvertaken = (seen: number, line: string, keyId?: string): Statement =>
  keyId === undefined ? { sql: sql.objects, args: [line, seen] } : { sql: sql.key, args: [line, seen, keyId] }

export const lineOnRecord = async ({ read }: Pick<Store, "read">, line: string): Promise<boolean> =>
  (await read.select({ number: auditLog.number }).from(auditLog).where(eq(auditLog.id, line))).length > 0
