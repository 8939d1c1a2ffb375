import type { Client, Value } from "@libsql/client"
import { batchStatements, probeBatch } from "./batch-statements.ts"
import { type Row, type Statement, storeFailure } from "./executor.ts"
import { packBatch } from "./packed-batch.ts"
import type { StoreExecutor } from "./store-executor.ts"
import { answerUsage } from "./usage/answer.ts"
import { createSeriesBook } from "./usage/book.ts"
import { compaction } from "./usage/compact.ts"
import { awaitSteps } from "./usage/steps.ts"

const toLibrary = ({ sql, args }: Statement) => ({ sql, args: [...args] })

const toOurs = (value: Value | undefined): Value | Uint8Array | undefined =>
  value instanceof ArrayBuffer ? new Uint8Array(value) : value

/** The same duties over `@libsql/client`: a batch is one round trip and one transaction on the server. */
export const remoteExecutor = (client: Client): StoreExecutor => {
  const asked = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (thrown) {
      throw storeFailure(thrown)
    }
  }
  const query = async (statement: Statement): Promise<readonly Row[]> => {
    const { rows, columns } = await asked(() => client.execute(toLibrary(statement)))
    return rows.map((row) => Object.fromEntries(columns.map((name) => [name, toOurs(row[name])])) as Row)
  }
  const book = createSeriesBook()
  return {
    apply: async (batch) => {
      const packed = await asked(async () => packBatch(batch))
      try {
        await client.batch(batchStatements(packed).map(toLibrary), "write")
      } catch (thrown) {
        const failure = storeFailure(thrown)
        if (failure.permanent && (await query(probeBatch(packed))).length > 0) return
        throw failure
      }
    },
    commit: async (statements) =>
      (await asked(() => client.batch(statements.map(toLibrary), "write"))).map((result) => result.rowsAffected),
    query,
    compact: async () => {
      const found = await awaitSteps(compaction(), query)
      if (found === undefined) return true
      await asked(() => client.batch(found.statements.map(toLibrary), "write"))
      return found.isLast
    },
    usage: (question) => awaitSteps(answerUsage(book, question), query),
    close: async () => client.close(),
  }
}
