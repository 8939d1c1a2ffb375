import { GatewayError, isObject, type Json, type JsonObject } from "../../contract/index.ts"

/** The error for a field at fault: its path is in the words and in `param`. */
export const invalid = (path: string, expected: string): GatewayError =>
  new GatewayError("invalid_request", `${path}: ${expected}`, { param: path })

/**
 * Reads the fields of one JSON object by name and remembers which were read: what is left over belongs to no one here and is kept as
 * extras. `null` counts as absent, because both hosted APIs accept it for every optional field.
 */
export class Fields {
  readonly #source: JsonObject
  readonly #path: string
  readonly #read = new Set<string>()

  constructor(source: JsonObject, path = "") {
    this.#source = source
    this.#path = path
  }

  at(key: string): string {
    return this.#path === "" ? key : `${this.#path}.${key}`
  }

  any(key: string): Json | undefined {
    this.#read.add(key)
    return this.#source[key] ?? undefined
  }

  string(key: string): string | undefined {
    const value = this.any(key)
    if (value === undefined || typeof value === "string") return value
    throw invalid(this.at(key), "must be a string")
  }

  number(key: string): number | undefined {
    const value = this.any(key)
    if (value === undefined || typeof value === "number") return value
    throw invalid(this.at(key), "must be a number")
  }

  integer(key: string, minimum: number): number | undefined {
    const value = this.number(key)
    if (value === undefined || (Number.isInteger(value) && value >= minimum)) return value
    throw invalid(this.at(key), `must be an integer of at least ${minimum}`)
  }

  boolean(key: string): boolean | undefined {
    const value = this.any(key)
    if (value === undefined || typeof value === "boolean") return value
    throw invalid(this.at(key), "must be true or false")
  }

  object(key: string): JsonObject | undefined {
    const value = this.any(key)
    if (value === undefined || isObject(value)) return value
    throw invalid(this.at(key), "must be an object")
  }

  array(key: string): Json[] | undefined {
    const value = this.any(key)
    if (value === undefined || Array.isArray(value)) return value
    throw invalid(this.at(key), "must be an array")
  }

  strings(key: string): string[] | undefined {
    const values = this.array(key)
    for (const [index, value] of (values ?? []).entries())
      if (typeof value !== "string") throw invalid(`${this.at(key)}[${index}]`, "must be a string")
    return values as string[] | undefined
  }

  /** Fields that nobody asked for, as they came. */
  rest(): JsonObject {
    const rest: JsonObject = {}
    for (const [key, value] of Object.entries(this.#source)) if (!this.#read.has(key)) rest[key] = value
    return rest
  }
}

/** Drops members whose value is undefined, which the internal form does not know. */
export const defined = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } => {
  for (const key of Object.keys(value) as (keyof T)[]) if (value[key] === undefined) delete value[key]
  return value as { [K in keyof T]: Exclude<T[K], undefined> }
}
