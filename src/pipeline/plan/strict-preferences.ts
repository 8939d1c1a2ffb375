import { suggest } from "../../config/suggest.ts"
import { isObject, type Json } from "../../contract/index.ts"
import { invalid } from "../fields.ts"
import { preferenceMembers, readPreferences } from "./preferences.ts"

/**
 * Throws `invalid_request` for what is wrong with a `provider` object that somebody declares. What is not known is a mistake there: a
 * restriction with a slip in its name would restrict nothing.
 */
export function checkPreferences(value: Json | undefined, path: string): void {
  if (value === undefined) return
  readPreferences(value, path)
  for (const member of isObject(value) ? Object.keys(value) : []) {
    if (preferenceMembers.includes(member)) continue
    const meant = suggest(member, preferenceMembers)
    const place = `${path}.${member}`
    throw invalid(place, `"${place}" is not known${meant === undefined ? "" : `; did you mean ${meant}?`}`)
  }
}
