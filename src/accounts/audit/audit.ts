import type { Json } from "../../contract/index.ts"
import type { Statement } from "../../store/executor.ts"

/** Who changes something, and from where. */
export interface Actor {
  /** Absent: the gateway itself, or its operator at the command line. */
  readonly keyId?: string
  /** Of the key, or what else did it. */
  readonly name: string
  readonly memberId?: string
  /** The address of the connection; never what a header says. */
  readonly address?: string
  readonly userAgent?: string
  readonly requestId?: string
}

/** A change that was made. `before` and `after` hold no secret; null: it was not there. */
export interface AuditEntry {
  /** `create`, `update`, `delete`, or what else was done: `assign`, `rotate`, `reload` … */
  readonly action: string
  /** `key`, or a kind of object, or of declaration. */
  readonly kind: string
  readonly id: string
  readonly before: Json
  readonly after: Json
}

const insert = `insert or ignore into audit_log
(id, at, actor_key, actor_name, actor_member, address, user_agent, request_id, action, kind, object_id, before, after)
`
const always = "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
/** Looks at the statement before it in the transaction. */
const whenChanged = "select ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? where changes() > 0"

/** Headers are the client's; more than this of one tells nobody anything. */
const longestAgent = 300

/**
 * Goes into the transaction of the change itself, so that there is no change without its line and no line without its change. With
 * `ifChanged` it must follow the change, which may find that there is nothing to do; then there is no line either.
 */
export const auditStatement = (
  { action, kind, id, before, after }: AuditEntry,
  by: Actor,
  at: number,
  newId: string,
  { ifChanged = false }: { readonly ifChanged?: boolean } = {},
): Statement => ({
  sql: insert + (ifChanged ? whenChanged : always),
  args: [
    newId,
    at,
    by.keyId ?? null,
    by.name,
    by.memberId ?? null,
    by.address ?? null,
    by.userAgent?.slice(0, longestAgent) ?? null,
    by.requestId ?? null,
    action,
    kind,
    id,
    before === null ? null : JSON.stringify(before),
    after === null ? null : JSON.stringify(after),
  ],
})
