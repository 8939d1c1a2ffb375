import { existsSync } from "node:fs"
import { type Logger, messageOf } from "../contract/index.ts"
import { openThread } from "../store/thread.ts"
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
  /** Runs something once, later; the result calls it off. */
  readonly after: (milliseconds: number, run: () => void) => () => void
  readonly randomBytes: (count: number) => Uint8Array
  /** Characters that may wait to be written. Default 32 Mi. */
  readonly waitingCharacters?: number
}

/** The first look, when the start is over: whoever starts anew each hour has days to be removed as well. And the next ones. */
const firstSweepMs = 60_000
const sweepEveryMs = 3_600_000

const cut = (text: string, most: number): string => (text.length > most ? text.slice(0, most) : text)

/** The thread starts with the first body that is kept or looked for; whoever keeps none pays for none. */
export function openBodies(options: BodiesOptions): Bodies {
  const { folder, name, log, clock, settings, waitingCharacters = 32 << 20 } = options
  let starts = 0
  let waiting = 0
  let kept = 0
  let dropped = 0
  let diskBytes = 0
  let problem: string | undefined
  const writing = new Set<Promise<unknown>>()

  const thread = openThread<BodyQuestion>({
    create: () => new Worker(new URL("./bodies-worker.ts", import.meta.url), { ref: false }),
    first: () => ({ kind: "open", folder, name: `${name}-${++starts}`, seed: options.randomBytes(32) }),
    failure: (message) => new Error(message),
    ended: "the thread of kept prompts ended",
  })
  const drop = (reason: string): void => {
    dropped += 1
    if (problem === undefined) log.warn("prompts and answers are not kept", { reason, dropped })
    problem = reason
  }
  const sweep = async (): Promise<void> => {
    if (!thread.isRunning && !existsSync(folder)) return
    diskBytes = (await thread.ask({ kind: "sweep", now: clock.now(), settings: settings() })) as number
  }
  let endSweeps = () => {}
  const sweepAfter = (milliseconds: number): void => {
    endSweeps = options.after(milliseconds, () => {
      sweepAfter(sweepEveryMs)
      sweep().catch((thrown) => log.warn("old prompts and answers stay", { error: messageOf(thrown) }))
    })
  }
  sweepAfter(firstSweepMs)
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
      const written = thread
        .ask({
          kind: "keep",
          bodies: [{ ...body, request, answer, requestCut, answerCut }],
          settings: current,
        })
        .then((bytes) => {
          kept += 1
          problem = undefined
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
      if (!thread.isRunning && !existsSync(folder)) return {}
      try {
        return (await thread.ask({ kind: "find", id, at, settings: settings() })) as BodyFound
      } catch (thrown) {
        // What is known of the request beside them can be told all the same.
        log.warn("kept prompts cannot be read", { error: messageOf(thrown) })
        return { problem: "unreadable" }
      }
    },
    sweep,
    flush,
    state: () => ({
      kept,
      dropped,
      waitingBytes: 2 * waiting,
      diskBytes,
      ...(problem === undefined ? {} : { problem }),
    }),
    close: async () => {
      endSweeps()
      await flush()
      await thread
        .close({ kind: "close" })
        .catch((thrown) => log.warn("kept prompts may not be on the disk", { error: messageOf(thrown) }))
    },
  }
}
