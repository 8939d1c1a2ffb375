/** What is known of a row beside its value. */
export interface RowAbout {
  /** Milliseconds until it counts as absent. Absent: it stays until room is needed. */
  readonly ttlMs?: number
  /** Whose it is, and what it is about: all rows of one of them can be deleted at once. */
  readonly owner?: string
  readonly topic?: string
  /** For `nearest`: compared with rows of the same group, whose vectors must all be as long. */
  readonly vector?: { readonly group: string; readonly values: Float32Array }
}

export interface FoundRow {
  readonly key: string
  readonly value: Uint8Array
}

export interface NearRow extends FoundRow {
  /** Cosine of the angle between the vectors: 1 = the same direction. */
  readonly similarity: number
}

/** Beyond them, the rows that would be gone soonest go first. */
export interface RowBounds {
  readonly bytes: number
  readonly rows?: number
}

/** Rows that fit all that is said. Nothing said: all. */
export interface RowFilter {
  readonly key?: string
  readonly owner?: string
  readonly topic?: string
}

/** Bytes by key, seen by one plugin only. They survive restarts; the last fraction of a second before a crash may be lost. */
export interface Rows {
  get(key: string): Promise<FoundRow | undefined>
  /** Replaces a row of the same key. Found at once; written soon after. */
  put(key: string, value: Uint8Array, about?: RowAbout): Promise<void>
  /** The `count` rows of a group that are nearest to a vector, best first. Compares with each of them: 5 ms per thousand. */
  nearest(group: string, vector: Float32Array, count: number): Promise<readonly NearRow[]>
  /** Gives how many went. */
  delete(which: RowFilter): Promise<number>
  count(): Promise<{ readonly rows: number; readonly bytes: number }>
}
