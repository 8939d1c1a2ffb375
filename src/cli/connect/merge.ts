import { isDeepStrictEqual } from "node:util"
import { isObject, type Json, type JsonObject } from "../../contract/json.ts"

const isNamed = (value: Json): value is JsonObject & { id: string } => isObject(value) && typeof value.id === "string"

/** Lists of things with ids are joined by id, so that a second model does not push out the first; other lists are replaced. */
const mergeLists = (old: readonly Json[], wanted: readonly Json[]): Json[] => {
  if (![...old, ...wanted].every(isNamed)) return [...wanted]
  const fresh = wanted as (JsonObject & { id: string })[]
  const kept = old.map((entry) => {
    const match = fresh.find(({ id }) => id === (entry as JsonObject).id)
    return match ? mergeContent(entry as JsonObject, match) : entry
  })
  const known = new Set(old.map((entry) => (entry as JsonObject).id))
  return [...kept, ...fresh.filter(({ id }) => !known.has(id))]
}

export const mergeValue = (old: Json | undefined, wanted: Json): Json => {
  if (isObject(old) && isObject(wanted)) return mergeContent(old, wanted)
  if (Array.isArray(old) && Array.isArray(wanted)) return mergeLists(old, wanted)
  return wanted
}

/** What a file must hold afterwards: everything it held, with what is wanted over it. */
export const mergeContent = (old: JsonObject, wanted: JsonObject): JsonObject => ({
  ...old,
  ...Object.fromEntries(Object.entries(wanted).map(([key, value]) => [key, mergeValue(old[key], value)])),
})

/** Equal in meaning; the order of keys does not count. */
export const sameContent = (left: unknown, right: unknown): boolean => isDeepStrictEqual(left, right)

/** A file that was not changed, because nobody could tell what the change would do to it. */
export class UnsafeEdit extends Error {
  constructor(why: string, options?: ErrorOptions) {
    super(why, options)
    this.name = "UnsafeEdit"
  }
}
