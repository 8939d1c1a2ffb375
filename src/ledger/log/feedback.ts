import { GatewayError } from "../../contract/errors.ts"
import type { Generation } from "../../contract/generation.ts"
import { isObject, type JsonObject } from "../../contract/json.ts"
import type { Store } from "../../store/open-store.ts"
import type { Generations, Scope } from "../generations.ts"
import { patternOf } from "./pattern.ts"

/** What clients say of answers. */
export interface Feedback {
  /**
   * Adds to what was said of a generation before; what has the same name is overwritten, and null takes it away. Gives all that is said now.
   * Throws `not_found` for what is not in the scope.
   */
  put(id: string, scope: Scope, data: JsonObject): Promise<JsonObject>
  find(id: string): Promise<JsonObject | undefined>
  /** Of many, by id. */
  of(ids: readonly string[]): Promise<ReadonlyMap<string, JsonObject>>
  /** Generations of a time whose feedback has one of the values, `name:value` or the value alone; the latest ones. */
  matching(
    values: readonly string[],
    from: number,
    to: number,
  ): Promise<readonly { readonly id: string; readonly at: number }[]>
  /** Forgets what was said of generations that ended before. */
  remove(before: number): Promise<void>
}

/** Characters of one call, and of all that is said of one answer. */
const mostCharacters = 8_192
const mostStored = 32_768
/** So many are looked through for one filter. */
const mostMatching = 20_000

const upsert = `insert into feedback (generation_id, key_id, at, updated_at, data) values (?, ?, ?, ?, json_patch('{}', ?))
on conflict (generation_id) do update set updated_at = excluded.updated_at, data = json_patch(data, ?)
where length(json_patch(data, ?)) <= ${mostStored}`

/** Levels of what is said: a database reads no more than so many hundred, and nobody means them. */
const deepest = 32

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === "object" &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1)))

const parse = (text: unknown): JsonObject => {
  const value: unknown = JSON.parse(String(text))
  return isObject(value) ? value : {}
}

export const endOf = ({ createdAt, durationMs }: Pick<Generation, "createdAt" | "durationMs">): number =>
  Math.round(createdAt + durationMs)

/** Values as they are searched for: `thumbs:up`, and `up`. */
const said = (data: JsonObject): readonly string[] =>
  Object.entries(data).flatMap(([name, value]) => {
    const text = typeof value === "string" ? value : JSON.stringify(value)
    return [`${name}:${text}`, text]
  })

export function openFeedback(options: {
  readonly store: Store
  readonly generations: Pick<Generations, "find">
  readonly clock: { now(): number }
}): Feedback {
  const { store, generations, clock } = options
  const find = async (id: string): Promise<JsonObject | undefined> => {
    const [row] = await store.writer.query({ sql: "select data from feedback where generation_id = ?", args: [id] })
    return row && parse(row.data)
  }
  return {
    put: async (id, scope, data) => {
      const found = await generations.find(id, scope)
      if (!found) throw new GatewayError("not_found", `There is no generation "${id.slice(0, 100)}".`, { param: "id" })
      if (isDeeper(data, deepest))
        throw new GatewayError("invalid_request", `Feedback may be ${deepest} levels deep.`, { param: "data" })
      const text = JSON.stringify(data)
      const tooMuch = new GatewayError("invalid_request", `Feedback may have ${mostCharacters} characters.`, {
        param: "data",
      })
      if (text.length > mostCharacters) throw tooMuch
      const args = [found.id, found.keyId, endOf(found), Math.round(clock.now()), text, text, text]
      const [changed] = await store.writer.commit([{ sql: upsert, args }])
      if (changed === 0) throw tooMuch
      return (await find(found.id)) ?? {}
    },
    find,
    of: async (ids) => {
      if (ids.length === 0) return new Map()
      const sql = `select generation_id, data from feedback where generation_id in (${ids.map(() => "?").join(", ")})`
      const rows = await store.writer.query({ sql, args: ids })
      return new Map(rows.map((row) => [String(row.generation_id), parse(row.data)]))
    },
    matching: async (values, from, to) => {
      const patterns = values.map(patternOf)
      const sql = "select generation_id, at, data from feedback where at >= ? and at < ? order by at desc limit ?"
      const rows = await store.writer.query({ sql, args: [from, to, mostMatching] })
      return rows
        .filter(({ data }) => said(parse(data)).some((text) => patterns.some(({ fits }) => fits(text))))
        .map((row) => ({ id: String(row.generation_id), at: Number(row.at) }))
    },
    remove: async (before) => {
      await store.writer.commit([{ sql: "delete from feedback where at < ?", args: [before] }])
    },
  }
}
