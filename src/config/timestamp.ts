const timestampPattern = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)$/

/** Milliseconds of an RFC 3339 date-time; undefined when it is none. */
export const parseTimestamp = (text: string): number | undefined => {
  if (!timestampPattern.test(text)) return undefined
  // The thirtieth of February would be taken for the second of March.
  const day = text.slice(0, 10)
  const midnight = Date.parse(day)
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) return undefined
  const value = Date.parse(text.replace(" ", "T").toUpperCase())
  return Number.isNaN(value) ? undefined : value
}
