import type { PdfAnswer, PdfJob } from "./pdf-worker.ts"

/** The text of each page that was read; `total` counts those that were not as well. */
export interface PdfPages {
  readonly pages: readonly string[]
  readonly total: number
}

export type PdfProblem = "encrypted" | "broken" | "slow"

/** Why a file has no text for us; the message is the parser's, for the log. */
export class PdfError extends Error {
  readonly problem: PdfProblem

  constructor(problem: PdfProblem, message: string) {
    super(message)
    this.name = "PdfError"
    this.problem = problem
  }
}

/** Throws PdfError, or the signal's reason. */
export type ReadPdf = (bytes: Uint8Array, signal: AbortSignal) => Promise<PdfPages>

export interface PdfLimits {
  readonly pages: number
  /** For one file, without the time it waits for its turn. */
  readonly milliseconds: () => number
}

/** A thread that nobody needs gives its memory back after this time. */
const idleMs = 30_000

/**
 * Reads PDF in a thread of its own: a file may be made to take minutes, and must neither hold up other requests nor take the process
 * with it. One file after the other; the thread starts with the first one, is ended when a file takes too long, and never keeps the
 * process alive.
 */
export function createPdfReader(limits: PdfLimits): ReadPdf {
  let thread: Worker | undefined
  let idle: Timer | undefined
  let count = 0
  let last: Promise<unknown> = Promise.resolve()

  const end = (ended: Worker | undefined) => {
    ended?.terminate()
    if (thread === ended) thread = undefined
  }
  const start = (): Worker => {
    const created = new Worker(new URL("./pdf-worker.ts", import.meta.url), { ref: false })
    created.addEventListener("close", () => end(created))
    return created
  }

  const ask = (bytes: Uint8Array, signal: AbortSignal): Promise<PdfPages> => {
    signal.throwIfAborted()
    clearTimeout(idle)
    thread ??= start()
    const asked = thread
    const number = ++count
    return new Promise<PdfPages>((resolve, reject) => {
      const give = (settle: () => void) => {
        clearTimeout(timer)
        signal.removeEventListener("abort", gone)
        asked.removeEventListener("message", answered)
        asked.removeEventListener("error", failed)
        asked.removeEventListener("close", failed)
        idle = setTimeout(() => end(asked), idleMs)
        idle.unref()
        settle()
      }
      // What a thread is in the middle of can only be ended with the thread.
      const giveUp = (reason: unknown) => {
        end(asked)
        give(() => reject(reason))
      }
      const gone = () => giveUp(signal.reason)
      const failed = (event: Event) =>
        giveUp(new PdfError("broken", event instanceof ErrorEvent ? event.message : "the thread that reads PDF ended"))
      const answered = ({ data }: MessageEvent<PdfAnswer>) => {
        if (data.number !== number) return
        if (data.ok) give(() => resolve({ pages: data.pages, total: data.total }))
        else give(() => reject(new PdfError(data.encrypted ? "encrypted" : "broken", data.message)))
      }
      const timer = setTimeout(() => giveUp(new PdfError("slow", "took too long")), limits.milliseconds())
      signal.addEventListener("abort", gone, { once: true })
      asked.addEventListener("message", answered)
      asked.addEventListener("error", failed)
      asked.addEventListener("close", failed)
      asked.postMessage({ number, bytes, mostPages: limits.pages } satisfies PdfJob)
    })
  }

  return (bytes, signal) => {
    const work = last.then(() => ask(bytes, signal))
    last = work.catch(() => {})
    return work
  }
}
