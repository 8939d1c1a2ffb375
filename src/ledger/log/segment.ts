import type { NumberColumn, TextColumn } from "./column.ts"

/** Several thousand requests that follow each other in the ledger, a column at a time. */
export interface Segment {
  /** Of its first batch, and its name. */
  readonly number: number
  readonly lastBatch: number
  readonly rows: number
  readonly firstAt: number
  readonly lastAt: number
  /** Of its texts (`textHash`), enough to know that one is not there; undefined where looking at the texts is as cheap, or there is no such column. */
  hashes(name: string): Uint32Array | undefined
  /** Its different texts; undefined: nothing in it has that column. */
  texts(name: string): readonly string[] | undefined
  text(name: string): TextColumn | undefined
  /** Reads a few of its rows, without reading all texts; undefined as above. */
  values(name: string): ((row: number) => string) | undefined
  /** The smallest and the largest of a column of numbers. */
  range(name: string): readonly [low: number, high: number]
  numbers(name: string): NumberColumn
  tagNames(): readonly string[]
}
