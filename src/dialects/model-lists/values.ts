import { GatewayError, isObject, type Json, type JsonObject } from "../../contract/index.ts"

/** What a list says is taken where it is what it should be, and passed over where it is not: nobody's models hang on one odd field. */
export const textIn = (value: Json | undefined): string | undefined =>
  typeof value === "string" && value.trim() !== "" ? value.trim() : undefined

/** Tokens; lists write 0 where nobody knows. */
export const countIn = (value: Json | undefined): number | undefined =>
  typeof value === "number" && Number.isInteger(value) && value > 0 ? value : undefined

export const flagIn = (value: Json | undefined): boolean | undefined => (typeof value === "boolean" ? value : undefined)

export const membersOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {})

export const textsIn = (value: Json | undefined): readonly string[] | undefined =>
  Array.isArray(value) ? value.filter((word) => typeof word === "string") : undefined

/** The day of `2026-10-01`, of a moment, or of seconds. */
export const dayIn = (value: Json | undefined): string | undefined => {
  const at =
    typeof value === "number" ? new Date(value * 1000) : new Date(typeof value === "string" ? value : Number.NaN)
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString().slice(0, 10)
}

/** Unix seconds, of seconds, of milliseconds, or of a moment as text. */
export const momentIn = (value: Json | undefined): number | undefined => {
  const at = typeof value === "string" ? Date.parse(value) / 1000 : typeof value === "number" ? value : Number.NaN
  const seconds = Math.floor(at > 1e11 ? at / 1000 : at)
  return seconds > 0 ? seconds : undefined
}

/** The first of these members that says something. */
export const firstOf = <T>(
  read: (value: Json | undefined) => T | undefined,
  ...values: (Json | undefined)[]
): T | undefined => {
  for (const value of values) {
    const found = read(value)
    if (found !== undefined) return found
  }
  return undefined
}

/** The rows of `{"data":[…]}`, of a list that goes by another name, or of a bare one. Throws on another form. */
export function rowsOf(document: Json, name = "data"): readonly JsonObject[] {
  const rows = Array.isArray(document) ? document : isObject(document) ? document[name] : undefined
  if (Array.isArray(rows)) return rows.filter(isObject)
  throw new GatewayError("bad_provider_response", `it is no list of models: there is no "${name}" in it`)
}

/** Facts without what is not known. A loop: lists have thousands of rows, and are read between two pieces of somebody's answer. */
export function known<T extends object>(facts: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const found: Partial<T> = {}
  for (const name in facts) if (facts[name] !== undefined) found[name] = facts[name]
  return found as { [K in keyof T]: Exclude<T[K], undefined> }
}
