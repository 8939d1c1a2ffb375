import type { ConnectionOptions } from "./connection.ts"
import { StoreFailure } from "./executor.ts"
import { openThread, type Thread } from "./thread.ts"
import type { Job } from "./writer-worker.ts"

/** `Omit` that keeps the branches of a union apart. */
type WithoutNumber<T> = T extends unknown ? Omit<T, "number"> : never
export type JobBody = WithoutNumber<Job>

/**
 * In the executable the Worker is an extra entry point of the build; Bun puts it under the bundle's root by its path below `src/`, while
 * the importing module lies in the root itself.
 */
const workerUrl = (): string =>
  new URL(Bun.isStandaloneExecutable ? "./store/writer-worker.js" : "./writer-worker.ts", import.meta.url).href

/** A Worker with a connection of its own. */
export const openWorkerThread = (options: ConnectionOptions): Thread<JobBody> =>
  openThread({
    create: () => new Worker(workerUrl()),
    first: () => ({ kind: "open", options }),
    failure: (message, code = "WORKER_GONE") => new StoreFailure(code, message),
    ended: "the database thread ended",
  })
