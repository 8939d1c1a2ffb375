import type { Client } from "@libsql/client"
import { batchStatements, probeBatch } from "./batch-statements.ts"
import { type Executor, type Row, type Statement, storeFailure } from "./executor.ts"

const toLibrary = ({ sql, args }: Statement) => ({ sql, args: [...args] })

/** The same duties over `@libsql/client`: a batch is one round trip and one transaction on the server. */
export const remoteExecutor = (client: Client): Executor => {
  const asked = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (thrown) {
      throw storeFailure(thrown)
    }
  }
  const query = async (statement: Statement): Promise<readonly Row[]> => {
    const { rows, columns } = await asked(() => client.execute(toLibrary(statement)))
    return rows.map((row) => Object.fromEntries(columns.map((name) => [name, row[name]])) as Row)
  }
  return {
    apply: async (batch) => {
      try {
        const statements = batchStatements(batch).map(toLibrary)
        await client.batch(statements, "write")
      } catch (thrown) {
        const failure = storeFailure(thrown)
        if (failure.permanent && (await query(probeBatch(batch))).length > 0) return
        throw failure
      }
    },
    commit: async (statements) =>
      (await asked(() => client.batch(statements.map(toLibrary), "write"))).map((result) => result.rowsAffected),
    query,
    close: async () => client.close(),
  }
}
