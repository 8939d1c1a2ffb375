import { isObject, type Json, type JsonObject } from "../../../contract/index.ts"

/** Fields whose value is the caller's own: arguments, results, JSON Schema, labels. Nothing inside is a name of the API. */
const verbatim: ReadonlySet<string> = new Set([
  "args",
  "response",
  "parametersJsonSchema",
  "responseJsonSchema",
  "_responseJsonSchema",
  "labels",
  "partMetadata",
  "default",
  "example",
  "enum",
  "data",
  "text",
])

const camel = (key: string): string =>
  key.replace(/(?<=[a-zA-Z0-9])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

const named = (key: string, value: Json): Json => {
  if (verbatim.has(key)) return value
  // The keys of `properties` are the caller's names, the values are schemas again.
  if (key === "properties" && isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, spelled(inner)]))
  return spelled(value)
}

const spelled = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(spelled)
  return isObject(value) ? camelCased(value) : value
}

/**
 * The API takes `generation_config` as well as `generationConfig` (protobuf's JSON mapping), and Google's own examples mix both. Here all
 * names are written the second way; where a field is there twice, the camel-case one counts.
 */
export const camelCased = (body: JsonObject): JsonObject => {
  const out: JsonObject = {}
  for (const [key, value] of Object.entries(body)) {
    const name = camel(key)
    if (name === key || !(name in body)) out[name] = named(name, value)
  }
  return out
}
