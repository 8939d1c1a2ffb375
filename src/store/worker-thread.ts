import type { ConnectionOptions } from "./connection.ts"
import { StoreFailure } from "./executor.ts"
import type { Answer, Job } from "./writer-worker.ts"

/** `Omit` that keeps the branches of a union apart. */
type WithoutNumber<T> = T extends unknown ? Omit<T, "number"> : never
export type JobBody = WithoutNumber<Job>

export interface WorkerThread {
  ask(job: JobBody): Promise<unknown>
  /** Ends the thread at once; the next `ask` starts a new one. Open questions fail. */
  restart(reason: string): void
  close(): Promise<void>
}

interface Question {
  readonly resolve: (result: unknown) => void
  readonly reject: (failure: StoreFailure) => void
}

/**
 * In the executable the Worker is an extra entry point of the build; Bun puts it under the bundle's root by its path below `src/`, while
 * the importing module lies in the root itself.
 */
const workerUrl = (): string =>
  new URL(Bun.isStandaloneExecutable ? "./store/writer-worker.js" : "./writer-worker.ts", import.meta.url).href

/** A Worker with a connection of its own, started when first asked and again when it died. */
export const openWorkerThread = (options: ConnectionOptions): WorkerThread => {
  let worker: Worker | undefined
  let lastNumber = 0
  const questions = new Map<number, Question>()

  const fail = (dead: Worker, reason: string): void => {
    if (worker !== dead) return
    worker = undefined
    dead.terminate()
    const open = [...questions.values()]
    questions.clear()
    for (const question of open) question.reject(new StoreFailure("WORKER_GONE", reason))
  }
  const send = (target: Worker, body: JobBody): Promise<unknown> => {
    const number = ++lastNumber
    return new Promise((resolve, reject) => {
      questions.set(number, { resolve, reject })
      target.postMessage({ ...body, number })
    })
  }
  const start = (): Worker => {
    const created = new Worker(workerUrl())
    worker = created
    created.onmessage = (event: MessageEvent<Answer>) => {
      const answer = event.data
      const question = questions.get(answer.number)
      questions.delete(answer.number)
      if (answer.ok) question?.resolve(answer.result)
      else question?.reject(new StoreFailure(answer.code, answer.message))
    }
    created.onerror = (event) => fail(created, event.message)
    // A Worker that died drops messages without a word, so its end has to be noticed here.
    created.addEventListener("close", () => fail(created, "the database thread ended"))
    send(created, { kind: "open", options }).catch((failure: StoreFailure) => fail(created, failure.message))
    return created
  }
  return {
    ask: (job) => send(worker ?? start(), job),
    restart: (reason) => {
      if (worker) fail(worker, reason)
    },
    close: async () => {
      const running = worker
      if (running === undefined) return
      await send(running, { kind: "close" })
      worker = undefined
      running.terminate()
    },
  }
}
