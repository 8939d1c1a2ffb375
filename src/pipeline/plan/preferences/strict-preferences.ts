import { suggest } from "../../../config/suggest.ts"
import { GatewayError, isObject, type Json } from "../../../contract/index.ts"
import { invalid } from "../../fields.ts"
import { preferenceMembers, readPreferences } from "./preferences.ts"

/**
 * What is wrong with a `provider` object that somebody declares: in the file, for a key, in a policy or a preset. In a request, members
 * that nobody knows are let pass, because a client may be newer than the gateway; there they are mistakes, since a restriction with a
 * slip in its name would restrict nothing.
 */
export function mistakesIn(value: Json | undefined, path: string): readonly GatewayError[] {
  if (value === undefined) return []
  const mistakes: GatewayError[] = []
  // Each member by itself, so that all mistakes are told at once.
  for (const part of isObject(value) ? Object.entries(value).map(([member, one]) => ({ [member]: one })) : [value]) {
    try {
      readPreferences(part, path)
    } catch (thrown) {
      if (!GatewayError.is(thrown)) throw thrown
      mistakes.push(thrown)
    }
  }
  for (const member of isObject(value) ? Object.keys(value) : []) {
    if (preferenceMembers.includes(member)) continue
    const meant = suggest(member, preferenceMembers)
    const place = `${path}.${member}`
    mistakes.push(invalid(place, `"${place}" is not known${meant === undefined ? "" : `; did you mean ${meant}?`}`))
  }
  return mistakes
}

/** Throws the first of them, `invalid_request` with its path. */
export function checkPreferences(value: Json | undefined, path: string): void {
  const [first] = mistakesIn(value, path)
  if (first) throw first
}
