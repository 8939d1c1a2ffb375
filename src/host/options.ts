import { Kind, type TObject, type TSchema } from "@sinclair/typebox"
import { Value, type ValueError } from "@sinclair/typebox/value"
import { messageOf, type Plugin } from "../contract/index.ts"

/** Checks `options:` of a plugin. Gives them with defaults filled in, or throws an Error that names every mistake by its path. */
export function readOptions(plugin: Plugin, given: unknown): unknown {
  const schema = closed(plugin.options)
  const options = Value.Default(schema, structuredClone(given ?? {}))
  const mistakes = [...Value.Errors(schema, options)]
  if (mistakes.length > 0) {
    throw new Error(`options of plugin "${plugin.name}": ${[...new Set(mistakes.map(describe))].join("; ")}`)
  }
  try {
    plugin.validate?.(options)
  } catch (error) {
    throw new Error(`options of plugin "${plugin.name}": ${messageOf(error)}`, { cause: error })
  }
  return options
}

/** The same schema with unknown keys refused wherever the author did not decide about them. */
function closed(schema: TSchema): TSchema {
  const inner = (list: unknown): TSchema[] => (list as TSchema[]).map(closed)
  switch (schema[Kind]) {
    case "Object": {
      const properties = Object.fromEntries(
        Object.entries((schema as TObject).properties).map(([key, value]) => [key, closed(value)]),
      )
      return { ...schema, properties, additionalProperties: schema.additionalProperties ?? false }
    }
    case "Array":
      return Array.isArray(schema.items) ? schema : { ...schema, items: closed(schema.items as TSchema) }
    case "Union":
      return { ...schema, anyOf: inner(schema.anyOf) }
    case "Intersect":
      return { ...schema, unevaluatedProperties: schema.unevaluatedProperties ?? false }
    default:
      return schema
  }
}

function describe(error: ValueError): string {
  const path = error.path.slice(1).replaceAll("/", ".") || "options"
  if (/unexpected property|unevaluated/i.test(error.message)) return `unknown key "${path}"`
  if (error.value === undefined) return `"${path}" is missing`
  return `"${path}": ${error.message.charAt(0).toLowerCase()}${error.message.slice(1)}`
}
