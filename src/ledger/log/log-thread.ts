import { GatewayError } from "../../contract/errors.ts"
import type { LogAnswer, LogJob } from "./log-worker.ts"
import type { LogIndexOptions, LogQuestion } from "./types.ts"

/** The log's thread: started when first asked, ended when a question takes too long, and started again by the next one. */
export interface LogThread {
  /** Throws GatewayError where there is no answer in time. */
  ask(question: LogQuestion): Promise<unknown>
  close(): Promise<void>
}

interface Asked {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: GatewayError) => void
}

const failed = (reason: string): GatewayError =>
  new GatewayError("internal", "The log could not be searched. Narrow the question in time, or try again.", {
    detail: reason,
  })

export function openLogThread(options: LogIndexOptions, deadlineMs: number): LogThread {
  let worker: Worker | undefined
  let last = 0
  const open = new Map<number, Asked>()

  const end = (dead: Worker, reason: string): void => {
    if (worker !== dead) return
    worker = undefined
    dead.terminate()
    const asked = [...open.values()]
    open.clear()
    for (const { reject } of asked) reject(failed(reason))
  }
  const send = (target: Worker, question: LogQuestion): Promise<unknown> => {
    const number = ++last
    return new Promise((resolve, reject) => {
      open.set(number, { resolve, reject })
      target.postMessage({ ...question, number } satisfies LogJob)
    })
  }
  const start = (): Worker => {
    const created = new Worker(new URL("./log-worker.ts", import.meta.url), { ref: false })
    worker = created
    created.onmessage = ({ data }: MessageEvent<LogAnswer>) => {
      const asked = open.get(data.number)
      open.delete(data.number)
      if (data.ok) asked?.resolve(data.result)
      else asked?.reject(failed(data.message))
    }
    created.onerror = (event) => end(created, event.message)
    created.addEventListener("close", () => end(created, "the thread of the log ended"))
    send(created, { kind: "open", options }).catch((error: GatewayError) => end(created, error.detail ?? error.message))
    return created
  }
  return {
    ask: async (question) => {
      const target = worker ?? start()
      const deadline = setTimeout(() => end(target, "the question took too long"), deadlineMs)
      try {
        return await send(target, question)
      } finally {
        clearTimeout(deadline)
      }
    },
    close: async () => {
      const running = worker
      if (running === undefined) return
      await send(running, { kind: "close" }).catch(() => undefined)
      worker = undefined
      running.terminate()
    },
  }
}
