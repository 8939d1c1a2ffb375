export const logLevels = ["debug", "info", "warn", "error"] as const
export type LogLevel = (typeof logLevels)[number]

export type LogFields = Readonly<Record<string, unknown>>

/** One event. `fields` holds the logger's own fields and the call's. */
export interface LogRecord {
  readonly timeMs: number
  readonly level: LogLevel
  readonly message: string
  readonly fields: LogFields
}

/** Errors lose their members in JSON, big integers cannot be written at all. */
const encodeValue = (_key: string, value: unknown): unknown => {
  if (value instanceof Error) {
    const { name, message, stack, cause } = value
    const detail = (value as { detail?: unknown }).detail
    return { name, message, ...(detail === undefined ? {} : { detail }), stack, ...(cause ? { cause } : {}) }
  }
  if (typeof value === "bigint") return value.toString()
  if (value instanceof Map || value instanceof Set) return [...value]
  return value
}

/** JSON text of anything, also of what refers to itself. */
export const encodeFields = (fields: object): string => {
  try {
    return JSON.stringify(fields, encodeValue)
  } catch (thrown) {
    return JSON.stringify({ unwritable: thrown instanceof Error ? thrown.message : String(thrown) })
  }
}
