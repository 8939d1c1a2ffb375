import { isObject, type Json, type JsonObject } from "../../contract/json.ts"
import { mergeContent, sameContent, UnsafeEdit } from "./merge.ts"

const parse = (text: string): JsonObject => Bun.TOML.parse(text) as JsonObject

interface Table {
  readonly path: readonly string[]
  readonly values: readonly (readonly [string, Json])[]
}

/** The tables of an object, the outermost first, each with its plain values. */
const tablesOf = (content: JsonObject, path: readonly string[] = []): Table[] => [
  { path, values: Object.entries(content).filter(([, value]) => !isObject(value)) },
  ...Object.entries(content).flatMap(([key, value]) => (isObject(value) ? tablesOf(value, [...path, key]) : [])),
]

const line = (key: string, value: Json): string => Bun.TOML.stringify({ [key]: value }).trim()

const isHeader = (text: string): boolean => /^\s*\[/.test(text)

/** Whether a line opens this very table: `[model_providers.signalbox]`, spaces and quotes aside. */
const opens = (text: string, path: readonly string[]): boolean => {
  const inside = /^\s*\[([^[\]]+)\]\s*(?:#.*)?$/.exec(text)?.[1]
  return (
    inside
      ?.split(".")
      .map((part) => part.trim().replace(/^(["'])(.*)\1$/, "$2"))
      .join("\n") === path.join("\n")
  )
}

/** Where a table's own lines are; undefined when the text has no such table. */
const rangeOf = (lines: readonly string[], path: readonly string[]): readonly [number, number] | undefined => {
  const start = path.length === 0 ? 0 : lines.findIndex((text) => opens(text, path)) + 1
  if (path.length > 0 && start === 0) return undefined
  const next = lines.findIndex((text, index) => index >= start && isHeader(text))
  return [start, next < 0 ? lines.length : next]
}

const putTable = (lines: string[], { path, values }: Table): void => {
  if (values.length === 0) return
  const range = rangeOf(lines, path)
  if (!range) {
    while (lines.at(-1)?.trim() === "") lines.pop()
    lines.push(...(lines.length > 0 ? [""] : []), `[${path.join(".")}]`)
    lines.push(...values.map(([key, value]) => line(key, value)), "")
    return
  }
  const [start, end] = range
  const added: string[] = []
  for (const [key, value] of values) {
    const at = lines.findIndex(
      (text, index) =>
        index >= start &&
        index < end &&
        text
          .split("=")[0]!
          .trim()
          .replace(/^(["'])(.*)\1$/, "$2") === key,
    )
    if (at < 0) added.push(line(key, value))
    else lines[at] = line(key, value)
  }
  let place = end
  while (place > start && lines[place - 1]!.trim() === "") place--
  lines.splice(place, 0, ...added, ...(added.length > 0 && place === end && end < lines.length ? [""] : []))
}

/**
 * Puts values into a TOML text line by line and leaves the other lines as they stand. The result is read again: where it is not what was
 * meant (a table written inline, a text over several lines), nothing is changed. Throws SyntaxError or UnsafeEdit.
 */
export const editToml = (text: string, wanted: JsonObject): string => {
  const old = parse(text)
  const meant = mergeContent(old, wanted)
  if (sameContent(old, meant)) return text
  const ending = text.includes("\r\n") ? "\r\n" : "\n"
  const lines = text === "" ? [] : text.split(/\r?\n/)
  for (const table of tablesOf(wanted)) putTable(lines, table)
  const next = `${lines.join(ending).trimEnd()}${ending}`
  let result: JsonObject
  try {
    result = parse(next)
  } catch (cause) {
    throw new UnsafeEdit("it is written in a way that this command cannot add to", { cause })
  }
  if (!sameContent(result, meant)) throw new UnsafeEdit("it is written in a way that this command cannot add to")
  return next
}
