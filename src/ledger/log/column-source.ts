import type { textsReader } from "./column.ts"

/** What is read of a column before its rows are. */
export interface ColumnHead {
  readonly low: number
  readonly high: number
  readonly hashes: Uint32Array | undefined
}

/** Where stored columns are read. */
export interface ColumnSource {
  head(name: string, segment: number): ColumnHead | undefined
  texts(name: string, segment: number): ReturnType<typeof textsReader> | undefined
  data(name: string, segment: number): ArrayLike<number> | undefined
}
