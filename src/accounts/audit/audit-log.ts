import { and, desc, eq, gte, lt, or, type SQL } from "drizzle-orm"
import type { Json } from "../../contract/index.ts"
import type { Statement } from "../../store/executor.ts"
import type { Store } from "../../store/open-store.ts"
import { auditLog as table } from "../../store/schema.ts"
import { type Actor, type AuditEntry, auditStatement } from "./audit.ts"

/** A change that was made, as it is on record. Time in milliseconds UTC. */
export interface AuditLine extends AuditEntry {
  /** Grows with every line. */
  readonly number: number
  readonly at: number
  readonly actor: Actor
}

/** All that is given must fit. */
export interface AuditQuery {
  readonly kind?: string
  readonly objectId?: string
  readonly action?: string
  /** Id of a key or of a member, or the name of what did it. */
  readonly actor?: string
  readonly from?: number
  readonly to?: number
  /** Only lines with smaller numbers. */
  readonly before?: number
  readonly limit: number
}

export interface AuditLog {
  /** The line of a change that is written elsewhere, for its transaction; see `auditStatement`. */
  statement(entry: AuditEntry, by: Actor, options?: { readonly ifChanged?: boolean }): Statement
  /** Writes the line of something that changes nothing in the store. Resolves when it is on the disk. */
  note(entry: AuditEntry, by: Actor): Promise<void>
  /** Newest first. */
  find(query: AuditQuery): Promise<readonly AuditLine[]>
}

export interface AuditLogOptions {
  readonly store: Pick<Store, "read" | "writer">
  readonly clock: { now(): number }
  readonly newId: () => string
}

export function createAuditLog({ store, clock, newId }: AuditLogOptions): AuditLog {
  const statement: AuditLog["statement"] = (entry, by, options) =>
    auditStatement(entry, by, clock.now(), newId(), options)
  return {
    statement,
    note: async (entry, by) => void (await store.writer.commit([statement(entry, by)])),
    find: async (query) => {
      const rows = await store.read
        .select()
        .from(table)
        .where(and(...conditions(query)))
        .orderBy(desc(table.number))
        .limit(query.limit)
      return rows.map(lineOf)
    },
  }
}

function* conditions({ kind, objectId, action, actor, from, to, before }: AuditQuery): Generator<SQL | undefined> {
  if (kind !== undefined) yield eq(table.kind, kind)
  if (objectId !== undefined) yield eq(table.objectId, objectId)
  if (action !== undefined) yield eq(table.action, action)
  if (actor !== undefined) yield or(eq(table.actorKey, actor), eq(table.actorMember, actor), eq(table.actorName, actor))
  if (from !== undefined) yield gte(table.at, from)
  if (to !== undefined) yield lt(table.at, to)
  if (before !== undefined) yield lt(table.number, before)
}

const jsonOf = (text: string | null): Json => (text === null ? null : (JSON.parse(text) as Json))

const lineOf = (row: typeof table.$inferSelect): AuditLine => ({
  number: row.number,
  at: row.at,
  action: row.action,
  kind: row.kind,
  id: row.objectId,
  before: jsonOf(row.before),
  after: jsonOf(row.after),
  actor: {
    name: row.actorName,
    ...(row.actorKey === null ? {} : { keyId: row.actorKey }),
    ...(row.actorMember === null ? {} : { memberId: row.actorMember }),
    ...(row.address === null ? {} : { address: row.address }),
    ...(row.userAgent === null ? {} : { userAgent: row.userAgent }),
    ...(row.requestId === null ? {} : { requestId: row.requestId }),
  },
})
