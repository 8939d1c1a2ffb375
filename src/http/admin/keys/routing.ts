import type { KeyRouting } from "../../../config/config.ts"
import type { Json, JsonObject } from "../../../contract/index.ts"
import { checkPreferences } from "../../../pipeline/plan/preferences/strict-preferences.ts"
import { type FieldTable, flag, integer, oneOf, orNull, type Read, text, texts, wrong } from "../../fields/fields.ts"

/** A `provider` object, checked as strictly as the file's. */
const preferences: Read<JsonObject> = (value, name) => {
  checkPreferences(value as Json, name)
  return value as JsonObject
}

/** Models of a key: an empty list would make a key that can do nothing, which is what `disabled` is for. */
const models: Read<readonly string[]> = (value, name) => {
  const list = texts(value, name)
  if (list.length === 0) throw wrong(name, "a list of at least one model or pattern, or null for all")
  return list
}

const readers = {
  models: ["models", models],
  default_model: ["defaultModel", text],
  provider: ["provider", preferences],
  cache: ["cache", flag],
  stream_recovery: ["streamRecovery", oneOf("error", "continue")],
  priority: ["priority", integer],
} as const satisfies FieldTable

/** How a key's requests are routed, as in the file; null takes a part away. */
export const routingFields: FieldTable = Object.fromEntries(
  Object.entries(readers).map(([name, [own, read]]) => [name, [own, orNull<unknown>(read)] as const]),
)

const names = Object.values(readers).map(([own]) => own)

/** Takes the routing's fields out of those that were read, and lays them over what there was. Undefined where none was named. */
export function takeRouting(
  fields: Record<string, unknown>,
  before: KeyRouting | undefined,
): { readonly rest: Record<string, unknown>; readonly routing: KeyRouting | null | undefined } {
  const rest = { ...fields }
  const after: Record<string, unknown> = { ...before }
  let named = false
  for (const name of names) {
    if (!(name in rest)) continue
    named = true
    if (rest[name] === null) delete after[name]
    else after[name] = rest[name]
    delete rest[name]
  }
  if (!named) return { rest, routing: undefined }
  return { rest, routing: Object.keys(after).length === 0 ? null : (after as KeyRouting) }
}

/** As lists of keys show it; null = nothing said. */
export const routingRow = (routing: KeyRouting | undefined): Record<string, unknown> =>
  Object.fromEntries(Object.entries(readers).map(([name, [own]]) => [name, routing?.[own as keyof KeyRouting] ?? null]))
