import type { Shape } from "./check-value.ts"
import { ConfigSchema } from "./schema.ts"

type Schema = Record<string, unknown>

/** What a setting may be instead of its own type: a variable that is filled in when the file is read. */
const variable = { type: "string", pattern: "^\\$\\{.+\\}$" }

const withDescription = (shape: Shape, schema: Schema): Schema =>
  shape.description === undefined ? schema : { description: shape.description, ...schema }

const convertObject = (shape: Shape): Schema => {
  const anyName = shape.patternProperties && Object.values(shape.patternProperties)[0]
  if (!shape.properties) return { type: "object", additionalProperties: anyName ? convert(anyName) : true }
  const properties = Object.entries(shape.properties).map(([name, inner]) => [name, convert(inner)])
  return {
    type: "object",
    properties: Object.fromEntries(properties),
    ...(shape.required && shape.required.length > 0 ? { required: [...shape.required] } : {}),
    additionalProperties: false,
  }
}

const convertNumber = ({ type, minimum, maximum }: Shape): Schema => {
  const own = { type, ...(minimum === undefined ? {} : { minimum }), ...(maximum === undefined ? {} : { maximum }) }
  return { anyOf: [own, variable] }
}

const convertText = ({ pattern, minLength }: Shape): Schema => {
  if (pattern !== undefined) return { type: "string", pattern: `${pattern}|\\$\\{.+\\}` }
  return { type: "string", ...(minLength === undefined ? {} : { minLength: Math.min(minLength, 1) }) }
}

const convertOwn = (shape: Shape): Schema => {
  if (shape.anyOf) return { anyOf: [{ enum: shape.anyOf.map((choice) => choice.const) }, variable] }
  switch (shape.type) {
    case "object":
      return convertObject(shape)
    case "array":
      return {
        type: "array",
        items: convert(shape.items ?? {}),
        ...(shape.minItems === undefined ? {} : { minItems: shape.minItems }),
      }
    case "number":
    case "integer":
      return convertNumber(shape)
    case "boolean":
      return { anyOf: [{ type: "boolean" }, variable] }
    case "string":
      return convertText(shape)
    default:
      return {}
  }
}

const convert = (shape: Shape): Schema => withDescription(shape, convertOwn(shape))

/**
 * The configuration as JSON Schema (draft 2020-12) for editors. It describes the file before variables are filled in, so it is
 * more lenient than the check: where a number is wanted, `${NAME}` may stand.
 */
export const configJsonSchema = (): Schema => ({
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: ConfigSchema.title,
  ...convert(ConfigSchema as Shape),
})
