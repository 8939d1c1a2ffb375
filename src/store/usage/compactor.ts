import type { Logger } from "../../contract/plugin.ts"
import { storeFailure } from "../executor.ts"
import type { StoreExecutor } from "../store-executor.ts"

/** Has usage added up when enough waits, beside whatever else the writer does. What fails is tried again with the next batch. */
export interface Compactor {
  /** So many requests were written. */
  wrote(requests: number): void
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
}

export const createCompactor = (executor: StoreExecutor, log: Logger, rows: number): Compactor => {
  // What an earlier run left is not known: the first batch finds out.
  let waiting = rows
  let working: Promise<void> | undefined

  const work = async (): Promise<void> => {
    waiting = 0
    try {
      while (!(await executor.compact())) {}
    } catch (thrown) {
      waiting = rows
      const failure = storeFailure(thrown)
      // Another gateway of the same store was quicker; what it took need not be taken again.
      if (failure.code.startsWith("SQLITE_CONSTRAINT") && failure.message.includes("usage_compactions"))
        log.debug("another gateway adds up usage", { reason: failure.message })
      else log.warn("usage could not be added up; it is tried again", { reason: failure.message })
    }
  }
  return {
    wrote: (requests) => {
      waiting += requests
      if (waiting < rows) return
      working ??= work().finally(() => {
        working = undefined
      })
    },
    idle: async () => await working,
  }
}
