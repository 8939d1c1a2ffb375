import type { Generation } from "../contract/generation.ts"

export type SqlValue = string | number | Uint8Array | null

export interface Statement {
  readonly sql: string
  readonly args: readonly SqlValue[]
}

export type Row = Readonly<Record<string, SqlValue>>

/** A generation and the moment it was billed, which decides into which day and windows it counts. */
export interface LedgerEntry {
  readonly settledAt: number
  readonly generation: Generation
}

/** Written as one transaction or not at all. The id stays the same however often writing is tried. */
export interface Batch {
  readonly id: string
  /** See `generationBatches.bucket`. */
  readonly bucket: number
  readonly entries: readonly LedgerEntry[]
}

/** Whoever holds the writing connection: a Worker on a local file, or a client of a libSQL server. Failures are `StoreFailure`s. */
export interface Executor {
  /** Rows and what they add to spending and usage in one transaction. Applying a batch that is already there changes nothing and succeeds. */
  apply(batch: Batch): Promise<void>
  /** One transaction, on disk when it resolves. Gives the number of changed rows per statement. */
  commit(statements: readonly Statement[]): Promise<readonly number[]>
  /** A read that may take long; never on the thread that serves requests, unless the server is another machine. */
  query(statement: Statement): Promise<readonly Row[]>
  close(): Promise<void>
}

/** `permanent`: these rows can never be written, or this question never be answered; trying again is useless. Everything else may heal. */
export class StoreFailure extends Error {
  readonly code: string
  readonly permanent: boolean
  constructor(code: string, message: string) {
    super(message)
    this.name = "StoreFailure"
    this.code = code
    this.permanent = /^(SQLITE_CONSTRAINT|SQLITE_MISMATCH|SQLITE_TOOBIG|SQLITE_RANGE|INVALID_ROW|USAGE_REFUSED)/.test(
      code,
    )
  }
}

/** What a library threw, as a StoreFailure. */
export const storeFailure = (thrown: unknown): StoreFailure => {
  if (thrown instanceof StoreFailure) return thrown
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const code = (error as { code?: unknown }).code
  if (typeof code === "string") return new StoreFailure(code, error.message)
  return new StoreFailure(thrown instanceof TypeError ? "INVALID_ROW" : "UNKNOWN", error.message)
}
