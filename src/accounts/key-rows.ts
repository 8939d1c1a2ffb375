import type { KeyRouting } from "../config/config.ts"
import { isObject, type Json } from "../contract/index.ts"
import type { Statement } from "../store/executor.ts"
import type { keys } from "../store/schema.ts"
import type { Principal } from "./principal.ts"

type KeyRow = typeof keys.$inferSelect

/**
 * A key whose routing cannot be read is switched off (`complain` is told): what it may use is not known any more, and without it it would be
 * more than it was.
 */
export const principalOf = (row: KeyRow, complain: (row: KeyRow, thrown: unknown) => void): Principal => {
  const { routing, isReadable } = routingOf(row, complain)
  return Object.freeze({
    keyId: row.id,
    name: row.name,
    label: row.label,
    kind: row.kind,
    ...(row.limitNano === null ? {} : { limitNano: row.limitNano }),
    limitReset: row.limitReset,
    strict: row.strict,
    ...(routing === undefined ? {} : { routing }),
    ...(row.expiresAt === null ? {} : { expiresAtMs: row.expiresAt }),
    disabled: row.disabled || !isReadable,
    source: row.source,
    createdAtMs: row.createdAt,
    ...(row.updatedAt === null ? {} : { updatedAtMs: row.updatedAt }),
    ...(row.createdBy === null ? {} : { createdBy: row.createdBy }),
  })
}

const routingOf = (
  row: KeyRow,
  complain: (row: KeyRow, thrown: unknown) => void,
): { readonly routing?: KeyRouting; readonly isReadable: boolean } => {
  if (row.routing === null) return { isReadable: true }
  try {
    const routing = JSON.parse(row.routing) as Json
    if (!isObject(routing)) throw new Error("It is no object.")
    return { routing: routing as KeyRouting, isReadable: true }
  } catch (thrown) {
    // What the file says goes over its own keys' rows.
    if (row.source === "store") complain(row, thrown)
    return { isReadable: false }
  }
}

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
