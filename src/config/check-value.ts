import type { Located, LocatedEntry, Path, Report } from "./document.ts"
import { pathText } from "./problem.ts"
import { suggest } from "./suggest.ts"

/** The part of JSON Schema that the configuration's schema uses. */
export interface Shape {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Shape>>
  readonly required?: readonly string[]
  readonly patternProperties?: Readonly<Record<string, Shape>>
  readonly items?: Shape
  readonly anyOf?: readonly Shape[]
  readonly const?: unknown
  readonly pattern?: string
  readonly description?: string
  readonly minLength?: number
  readonly minItems?: number
  readonly minimum?: number
  readonly exclusiveMinimum?: number
  readonly maximum?: number
}

/** What `checkValue` gives for a value that cannot be used; its container leaves it out and goes on. */
export const unusable = Symbol("unusable")

export interface CheckContext {
  readonly report: Report
  /** Where each checked object was written, for checks across fields. */
  readonly origins: WeakMap<object, Located>
}

/** For checks that need more than one field. */
export interface CrossContext extends CheckContext {
  readonly nowMs: number
  readonly warn: Report
}

const nameOf = (path: Path): string => (path.length === 0 ? "the file" : pathText(path))

const kindOf = (node: Located): string => {
  if (node.kind !== "scalar") return node.kind === "list" ? "a list" : "a map"
  if (node.value === null) return "nothing"
  return typeof node.value === "string" ? "text" : typeof node.value === "number" ? "a number" : `${node.value}`
}

const wrong = (context: CheckContext, node: Located, path: Path, wanted: string, suggestion?: string) => {
  const filled = node.kind === "scalar" && node.filled ? " (after its variable was filled in)" : ""
  context.report(node.at, path, `${nameOf(path)} must be ${wanted}, not ${kindOf(node)}${filled}`, suggestion)
  return unusable
}

const checkNumber = (shape: Shape, node: Located, path: Path, context: CheckContext): unknown => {
  const wanted = shape.type === "integer" ? "a whole number" : "a number"
  let value = node.kind === "scalar" ? node.value : undefined
  if (node.kind === "scalar" && node.convertible && typeof value === "string" && value.trim() !== "") {
    const converted = Number(value)
    if (Number.isFinite(converted)) value = converted
  }
  if (typeof value !== "number" || !Number.isFinite(value)) {
    const quoted = node.kind === "scalar" && !node.filled && typeof value === "string" && Number.isFinite(Number(value))
    return wrong(context, node, path, quoted ? `${wanted} without quotes` : wanted)
  }
  if (shape.type === "integer" && !Number.isInteger(value)) {
    context.report(node.at, path, `${nameOf(path)} must be ${wanted}, not ${value}`)
    return unusable
  }
  const { minimum, maximum, exclusiveMinimum } = shape
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) {
    context.report(node.at, path, `${nameOf(path)} must be more than ${exclusiveMinimum}`)
    return unusable
  }
  if ((minimum !== undefined && value < minimum) || (maximum !== undefined && value > maximum)) {
    const range = maximum === undefined ? `at least ${minimum}` : `between ${minimum} and ${maximum}`
    context.report(node.at, path, `${nameOf(path)} must be ${range}`)
    return unusable
  }
  return value
}

const checkBoolean = (node: Located, path: Path, context: CheckContext): unknown => {
  if (node.kind === "scalar") {
    if (typeof node.value === "boolean") return node.value
    const text = typeof node.value === "string" ? node.value.toLowerCase() : ""
    if (node.convertible && (text === "true" || text === "false")) return text === "true"
    // YAML 1.2 reads these as text; people who know YAML 1.1 expect booleans.
    const old = !node.filled && { yes: "true", on: "true", no: "false", off: "false" }[text]
    if (old) return wrong(context, node, path, "true or false", old)
  }
  return wrong(context, node, path, "true or false")
}

const patternWords: Readonly<Record<string, string>> = {
  "^https?://": "must begin with http:// or https://",
  "^[a-z0-9][a-z0-9._-]*$": "must be lower-case letters, digits, dots, dashes or underscores",
}

const checkText = (shape: Shape, node: Located, path: Path, context: CheckContext): unknown => {
  if (node.kind !== "scalar" || typeof node.value !== "string") {
    const quotable = node.kind === "scalar" && node.value !== null
    return wrong(context, node, path, quotable ? "text; put it in quotes" : "text")
  }
  const fail = (words: string) => {
    context.report(node.at, path, `${nameOf(path)} ${words}`)
    return unusable
  }
  if (shape.minLength !== undefined && node.value.length < shape.minLength)
    return fail(node.value === "" ? "must not be empty" : `must have at least ${shape.minLength} characters`)
  if (shape.pattern !== undefined && !new RegExp(shape.pattern).test(node.value))
    return fail(patternWords[shape.pattern] ?? `must match ${shape.pattern}`)
  return node.value
}

const checkChoice = (choices: readonly Shape[], node: Located, path: Path, context: CheckContext): unknown => {
  const allowed = choices.map((choice) => String(choice.const))
  if (node.kind !== "scalar") return wrong(context, node, path, `one of ${allowed.join(", ")}`)
  const found = choices.find((choice) => choice.const === node.value)
  if (found) return found.const
  const hint = node.filled ? undefined : suggest(String(node.value), allowed)
  context.report(node.at, path, `${nameOf(path)} must be one of ${allowed.join(", ")}`, hint)
  return unusable
}

const checkList = (shape: Shape, node: Located, path: Path, context: CheckContext): unknown => {
  if (node.kind !== "list") return wrong(context, node, path, "a list")
  if (shape.minItems !== undefined && node.items.length < shape.minItems)
    context.report(node.at, path, `${nameOf(path)} needs at least ${shape.minItems} entry`)
  const items = node.items
    .map((item, index) => checkValue(shape.items ?? {}, item, [...path, index], context))
    .filter((item) => item !== unusable)
  context.origins.set(items, node)
  return items
}

const isNothing = (node: Located): boolean => node.kind === "scalar" && node.value === null && !node.broken

const reportUnknown = (entry: LocatedEntry, shape: Shape, path: Path, context: CheckContext) => {
  const known = Object.keys(shape.properties ?? {})
  const hint = suggest(entry.key, known)
  const among = hint === undefined ? ` (known here: ${known.join(", ")})` : ""
  context.report(entry.keyAt, [...path, entry.key], `${pathText([...path, entry.key])} is no setting${among}`, hint)
}

const checkMap = (shape: Shape, node: Located, path: Path, context: CheckContext): unknown => {
  if (node.kind !== "map") return wrong(context, node, path, "a map of settings")
  const checked: Record<string, unknown> = {}
  const anyName = shape.patternProperties && Object.values(shape.patternProperties)[0]
  for (const entry of node.entries) {
    const inner = shape.properties && Object.hasOwn(shape.properties, entry.key) ? shape.properties[entry.key] : anyName
    if (!inner) {
      reportUnknown(entry, shape, path, context)
      continue
    }
    // `providers:` with everything below it commented out counts as left out.
    const container = inner.type === "object" || inner.type === "array"
    if (container && isNothing(entry.value) && !shape.required?.includes(entry.key)) continue
    const value = checkValue(inner, entry.value, [...path, entry.key], context)
    if (value !== unusable) Object.defineProperty(checked, entry.key, { value, enumerable: true, writable: true })
  }
  context.origins.set(checked, node)
  const missing = (shape.required ?? []).filter((key) => !node.entries.some((entry) => entry.key === key))
  for (const key of missing) {
    const about = shape.properties?.[key]?.description
    context.report(node.at, [...path, key], `${nameOf(path)} needs ${key}${about ? ` (${about})` : ""}`)
  }
  return (shape.required ?? []).every((key) => Object.hasOwn(checked, key)) ? checked : unusable
}

const plain = (node: Located): unknown => {
  if (node.kind === "scalar") return node.value
  if (node.kind === "list") return node.items.map(plain)
  return Object.fromEntries(node.entries.map((entry) => [entry.key, plain(entry.value)]))
}

/** Checks a value against a schema, reports every mistake in it, and gives what can be used of it. */
export const checkValue = (shape: Shape, node: Located, path: Path, context: CheckContext): unknown => {
  if (node.kind === "scalar" && node.broken) return unusable
  if (shape.anyOf) return checkChoice(shape.anyOf, node, path, context)
  if (shape.type === "object") return checkMap(shape, node, path, context)
  if (shape.type === "array") return checkList(shape, node, path, context)
  if (shape.type === "number" || shape.type === "integer") return checkNumber(shape, node, path, context)
  if (shape.type === "boolean") return checkBoolean(node, path, context)
  if (shape.type === "string") return checkText(shape, node, path, context)
  return plain(node)
}
