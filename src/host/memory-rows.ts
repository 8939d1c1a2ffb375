import type { FoundRow, RowAbout, RowBounds, Rows } from "../contract/index.ts"
import { cosine, fits } from "../store/row-statements.ts"

interface Row extends FoundRow {
  readonly about: RowAbout
  readonly until: number
}

/** Rows without a disk, for tests and for `signalbox check`. */
export function memoryRows(clock: { now(): number }): (bounds: RowBounds) => Rows {
  const rows = new Map<string, Row>()
  let bounds: RowBounds = { bytes: Number.POSITIVE_INFINITY }

  const live = (): Row[] => {
    for (const [key, { until }] of rows) if (until <= clock.now()) rows.delete(key)
    return [...rows.values()]
  }
  const bytes = () => live().reduce((sum, { value }) => sum + value.byteLength, 0)
  const makeRoom = () => {
    const soonest = live().sort((one, other) => one.until - other.until)
    while (soonest.length > (bounds.rows ?? Number.POSITIVE_INFINITY) || bytes() > bounds.bytes)
      rows.delete(soonest.shift()!.key)
  }
  const store: Rows = {
    get: async (key) => live().find((row) => row.key === key),
    async put(key, value, about = {}) {
      const until = about.ttlMs === undefined ? Number.POSITIVE_INFINITY : clock.now() + about.ttlMs
      rows.delete(key)
      rows.set(key, { key, value, about, until })
      makeRoom()
    },
    nearest: async (group, vector, count) =>
      live()
        .flatMap(({ key, value, about }) =>
          about.vector?.group === group ? [{ key, value, similarity: cosine(vector, about.vector.values) }] : [],
        )
        .sort((one, other) => other.similarity - one.similarity)
        .slice(0, count),
    async delete(which) {
      const doomed = live().filter((row) => fits(row, which))
      for (const { key } of doomed) rows.delete(key)
      return doomed.length
    },
    count: async () => ({ rows: live().length, bytes: bytes() }),
  }
  return (wanted) => {
    bounds = wanted
    makeRoom()
    return store
  }
}
