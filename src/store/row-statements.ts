import type { NearRow, RowAbout, RowFilter } from "../contract/rows.ts"
import type { SqlValue, Statement } from "./executor.ts"

/** A plugin's row that is not in the database yet. */
export interface WaitingRow {
  readonly key: string
  readonly value: Uint8Array
  readonly about: RowAbout
  readonly expiresAt: number
  readonly bytes: number
}

/** A copy of its own: what crosses to another thread takes its whole buffer along. */
const bytesOf = (vector: Float32Array): Uint8Array => new Uint8Array(vector.slice().buffer)

const upsertRow = `insert into plugin_rows (plugin, key, owner, topic, expires_at, bytes, cluster, vector, value)
values (?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (plugin, key) do update set owner = excluded.owner, topic = excluded.topic, expires_at = excluded.expires_at,
bytes = excluded.bytes, cluster = excluded.cluster, vector = excluded.vector, value = excluded.value`

export const upsert = (plugin: string, { key, value, about, expiresAt, bytes }: WaitingRow): Statement => {
  const { owner = null, topic = null, vector } = about
  const compared = vector ? [vector.group, bytesOf(vector.values)] : [null, null]
  return { sql: upsertRow, args: [plugin, key, owner, topic, expiresAt, bytes, ...compared, value] }
}

export const removeExpired = (plugin: string, now: number): Statement => ({
  sql: "delete from plugin_rows where plugin = ? and expires_at <= ?",
  args: [plugin, now],
})

export const fits = ({ key, about }: Pick<WaitingRow, "key" | "about">, which: RowFilter): boolean =>
  (which.key === undefined || which.key === key) &&
  (which.owner === undefined || which.owner === about.owner) &&
  (which.topic === undefined || which.topic === about.topic)

export const remove = (plugin: string, which: RowFilter): Statement => {
  const conditions = ["plugin = ?"]
  const args: SqlValue[] = [plugin]
  for (const column of ["key", "owner", "topic"] as const) {
    const wanted = which[column]
    if (wanted === undefined) continue
    conditions.push(`${column} = ?`)
    args.push(wanted)
  }
  return { sql: `delete from plugin_rows where ${conditions.join(" and ")}`, args }
}

/** Keeps those that live longest, as many as there is room for. */
export const evict = (plugin: string, room: { readonly bytes: number; readonly rows: number }): Statement => ({
  sql: `delete from plugin_rows where rowid in (select row from (
select rowid as row, sum(bytes) over newest as total, row_number() over newest as place from plugin_rows where plugin = ?
window newest as (order by expires_at desc, rowid desc)) where total > ? or place > ?)`,
  args: [plugin, room.bytes, room.rows],
})

/** The values are read of the nearest only. */
export const nearestQuery = (
  plugin: string,
  group: string,
  vector: Float32Array,
  count: number,
  now: number,
): Statement => ({
  sql: `select stored.key, stored.value, near.distance from
(select rowid as row, vector_distance_cos(vector, ?) as distance from plugin_rows
where plugin = ? and cluster = ? and expires_at > ? order by distance limit ?) as near
join plugin_rows as stored on stored.rowid = near.row order by near.distance`,
  args: [bytesOf(vector), plugin, group, now, count],
})

/** The same over rows that the database does not have yet. */
export const nearestOf = (
  rows: readonly WaitingRow[],
  group: string,
  vector: Float32Array,
  now: number,
): readonly NearRow[] =>
  rows.flatMap(({ key, value, about, expiresAt }) =>
    about.vector?.group === group && expiresAt > now
      ? [{ key, value, similarity: cosine(vector, about.vector.values) }]
      : [],
  )

/** Of the angle between two vectors of one length; 0 where one of them has no direction. */
export function cosine(one: Float32Array, other: Float32Array): number {
  let product = 0
  let first = 0
  let second = 0
  for (let at = 0; at < one.length; at++) {
    product += one[at]! * (other[at] ?? 0)
    first += one[at]! ** 2
    second += (other[at] ?? 0) ** 2
  }
  const lengths = Math.sqrt(first * second)
  return lengths === 0 ? 0 : product / lengths
}
