import type { Row, SqlValue, Statement } from "../../store/executor.ts"
import { unpackEntries } from "../../store/packed-batch.ts"
import { openLogFile } from "./log-file.ts"
import { OpenSegment, segmentRows } from "./open-segment.ts"
import { facets, search, sessions } from "./scan.ts"
import type { StoredSegment } from "./stored-segment.ts"
import type { LogQuestion, LogStep } from "./types.ts"

export type ReadLedger = (statement: Statement) => Promise<readonly Row[]>

const nextBatches = "select number, entries from generation_batches where number > ? order by number limit ?"
const batchesAtOnce = 20
/** Rows that a question reads of the ledger before it is answered: what a start finds to be read, and some more. */
const catchUpRows = 3 * segmentRows

/** A batch that is damaged is missing in the log, and stops nothing. */
function added(open: OpenSegment, number: number, entries: SqlValue | undefined): number {
  try {
    const unpacked = unpackEntries(entries)
    open.add(number, unpacked)
    return unpacked.length
  } catch {
    open.add(number, [])
    return 0
  }
}

export interface LogIndex {
  ask(question: Exclude<LogQuestion, { kind: "open" | "close" }>): Promise<unknown>
  close(): void
}

/**
 * The log: columns of what the ledger has, filled behind its back by the number of its batches. A segment that is full is in the file;
 * what is newer is in memory, and read from the ledger again after a start.
 */
export function openLogIndex(
  path: string,
  ledger: ReadLedger,
  now: () => number,
  rowsOfSegment: number = segmentRows,
): LogIndex {
  const file = openLogFile(path)
  const stored: StoredSegment[] = file.segments()
  let open = new OpenSegment()
  let turn: Promise<unknown> = Promise.resolve()

  const put = (): void => {
    if (open.rows < rowsOfSegment) return
    stored.push(file.add(open))
    open = new OpenSegment()
  }
  /** Segments end with a batch, so that each gateway and each start cut the ledger at the same places. */
  const step = async (mostRows: number): Promise<LogStep> => {
    let rows = 0
    // What the file did not take the last time: no more is added to it.
    put()
    while (rows < mostRows) {
      const last = open.lastBatch || (stored.at(-1)?.lastBatch ?? 0)
      const batches = await ledger({ sql: nextBatches, args: [last, batchesAtOnce] })
      for (const { number, entries } of batches) {
        rows += added(open, Number(number), entries)
        put()
      }
      if (batches.length < batchesAtOnce) return { rows, done: true }
    }
    return { rows, done: false }
  }
  const answer = async (question: Exclude<LogQuestion, { kind: "open" | "close" }>): Promise<unknown> => {
    if (question.kind === "step") return step(question.rows)
    if (question.kind === "remove") {
      for (let first = stored[0]; first && first.lastAt < question.before; first = stored[0]) {
        file.remove(first.number)
        stored.shift()
      }
      return stored[0]?.number ?? open.number
    }
    const { done } = await step(catchUpRows)
    const segments = open.rows > 0 ? [...stored, open] : stored
    const behind = !done
    switch (question.kind) {
      case "search":
        return { ...search(segments, question, now), behind }
      case "facets":
        return { ...facets(segments, question.filter, question.column, question.limit), behind }
      case "sessions":
        return { sessions: sessions(segments, question.filter, question.limit), behind }
    }
  }
  return {
    // One after the other: reading the ledger may wait, and two that read it at once would read the same.
    ask: (question) => {
      const answered = turn.then(() => answer(question))
      turn = answered.catch(() => undefined)
      return answered
    },
    close: () => file.close(),
  }
}
