import { existsSync } from "node:fs"
import { type Logger, messageOf } from "../contract/index.ts"
import type { BodyAnswer, BodyJob } from "./bodies-worker.ts"
import type { BodiesState, BodyFound, BodyQuestion, BodySettings, KeptBody } from "./types.ts"

/** Prompts and answers of those keys whose are kept. */
export interface Bodies {
  /** Takes one and returns at once; the texts are cut to what may be kept. One that finds no room in memory is dropped, and counted. */
  keep(body: GivenBody): void
  /** `at`: when it ended. Everything kept before is found. */
  find(id: string, at: number): Promise<BodyFound>
  /** Removes what is over its time or its quota. */
  sweep(): Promise<void>
  /** Resolves when everything kept before is written, or could not be. */
  flush(): Promise<void>
  state(): BodiesState
  close(): Promise<void>
}

/** `answerLeft`: of the answer that much was left out already. */
export type GivenBody = Omit<KeptBody, "requestCut" | "answerCut"> & { readonly answerLeft?: number }

export interface BodiesOptions {
  readonly folder: string
  /** Part of the files' names; unique for each start. */
  readonly name: string
  readonly settings: () => BodySettings
  readonly log: Logger
  readonly clock: { now(): number }
  readonly randomBytes: (count: number) => Uint8Array
  /** Characters that may wait to be written. Default 32 Mi. */
  readonly waitingCharacters?: number
}

const sweepEveryMs = 3_600_000

const cut = (text: string, most: number): string => (text.length > most ? text.slice(0, most) : text)

/** The thread starts with the first body that is kept or looked for; whoever keeps none pays for none. */
export function openBodies(options: BodiesOptions): Bodies {
  const { folder, name, log, clock, settings, waitingCharacters = 32 << 20 } = options
  let worker: Worker | undefined
  let starts = 0
  let last = 0
  const open = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>()
  let waiting = 0
  let kept = 0
  let dropped = 0
  let diskBytes = 0
  let isTold = false
  const writing = new Set<Promise<unknown>>()

  const end = (dead: Worker, reason: string): void => {
    if (worker !== dead) return
    worker = undefined
    dead.terminate()
    const asked = [...open.values()]
    open.clear()
    for (const { reject } of asked) reject(new Error(reason))
  }
  const send = (target: Worker, question: BodyQuestion): Promise<unknown> => {
    const number = ++last
    return new Promise((resolve, reject) => {
      open.set(number, { resolve, reject })
      target.postMessage({ ...question, number } satisfies BodyJob)
    })
  }
  const start = (): Worker => {
    const created = new Worker(new URL("./bodies-worker.ts", import.meta.url), { ref: false })
    worker = created
    created.onmessage = ({ data }: MessageEvent<BodyAnswer>) => {
      const asked = open.get(data.number)
      open.delete(data.number)
      if (data.ok) asked?.resolve(data.result)
      else asked?.reject(new Error(data.message))
    }
    created.onerror = (event) => end(created, event.message)
    created.addEventListener("close", () => end(created, "the thread of kept prompts ended"))
    starts += 1
    send(created, { kind: "open", folder, name: `${name}-${starts}`, seed: options.randomBytes(32) }).catch(
      (error: Error) => end(created, error.message),
    )
    return created
  }
  const ask = (question: BodyQuestion): Promise<unknown> => send(worker ?? start(), question)
  const drop = (reason: string): void => {
    dropped += 1
    if (!isTold) log.warn("prompts and answers are not kept", { reason, dropped })
    isTold = true
  }
  const sweep = async (): Promise<void> => {
    if (worker === undefined && !existsSync(folder)) return
    diskBytes = (await ask({ kind: "sweep", now: clock.now(), settings: settings() })) as number
  }
  const sweeping = () =>
    sweep().catch((thrown) => log.warn("old prompts and answers stay", { error: messageOf(thrown) }))
  const sweeper = setInterval(sweeping, sweepEveryMs)
  sweeper.unref()
  const flush = async (): Promise<void> => {
    await Promise.allSettled(writing)
  }

  return {
    keep: ({ answerLeft = 0, ...body }) => {
      const current = settings()
      const request = cut(body.request, current.bodyBytes)
      const answer = cut(body.answer, current.bodyBytes)
      const size = request.length + answer.length
      if (waiting + size > waitingCharacters) return drop("they come faster than they can be written")
      const requestCut = body.request.length - request.length
      const answerCut = body.answer.length - answer.length + answerLeft
      waiting += size
      const written = ask({
        kind: "keep",
        bodies: [{ ...body, request, answer, requestCut, answerCut }],
        settings: current,
      })
        .then((bytes) => {
          kept += 1
          isTold = false
          if (typeof bytes === "number") diskBytes = bytes
        })
        .catch((thrown) => drop(messageOf(thrown)))
        .finally(() => {
          waiting -= size
          writing.delete(written)
        })
      writing.add(written)
    },
    find: async (id, at) => {
      await flush()
      if (worker === undefined && !existsSync(folder)) return {}
      return (await ask({ kind: "find", id, at, settings: settings() })) as BodyFound
    },
    sweep,
    flush,
    state: () => ({ kept, dropped, waitingBytes: 2 * waiting, diskBytes }),
    close: async () => {
      clearInterval(sweeper)
      await flush()
      const running = worker
      if (running === undefined) return
      await send(running, { kind: "close" }).catch((thrown) =>
        log.warn("kept prompts may not be on the disk", { error: messageOf(thrown) }),
      )
      worker = undefined
      running.terminate()
    },
  }
}
