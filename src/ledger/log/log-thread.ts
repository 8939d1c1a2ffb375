import { GatewayError } from "../../contract/errors.ts"
import { openThread } from "../../store/thread.ts"
import type { LogIndexOptions, LogQuestion } from "./types.ts"

/** The log's thread: started when first asked, ended when a question takes too long, and started again by the next one. */
export interface LogThread {
  /** Throws GatewayError where there is no answer in time. */
  ask(question: LogQuestion): Promise<unknown>
  close(): Promise<void>
}

const failed = (reason: string): GatewayError =>
  new GatewayError("internal", "The log could not be searched. Narrow the question in time, or try again.", {
    detail: reason,
  })

export function openLogThread(options: LogIndexOptions, deadlineMs: number): LogThread {
  const thread = openThread<LogQuestion>({
    create: () => new Worker(new URL("./log-worker.ts", import.meta.url), { ref: false }),
    first: () => ({ kind: "open", options }),
    failure: failed,
    ended: "the thread of the log ended",
  })
  return {
    ask: (question) => thread.askWithin(deadlineMs, question),
    // It is made anew from the ledger: what is not written to its file at the end is by the next start.
    close: () => thread.close({ kind: "close" }).catch(() => undefined),
  }
}
