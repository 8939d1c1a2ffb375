import type { KeyRouting } from "../config/config.ts"
import type { Statement } from "../store/executor.ts"
import type { keys } from "../store/schema.ts"
import type { Principal } from "./principal.ts"

type KeyRow = typeof keys.$inferSelect

export const principalOf = (row: KeyRow): Principal =>
  Object.freeze({
    keyId: row.id,
    name: row.name,
    label: row.label,
    kind: row.kind,
    ...(row.limitNano === null ? {} : { limitNano: row.limitNano }),
    limitReset: row.limitReset,
    strict: row.strict,
    ...(row.routing === null ? {} : { routing: JSON.parse(row.routing) as KeyRouting }),
    ...(row.expiresAt === null ? {} : { expiresAtMs: row.expiresAt }),
    disabled: row.disabled,
    source: row.source,
    createdAtMs: row.createdAt,
    ...(row.updatedAt === null ? {} : { updatedAtMs: row.updatedAt }),
    ...(row.createdBy === null ? {} : { createdBy: row.createdBy }),
  })

const columns = [
  "id",
  "name",
  "label",
  "kind",
  "source",
  "created_at",
  "updated_at",
  "expires_at",
  "disabled",
  "limit_nano",
  "limit_reset",
  "strict",
  "routing",
  "created_by",
] as const

const upsert = `insert into keys (${columns.join(", ")}) values (${columns.map(() => "?").join(", ")})
on conflict (id) do update set ${columns
  .filter((name) => name !== "id" && name !== "created_at")
  .map((name) => `${name} = excluded.${name}`)
  .join(", ")}, deleted_at = null`

/** Writes the whole key, as new or over the old one; twice is the same as once. */
export const saveKey = (principal: Principal): Statement => ({
  sql: upsert,
  args: [
    principal.keyId,
    principal.name,
    principal.label,
    principal.kind,
    principal.source,
    principal.createdAtMs,
    principal.updatedAtMs ?? null,
    principal.expiresAtMs ?? null,
    principal.disabled ? 1 : 0,
    principal.limitNano ?? null,
    principal.limitReset,
    principal.strict ? 1 : 0,
    principal.routing ? JSON.stringify(principal.routing) : null,
    principal.createdBy ?? null,
  ],
})

/** The row stays for the names in the ledger. */
export const removeKey = (keyId: string, nowMs: number): Statement => ({
  sql: "update keys set deleted_at = ?, disabled = 1 where id = ?",
  args: [nowMs, keyId],
})
