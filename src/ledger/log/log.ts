import { join } from "node:path"
import { messageOf } from "../../contract/errors.ts"
import type { Logger } from "../../contract/plugin.ts"
import { databaseFile } from "../../store/client.ts"
import type { Store } from "../../store/open-store.ts"
import { dayMs } from "../../store/windows.ts"
import type { Feedback } from "./feedback.ts"
import { openLogThread } from "./log-thread.ts"
import { segmentRows } from "./open-segment.ts"
import { removeOldBatches } from "./retention.ts"
import type { LogFacets, LogFilter, LogPage, LogSearch, LogSessions, LogStep } from "./types.ts"

/** Finished requests by what they are looked for. Everything that was settled before the question is in the answer. */
export interface Log {
  search(question: LogSearch): Promise<LogPage>
  /** `column`: of the texts, or a tag behind `extra.`. */
  facets(filter: LogFilter, column: string, limit: number): Promise<LogFacets>
  sessions(filter: LogFilter, limit: number): Promise<LogSessions>
  /** Says that a request was settled, so that the log is filled when there is enough. */
  noted(): void
  /** Reads all of the ledger that is not in the log yet. */
  fill(): Promise<void>
  /** Removes from log, ledger and feedback what is older than it may be. */
  sweep(): Promise<void>
  close(): Promise<void>
}

export interface LogOptions {
  readonly dataDir: string
  /** A libSQL server that the ledger is on, instead of a file. */
  readonly store: Store
  readonly remote?: { readonly url: string; readonly authToken?: string }
  readonly feedback: Feedback
  readonly clock: { now(): number }
  readonly log: Logger
  /** Undefined: everything is kept. */
  readonly retentionDays: () => number | undefined
  /** Runs something once, later; the result calls it off. */
  readonly after: (milliseconds: number, run: () => void) => () => void
  /** How long a question may take. Default 10 000. */
  readonly deadlineMs?: number
}

/** The first look, when the start is over: whoever starts anew each hour has old requests as well. And the next ones. */
const firstSweepMs = 60_000
const sweepEveryMs = 3_600_000
const tickMs = 15_000
/** A thread that nobody asked for so long ends, and its memory with it. */
const idleTicks = 20
/** Rows that are read at once while the log is filled: some ten milliseconds, behind which questions wait. */
const stepRows = 1_000

export function openLog(options: LogOptions): Log {
  const { store, clock, log, remote, dataDir } = options
  const thread = openLogThread(
    { file: join(dataDir, "log.db"), ledger: remote ?? { path: databaseFile(dataDir) } },
    options.deadlineMs ?? 10_000,
  )
  let fresh = 0
  let idle = 0
  let closed = false
  let filling: Promise<void> | undefined

  const fillAll = async (): Promise<void> => {
    fresh = 0
    idle = 0
    for (let done = false; !done && !closed; )
      ({ done } = (await thread.ask({ kind: "step", rows: stepRows })) as LogStep)
  }
  const fill = (): Promise<void> => {
    filling ??= fillAll().finally(() => {
      filling = undefined
    })
    return filling
  }
  const ask = async <Answer extends { readonly behind: boolean }>(
    question: Parameters<typeof thread.ask>[0],
  ): Promise<Answer> => {
    idle = 0
    await store.writer.flush()
    const answer = (await thread.ask(question)) as Answer
    if (answer.behind && !closed) void quietly(fill(), "the log cannot be filled")
    return answer
  }
  const oldest = (): number | undefined => {
    const days = options.retentionDays()
    return days === undefined ? undefined : clock.now() - days * dayMs
  }
  /** What is too old is not shown, whether it is gone already or not. */
  const within = (filter: LogFilter): LogFilter => {
    const from = oldest()
    return from === undefined || (filter.from ?? 0) >= from ? filter : { ...filter, from }
  }
  const sweep = async (): Promise<void> => {
    const before = oldest()
    if (before === undefined) return
    await store.writer.flush()
    // What goes from the ledger must not be on its way into the log.
    await fill()
    const batches = await removeOldBatches(store, before)
    await thread.ask({ kind: "remove", before })
    await options.feedback.remove(before)
    if (batches > 0) log.info("old requests were removed from the ledger", { batches })
  }
  const quietly = (work: Promise<unknown>, what: string) =>
    work.catch((thrown) => {
      if (!closed) log.warn(what, { error: messageOf(thrown) })
    })
  const ticker = setInterval(() => {
    // A long backlog is read for longer than anybody may be idle.
    idle = filling === undefined ? idle + 1 : 0
    if (fresh >= segmentRows / 2) void quietly(fill(), "the log cannot be filled")
    else if (idle === idleTicks) void quietly(thread.close(), "the thread of the log cannot be ended")
  }, tickMs)
  ticker.unref()
  let endSweeps = () => {}
  const sweepAfter = (milliseconds: number): void => {
    endSweeps = options.after(milliseconds, () => {
      sweepAfter(sweepEveryMs)
      void quietly(sweep(), "old requests stay")
    })
  }
  sweepAfter(firstSweepMs)

  return {
    search: (question) => ask({ kind: "search", ...question, filter: within(question.filter) }),
    facets: (filter, column, limit) => ask({ kind: "facets", filter: within(filter), column, limit }),
    sessions: (filter, limit) => ask({ kind: "sessions", filter: within(filter), limit }),
    noted: () => {
      fresh += 1
    },
    fill: async () => {
      await store.writer.flush()
      await fill()
    },
    sweep,
    close: async () => {
      closed = true
      clearInterval(ticker)
      endSweeps()
      await filling?.catch(() => undefined)
      await thread.close()
    },
  }
}
