import Database from "libsql"
import { batchStatements, probeBatch } from "./batch-statements.ts"
import { type Row, type Statement, storeFailure } from "./executor.ts"
import type { PackedBatch } from "./packed-batch.ts"
import { answerUsage } from "./usage/answer.ts"
import { createSeriesBook } from "./usage/book.ts"
import { compaction } from "./usage/compact.ts"
import type { UsageAnswer, UsageQuestion } from "./usage/question.ts"
import { runSteps } from "./usage/steps.ts"

export interface ConnectionOptions {
  readonly path: string
  /** How long SQLite waits for somebody else's lock, in milliseconds. It blocks this thread. */
  readonly busyMs: number
  /** Refuses writes, for the thread that answers long queries. */
  readonly readOnly: boolean
  /** Every batch is on the disk when it is acknowledged, not only handed to the operating system. */
  readonly alwaysDurable: boolean
}

export interface Connection {
  apply(batch: PackedBatch): void
  commit(statements: readonly Statement[]): number[]
  query(statement: Statement): Row[]
  /** See `StoreExecutor`. */
  compact(): boolean
  usage(question: UsageQuestion): UsageAnswer
  close(): void
}

type Prepared = ReturnType<Database.Database["prepare"]>

/**
 * One synchronous connection with its prepared statements. After any failure that is not the rows' own fault it is closed and the next call
 * opens a new one: a statement that met SQLITE_BUSY is not reset by libsql 0.5 and would hold the lock and lose what is written
 * after it (github.com/tursodatabase/libsql-client-ts/issues/352).
 */
export const openConnection = (options: ConnectionOptions): Connection => {
  let database: Database.Database | undefined
  let synchronous: "normal" | "full" | undefined
  const prepared = new Map<string, Prepared>()
  const book = createSeriesBook()

  const drop = (): void => {
    const old = database
    database = undefined
    synchronous = undefined
    prepared.clear()
    old?.close()
  }
  const open = (): Database.Database => {
    if (database) return database
    database = new Database(options.path, { timeout: options.busyMs, fileMustExist: true })
    // A cache that holds the index pages and rarer checkpoints make a row a third cheaper than SQLite's defaults; a log file that grew
    // under a long reader shrinks again.
    const pragmas = ["cache_size = -16000", "wal_autocheckpoint = 4000", "journal_size_limit = 67108864"]
    for (const pragma of pragmas) database.exec(`pragma ${pragma}`)
    if (options.readOnly) database.exec("pragma query_only = on")
    return database
  }
  const statement = (sql: string): Prepared => {
    let found = prepared.get(sql)
    if (found === undefined) {
      found = open().prepare(sql)
      prepared.set(sql, found)
    }
    return found
  }
  const setSynchronous = (level: "normal" | "full"): void => {
    if (synchronous === level) return
    open().exec(`pragma synchronous = ${level}`)
    synchronous = level
  }
  const transaction = (statements: readonly Statement[], durable: boolean): number[] => {
    const connection = open()
    setSynchronous(durable || options.alwaysDurable ? "full" : "normal")
    connection.exec("begin immediate")
    try {
      const changes = statements.map(({ sql, args }) => statement(sql).run([...args]).changes)
      connection.exec("commit")
      return changes
    } catch (error) {
      if (connection.inTransaction) connection.exec("rollback")
      throw error
    }
  }
  const guarded = <T>(work: () => T): T => {
    try {
      return work()
    } catch (thrown) {
      const failure = storeFailure(thrown)
      if (!failure.permanent) {
        try {
          drop()
        } catch (closing) {
          failure.cause = closing
        }
      }
      throw failure
    }
  }
  const query = ({ sql, args }: Statement): Row[] => statement(sql).all([...args]) as Row[]

  return {
    apply: (batch) => {
      const statements = guarded(() => batchStatements(batch))
      try {
        guarded(() => transaction(statements, false))
      } catch (failure) {
        if (storeFailure(failure).permanent && guarded(() => query(probeBatch(batch))).length > 0) return
        throw failure
      }
    },
    commit: (statements) => guarded(() => transaction(statements, true)),
    query: (wanted) => guarded(() => query(wanted)),
    compact: () =>
      guarded(() => {
        const found = runSteps(compaction(), query)
        if (found === undefined) return true
        transaction(found.statements, false)
        return found.isLast
      }),
    usage: (question) =>
      guarded(() => {
        const connection = open()
        // What is added up meanwhile does not show until this is over.
        connection.exec("begin")
        try {
          return runSteps(answerUsage(book, question), query)
        } finally {
          connection.exec("rollback")
        }
      }),
    close: () => {
      // Brings the log into the file, so that the file alone is the whole database while nothing runs. The rows are safe either way: when
      // somebody else holds the file, its log is read at the next start.
      if (database && !options.readOnly) query({ sql: "pragma wal_checkpoint(truncate)", args: [] })
      drop()
    },
  }
}
