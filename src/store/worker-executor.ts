import { type Row, StoreFailure, storeFailure } from "./executor.ts"
import { packBatch } from "./packed-batch.ts"
import type { StoreExecutor } from "./store-executor.ts"
import type { UsageAnswer } from "./usage/question.ts"
import { type JobBody, openWorkerThread } from "./worker-thread.ts"

export interface WorkerExecutorOptions {
  readonly path: string
  readonly durability: "relaxed" | "strict"
  /** How long the writer waits for a foreign lock before it reports trouble. Default 250. */
  readonly busyMs?: number
  /** Deadline of a long query; its thread is ended when it is over. Default 10 000. */
  readonly queryMs?: number
}

/** Writing and long reading on a local file, each in its own thread. */
export const workerExecutor = (options: WorkerExecutorOptions): StoreExecutor => {
  const connection = { path: options.path, busyMs: options.busyMs ?? 250, readOnly: false }
  const writer = openWorkerThread({ ...connection, alwaysDurable: options.durability === "strict" })
  const reader = openWorkerThread({ ...connection, readOnly: true, alwaysDurable: false })
  const queryMs = options.queryMs ?? 10_000
  const asked = async (question: () => Promise<unknown>): Promise<unknown> => {
    try {
      return await question()
    } catch (thrown) {
      throw storeFailure(thrown)
    }
  }
  const read = (job: JobBody): Promise<unknown> => asked(() => reader.askWithin(queryMs, job))
  return {
    apply: async (batch) => {
      await asked(() => writer.ask({ kind: "batch", ...packBatch(batch) }))
    },
    commit: async (statements) => (await asked(() => writer.ask({ kind: "commit", statements }))) as number[],
    query: async (statement) => (await read({ kind: "query", statement })) as Row[],
    compact: async () => (await asked(() => writer.ask({ kind: "compact" }))) as boolean,
    usage: async (question) => (await read({ kind: "usage", question })) as UsageAnswer,
    close: async () => {
      const results = await Promise.allSettled([reader.close({ kind: "close" }), writer.close({ kind: "close" })])
      const failed = results.find((result) => result.status === "rejected")
      if (failed) throw new StoreFailure("CLOSE", String(failed.reason))
    },
  }
}
