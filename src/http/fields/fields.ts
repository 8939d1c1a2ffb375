import { GatewayError, type JsonObject } from "../../contract/index.ts"

export type Read<T> = (value: unknown, name: string) => T

export const wrong = (name: string, want: string): GatewayError =>
  new GatewayError("invalid_request", `"${name}" must be ${want}.`, { param: name })

export const text: Read<string> = (value, name) => {
  if (typeof value === "string" && value.trim() !== "") return value
  throw wrong(name, "a non-empty string")
}

/** For people, and no longer than they read. */
export const shortText =
  (most: number): Read<string> =>
  (value, name) => {
    const said = text(value, name)
    if (said.length <= most) return said
    throw wrong(name, `a text of at most ${most} characters`)
  }

export const texts: Read<readonly string[]> = (value, name) => {
  if (!Array.isArray(value)) throw wrong(name, "a list of strings")
  return value.map((item, index) => text(item, `${name}[${index}]`))
}

export const flag: Read<boolean> = (value, name) => {
  if (typeof value === "boolean") return value
  throw wrong(name, "true or false")
}

export const integer: Read<number> = (value, name) => {
  if (Number.isSafeInteger(value)) return value as number
  throw wrong(name, "a whole number")
}

export const oneOf =
  <T extends string>(...words: readonly T[]): Read<T> =>
  (value, name) => {
    const found = words.find((word) => word === value)
    if (found !== undefined) return found
    throw wrong(
      name,
      words
        .map((word) => `"${word}"`)
        .join(", ")
        .replace(/, ([^,]*)$/, " or $1"),
    )
  }

export const orNull =
  <T>(read: Read<T>): Read<T | null> =>
  (value, name) =>
    value === null ? null : read(value, name)

export type FieldTable = Readonly<Record<string, readonly [own: string, read: Read<unknown>]>>

/** Reads the fields that are there; one that is not in the table is refused, so that a typo never means "no limit". */
export function readFields(body: JsonObject, table: FieldTable, path = ""): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(body)) {
    const entry = Object.hasOwn(table, name) ? table[name] : undefined
    if (!entry)
      throw new GatewayError(
        "invalid_request",
        `There is no field "${path}${name}". Fields: ${Object.keys(table).join(", ")}.`,
        { param: `${path}${name}` },
      )
    out[entry[0]] = entry[1](value, `${path}${name}`)
  }
  return out
}

/** Of something new nothing can be taken away: null is as good as silence. */
export const present = <Values extends object>(values: Values) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null)) as {
    readonly [Name in keyof Values]?: NonNullable<Values[Name]>
  }
