import { isObject, type Json, type JsonObject } from "../../../contract/index.ts"
import type { Lose } from "../../translate/index.ts"

/** What Anthropic's grammar for schemas knows (platform.claude.com, structured outputs, JSON Schema limitations). */
const known = new Set([
  "type",
  "properties",
  "required",
  "items",
  "enum",
  "const",
  "anyOf",
  "allOf",
  "$ref",
  "$defs",
  "definitions",
  "title",
  "description",
  "default",
])
const formats = new Set("date-time time date duration email hostname uri ipv4 ipv6 uuid".split(" "))
/** About the document itself, not about what is valid: they go without a word. */
const silent = new Set(["$schema", "$id", "$comment", "additionalProperties", "examples", "deprecated", "readOnly"])

const join = (path: string, key: string | number) => (typeof key === "number" ? `${path}[${key}]` : `${path}.${key}`)

const cleanMap = (value: Json, path: string, lose: Lose): Json =>
  isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, clean(schema, join(path, name), lose)]))
    : value

const cleanList = (value: Json, path: string, lose: Lose): Json =>
  Array.isArray(value) ? value.map((schema, index) => clean(schema, join(path, index), lose)) : clean(value, path, lose)

const clean = (value: Json, path: string, lose: Lose): Json => {
  if (!isObject(value)) return value
  const out: JsonObject = {}
  const notes: string[] = []
  for (const [key, inner] of Object.entries(value)) {
    if (key === "properties" || key === "$defs" || key === "definitions")
      out[key] = cleanMap(inner, join(path, key), lose)
    else if (key === "items" || key === "anyOf" || key === "allOf") out[key] = cleanList(inner, join(path, key), lose)
    else if (key === "oneOf") {
      out.anyOf = cleanList(inner, join(path, key), lose)
      lose({
        path: join(path, key),
        action: "approximated",
        code: "schema_simplified",
        reason: "the upstream knows anyOf only",
      })
    } else if (known.has(key) || (key === "format" && formats.has(String(inner)))) out[key] = inner
    else if (silent.has(key)) {
      if (key === "additionalProperties" && inner !== false)
        lose({
          path: join(path, key),
          action: "dropped",
          code: "schema_simplified",
          reason: "the upstream allows no further properties",
        })
    } else {
      notes.push(`${key}: ${JSON.stringify(inner)}`)
      lose({
        path: join(path, key),
        action: "moved",
        code: "schema_simplified",
        reason: "the upstream does not enforce it; it was put into the description",
      })
    }
  }
  if (out.type === "object" || out.properties !== undefined) out.additionalProperties = false
  if (notes.length > 0) out.description = [out.description, notes.join(", ")].filter(Boolean).join(" — ")
  return out
}

/** A JSON Schema in the subset that Anthropic compiles. What it does not enforce moves into descriptions, where the model reads it. */
export const cleanSchema = (schema: JsonObject, path: string, lose: Lose): JsonObject => {
  const out = clean(schema, path, lose)
  return isObject(out) ? out : schema
}
