import { parseTimestamp } from "../../config/timestamp.ts"
import { type Read, wrong } from "./fields.ts"

/** A moment of a body, exactly: milliseconds UTC. */
export const time: Read<number> = (value, name) => {
  const at = typeof value === "string" ? parseTimestamp(value) : undefined
  if (at !== undefined) return at
  throw wrong(name, "a date and time with its time zone, as in 2027-01-31T00:00:00Z")
}

/** One of a query, where people write a day or what they have copied. */
export function timeIn(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)?.trim()
  if (!text) return undefined
  const at = /^\d{9,}$/.test(text) ? Number(text) : Date.parse(text)
  if (Number.isFinite(at)) return at
  throw wrong(name, "a date, a date and time as in 2027-01-31T00:00:00Z, or milliseconds since 1970")
}
