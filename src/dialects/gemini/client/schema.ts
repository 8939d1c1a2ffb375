import { isObject, type Json, type JsonObject } from "../../../contract/index.ts"

const types: ReadonlySet<string> = new Set(["string", "number", "integer", "boolean", "array", "object", "null"])

/** Counts that protobuf's JSON mapping writes as text, because they are 64 bits wide. */
const counts: ReadonlySet<string> = new Set([
  "minItems",
  "maxItems",
  "minLength",
  "maxLength",
  "minProperties",
  "maxProperties",
])

const each = (value: Json): Json => (Array.isArray(value) ? value.map(schemaOf) : schemaOf(value))

const schemaOf = (value: Json): Json => (isObject(value) ? jsonSchema(value) : value)

/** Properties in the order that `propertyOrdering` asks for: in JSON Schema the order of the keys is the only one there is. */
const ordered = (properties: JsonObject, ordering: Json | undefined): JsonObject => {
  const first = (Array.isArray(ordering) ? ordering : []).filter(
    (name): name is string => typeof name === "string" && name in properties,
  )
  const names = new Set([...first, ...Object.keys(properties)])
  return Object.fromEntries([...names].map((name) => [name, schemaOf(properties[name] ?? null)]))
}

const withNull = (schema: JsonObject): JsonObject => {
  const { type, enum: values, anyOf } = schema
  if (Array.isArray(anyOf)) return { ...schema, anyOf: [...anyOf, { type: "null" }] }
  if (typeof type !== "string") return schema
  const allowed = Array.isArray(values) && !values.includes(null) ? { enum: [...values, null] } : {}
  return { ...schema, type: [type, "null"], ...allowed }
}

/**
 * Gemini's older schemas (a subset of OpenAPI 3.0: `type: "STRING"`, `nullable`, counts as text) as JSON Schema, which every other vendor,
 * and Gemini's own newer fields, understand. What is JSON Schema already comes out as it was.
 */
export const jsonSchema = (source: JsonObject): JsonObject => {
  const out: JsonObject = {}
  for (const [key, value] of Object.entries(source)) {
    if (key === "type" && typeof value === "string") {
      const type = value.toLowerCase()
      if (types.has(type)) out.type = type
    } else if (key === "nullable" || key === "propertyOrdering") continue
    else if (key === "format" && value === "enum") continue
    else if (key === "example") out.examples = [value]
    else if (counts.has(key) && typeof value === "string") out[key] = Number(value)
    else if (key === "properties" && isObject(value)) out.properties = ordered(value, source.propertyOrdering)
    else if (["items", "anyOf", "oneOf", "allOf", "prefixItems", "additionalProperties"].includes(key))
      out[key] = each(value)
    else if ((key === "$defs" || key === "defs") && isObject(value)) out.$defs = ordered(value, undefined)
    else if (key === "ref") out.$ref = value
    else out[key] = value
  }
  return source.nullable === true ? withNull(out) : out
}
