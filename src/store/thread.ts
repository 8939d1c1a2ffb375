/** An answer of a Worker, to the question of that number. */
export type ThreadAnswer =
  | { readonly number: number; readonly ok: true; readonly result: unknown }
  | { readonly number: number; readonly ok: false; readonly message: string; readonly code?: string }

export interface ThreadOptions<Question> {
  /** The address of the Worker stands at the caller's, where the build looks for it. */
  readonly create: () => Worker
  /** What each new one is asked first. */
  readonly first: () => Question
  /** What whoever asked is told; without a code it is the thread that ended. */
  readonly failure: (message: string, code?: string) => Error
  /** What is said of one that ended by itself. */
  readonly ended: string
}

/** A Worker that is asked things by number: started when first asked, and again when it died or was ended. */
export interface Thread<Question> {
  readonly isRunning: boolean
  ask(question: Question): Promise<unknown>
  /** The same within a time, after which the thread is ended. */
  askWithin(milliseconds: number, question: Question): Promise<unknown>
  /** Ends it at once; what it was asked fails. */
  end(reason: string): void
  /** Asks it a last thing, and ends it when that and all before is answered. Whoever asks meanwhile asks another one. */
  close(last: Question): Promise<void>
}

interface Asked {
  readonly of: Worker
  answered(result: unknown): void
  failed(message: string, code?: string): void
}

export function openThread<Question extends object>(options: ThreadOptions<Question>): Thread<Question> {
  const { create, first, failure, ended } = options
  let worker: Worker | undefined
  let lastNumber = 0
  const open = new Map<number, Asked>()

  const end = (dead: Worker, reason: string): void => {
    if (worker === dead) worker = undefined
    dead.terminate()
    for (const [number, asked] of open) {
      if (asked.of !== dead) continue
      open.delete(number)
      asked.failed(reason)
    }
  }
  const post = (question: Question, asked: Asked): void => {
    const number = ++lastNumber
    open.set(number, asked)
    asked.of.postMessage({ ...question, number })
  }
  const send = (target: Worker, question: Question): Promise<unknown> =>
    new Promise((answered, reject) => {
      post(question, { of: target, answered, failed: (message, code) => reject(failure(message, code)) })
    })
  const start = (): Worker => {
    const created = create()
    worker = created
    created.onmessage = ({ data }: MessageEvent<ThreadAnswer>) => {
      const asked = open.get(data.number)
      open.delete(data.number)
      if (data.ok) asked?.answered(data.result)
      else asked?.failed(data.message, data.code)
    }
    created.onerror = (event) => end(created, event.message)
    // A Worker that died drops messages without a word, so its end has to be noticed here.
    created.addEventListener("close", () => end(created, ended))
    post(first(), { of: created, answered: () => undefined, failed: (message) => end(created, message) })
    return created
  }
  return {
    get isRunning() {
      return worker !== undefined
    },
    ask: (question) => send(worker ?? start(), question),
    askWithin: async (milliseconds, question) => {
      const target = worker ?? start()
      const deadline = setTimeout(() => end(target, "the question took too long"), milliseconds)
      try {
        return await send(target, question)
      } finally {
        clearTimeout(deadline)
      }
    },
    end: (reason) => {
      if (worker) end(worker, reason)
    },
    close: async (last) => {
      const running = worker
      if (running === undefined) return
      worker = undefined
      try {
        await send(running, last)
      } finally {
        running.terminate()
      }
    },
  }
}
