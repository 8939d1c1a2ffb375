import { isObject, type Json, type JsonObject } from "../../../src/contract/json.ts"

/** The plainest value that a JSON Schema lets pass; enough for the schemas of tests. */
export const sampleOf = (schema: Json | undefined): Json => {
  if (!isObject(schema)) return {}
  if (schema.const !== undefined) return schema.const
  if (Array.isArray(schema.enum) && schema.enum[0] !== undefined) return schema.enum[0]
  if (Array.isArray(schema.anyOf)) return sampleOf(schema.anyOf[0])
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  if (type === "string") return "text"
  if (type === "number" || type === "integer") return 1
  if (type === "boolean") return true
  if (type === "null") return null
  if (type === "array") return [sampleOf(schema.items)]
  const properties: JsonObject = isObject(schema.properties) ? schema.properties : {}
  return Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, sampleOf(inner)]))
}
