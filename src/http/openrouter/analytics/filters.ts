import { isObject, type JsonObject } from "../../../contract/index.ts"
import type { UsageCondition, UsageDimension, UsageQuery } from "../../../ledger/usage/types.ts"
import { oneOf, type Read, readFields, text, wrong } from "../../fields/fields.ts"
import { knownDimension } from "./dimensions.ts"

const whatever: Read<unknown> = (value) => value

export const operators = { eq: "scalar", neq: "scalar", in: "array", not_in: "array" } as const

export function filterOf(filters: unknown): NonNullable<UsageQuery["filter"]> {
  if (filters === undefined) return {}
  if (!Array.isArray(filters)) throw wrong("filters", "a list")
  const found: { [Dimension in UsageDimension]?: UsageCondition } = {}
  for (const [at, filter] of filters.entries()) {
    const path = `filters[${at}]`
    if (!isObject(filter)) throw wrong(path, "an object with field, operator and value")
    const { dimension, condition } = conditionOf(filter as JsonObject, path)
    if (found[dimension] !== undefined)
      throw wrong(`${path}.field`, "a dimension that no other filter of this question names")
    found[dimension] = condition
  }
  return found
}

function conditionOf(filter: JsonObject, path: string) {
  const { field, operator, value, unset } = readFields(
    filter,
    {
      field: ["field", text],
      operator: ["operator", oneOf(...(Object.keys(operators) as (keyof typeof operators)[]))],
      value: ["value", whatever],
      include_unset: ["unset", whatever],
    },
    `${path}.`,
  ) as { field?: string; operator?: keyof typeof operators; value?: unknown; unset?: unknown }
  if (field === undefined) throw wrong(`${path}.field`, "a dimension")
  if (operator === undefined) throw wrong(`${path}.operator`, Object.keys(operators).join(", "))
  const { dimension, read } = knownDimension(field, `${path}.field`)
  const isList = operators[operator] === "array"
  if (isList !== Array.isArray(value)) throw wrong(`${path}.value`, isList ? "a list" : "a single value")
  const given = (Array.isArray(value) ? value : [value]).map((one) => {
    if (typeof one !== "string" && typeof one !== "number") throw wrong(`${path}.value`, "texts or numbers")
    return read?.(String(one)) ?? String(one)
  })
  const isNot = operator === "neq" || operator === "not_in"
  // Of a list that shuts out, those without a value stay in only when that is said.
  const values = isList && (unset === true) !== isNot ? [...given, null] : given
  return { dimension, condition: isNot ? { not: values } : values }
}
