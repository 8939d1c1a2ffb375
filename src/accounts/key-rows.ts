import type { KeyRouting } from "../config/config.ts"
import { isObject, type Json } from "../contract/index.ts"
import type { Statement } from "../store/executor.ts"
import type { keys } from "../store/schema.ts"
import type { KeyDetails, Principal } from "./principal.ts"

type KeyRow = typeof keys.$inferSelect

/**
 * A key whose routing or details cannot be read is switched off (`complain` is told): what it may use and whose it is are not known any more,
 * and without them it would be more than it was.
 */
export const principalOf = (row: KeyRow, complain: (row: KeyRow, thrown: unknown) => void): Principal => {
  const routing = objectOf<KeyRouting>(row, row.routing, complain)
  const details = objectOf<KeyDetails>(row, row.details, complain)
  return Object.freeze({
    keyId: row.id,
    name: row.name,
    label: row.label,
    kind: row.kind,
    ...(row.limitNano === null ? {} : { limitNano: row.limitNano }),
    limitReset: row.limitReset,
    strict: row.strict,
    ...(routing.value === undefined ? {} : { routing: routing.value }),
    ...(details.value === undefined ? {} : { details: details.value }),
    ...(row.expiresAt === null ? {} : { expiresAtMs: row.expiresAt }),
    disabled: row.disabled || !routing.isReadable || !details.isReadable,
    source: row.source,
    createdAtMs: row.createdAt,
    ...(row.updatedAt === null ? {} : { updatedAtMs: row.updatedAt }),
    ...(row.createdBy === null ? {} : { createdBy: row.createdBy }),
  })
}

const objectOf = <Value>(
  row: KeyRow,
  text: string | null,
  complain: (row: KeyRow, thrown: unknown) => void,
): { readonly value?: Value; readonly isReadable: boolean } => {
  if (text === null) return { isReadable: true }
  try {
    const value = JSON.parse(text) as Json
    if (!isObject(value)) throw new Error("It is no object.")
    return { value: value as Value, isReadable: true }
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
  "details",
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
    principal.details ? JSON.stringify(principal.details) : null,
  ],
})

/** The row stays for the names in the ledger. */
export const removeKey = (keyId: string, nowMs: number): Statement => ({
  sql: "update keys set deleted_at = ?, disabled = 1 where id = ?",
  args: [nowMs, keyId],
})

/** A key as the audit log shows it; of its token no more than its label. */
export const shownKey = (principal: Principal | undefined): Json =>
  principal === undefined ? null : (JSON.parse(JSON.stringify(principal)) as Json)
