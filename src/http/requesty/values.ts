import { largestUsd } from "../../config/schema/governance.ts"
import type { JsonObject } from "../../contract/index.ts"
import { nanoOfUsd } from "../../ledger/money.ts"
import { type Read, readFields, wrong } from "../fields/fields.ts"
import { labels } from "../fields/names.ts"

const nanoDigits = 9

/** USD as a decimal string without an exponent and without zeros at its end, exactly: "12.5". */
export function moneyText(nano: number): string {
  const digits = String(Math.abs(nano)).padStart(nanoDigits + 1, "0")
  const fraction = digits.slice(-nanoDigits).replace(/0+$/, "")
  return `${nano < 0 ? "-" : ""}${digits.slice(0, -nanoDigits)}${fraction === "" ? "" : `.${fraction}`}`
}

const decimal = /^\d{1,12}(?:\.\d{1,12})?$/

/** Nano-dollars a month of `49.99`, or of `"49.99"` as Requesty's command line sends it; null for 0 and null, which both mean no limit there. */
export const monthlyLimit: Read<number | null> = (value, name) => {
  if (value === null) return null
  const usd = typeof value === "string" && decimal.test(value) ? Number(value) : value
  if (typeof usd !== "number" || !(usd >= 0 && usd <= largestUsd))
    throw wrong(name, `an amount in USD from 0 (no limit) to ${largestUsd}, like 49.99 or "49.99"`)
  const nano = nanoOfUsd(usd)
  // What is too small to be counted is not the same as no limit.
  if (nano === 0 && usd > 0) throw wrong(name, "0, or at least 0.000000001")
  return nano === 0 ? null : nano
}

const moment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/i

/** Milliseconds of an RFC 3339 time; null: never. */
export const expiry: Read<number | null> = (value, name) => {
  if (value === null) return null
  const at = typeof value === "string" && moment.test(value) ? Date.parse(value) : Number.NaN
  if (Number.isFinite(at)) return at
  throw wrong(name, "a date and time like 2027-01-31T00:00:00Z, or null for never")
}

export type Labels = Readonly<Record<string, string>>

/** The older form: a list of `name=value`, or of names that stand for themselves. */
export const labelList: Read<Labels> = (value, name) => {
  if (!Array.isArray(value)) throw wrong(name, 'a list of strings, like ["team=search", "trial"]')
  const entries = value.map((item, index): readonly [string, string] => {
    if (typeof item !== "string" || item.trim() === "" || item.startsWith("="))
      throw wrong(`${name}[${index}]`, 'a string like "team=search" or "trial"')
    const equals = item.indexOf("=")
    return equals < 0 ? [item, ""] : [item.slice(0, equals), item.slice(equals + 1)]
  })
  // Not by assignment: "__proto__" is a name like another.
  return labels(Object.fromEntries(entries), name)
}

export const listOfLabels = (labels: Labels): readonly string[] =>
  Object.entries(labels).map(([label, text]) => (text === "" ? label : `${label}=${text}`))

/** Of a body of one field, which has to be there: what is left out by mistake must not mean "no limit". */
export function theField<Value>(body: JsonObject, name: string, read: Read<Value>, want: string): Value {
  const { value } = readFields(body, { [name]: ["value", read] })
  if (value === undefined) throw wrong(name, `there: ${want}`)
  return value as Value
}
