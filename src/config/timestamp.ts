const timestampPattern = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)$/

/** Milliseconds of an RFC 3339 date-time; undefined when it is none. */
export const parseTimestamp = (text: string): number | undefined => {
  const value = timestampPattern.test(text) ? Date.parse(text.replace(" ", "T").toUpperCase()) : Number.NaN
  return Number.isNaN(value) ? undefined : value
}
