const timestampPattern = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)$/

/** A day that there is, `YYYY-MM-DD`: the thirtieth of February would be taken for the second of March. */
export const isDay = (text: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const at = new Date(text)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
}

/** Milliseconds of an RFC 3339 date-time; undefined when it is none. */
export const parseTimestamp = (text: string): number | undefined => {
  if (!timestampPattern.test(text)) return undefined
  if (!isDay(text.slice(0, 10))) return undefined
  const value = Date.parse(text.replace(" ", "T").toUpperCase())
  return Number.isNaN(value) ? undefined : value
}
