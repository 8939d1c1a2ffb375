import { GatewayError } from "../contract/errors.ts"
import { type Batch, type LedgerEntry, StoreFailure, storeFailure } from "./executor.ts"
import { createSpendingTable } from "./spending.ts"
import { compactAfter } from "./usage/compact.ts"
import { createCompactor } from "./usage/compactor.ts"
import { createUsageTable } from "./usage/usage-table.ts"
import type { Writer, WriterOptions, WriterState } from "./writer-types.ts"

/** At this many rows a flush begins without waiting for its time. */
const flushRows = 200
/** Rows of one transaction at most, so that a backlog does not turn into one long lock. */
const batchRows = 500
const commitTries = 4
const usageTries = 5
/** A bucket that has this many rows is full. Smaller ones make writing cheaper and looking up dearer. */
const rowsPerBucket = 1_024

/** The queue in front of the writing connection. See `Writer` for what each call promises. */
export const createWriter = (options: WriterOptions): Writer => {
  const { executor, aside, log, queueRows } = options
  const firstRetryMs = options.retryMs ?? 250
  const applyMs = options.applyMs ?? 10_000
  let queue: LedgerEntry[] = []
  /** The batch that the database is working on. */
  let flying: Batch | undefined
  let dropped = 0
  let bucket = 0
  let bucketRows = rowsPerBucket
  let appended = 0
  let done = 0
  let reason: string | undefined
  let retryMs = firstRetryMs
  let flushTimer: Timer | undefined
  let retryTimer: Timer | undefined
  let pumping: Promise<void> | undefined
  let recovering: Promise<boolean> | undefined
  let giveWay: ((failure: StoreFailure) => void) | undefined
  let closed = false
  const compactor = createCompactor(executor, log, options.compactRows ?? compactAfter)
  /** Grows when rows that were put aside get into the database. */
  let replays = 0
  const waiting = new Map<LedgerEntry, (durable: boolean) => void>()

  const state = (): WriterState => ({
    status: reason === undefined ? "ok" : "degraded",
    ...(reason === undefined ? {} : { reason }),
    queued: queue.length + aside.heldRows() + (flying?.entries.length ?? 0),
    spilled: aside.spilledRows(),
    dropped,
  })
  const scheduleRetry = (): void => {
    if (closed || retryTimer !== undefined) return
    retryTimer = setTimeout(() => {
      retryTimer = undefined
      void recover()
    }, retryMs)
    retryMs = Math.min(retryMs * 2, firstRetryMs * 64)
  }
  const degrade = (why: string): void => {
    if (reason === undefined) log.error("the store cannot be written; rows are put aside", { reason: why })
    reason = why
    options.onState?.(state())
    scheduleRetry()
  }
  const finish = (batch: Batch, durable: boolean): void => {
    done += batch.entries.length
    if (waiting.size === 0) return
    for (const entry of batch.entries) {
      waiting.get(entry)?.(durable)
      waiting.delete(entry)
    }
  }
  /** Races the database against its deadline and, for the batch at the head of the queue, against a queue that is full. */
  const within = async (work: Promise<void>, isHead: boolean): Promise<void> => {
    let timer: Timer | undefined
    const trouble = new Promise<never>((_, reject) => {
      if (isHead) giveWay = reject
      timer = setTimeout(() => reject(new StoreFailure("TIMEOUT", "the database does not answer")), applyMs)
    })
    try {
      await Promise.race([work, trouble])
    } finally {
      clearTimeout(timer)
      if (isHead) giveWay = undefined
    }
  }
  /** Writes a batch. Rows that can never be written are singled out and lost, loudly; other failures are thrown. */
  const apply = async (batch: Batch, isHead = false): Promise<void> => {
    try {
      await within(executor.apply(batch), isHead)
      compactor.wrote(batch.entries.length)
    } catch (thrown) {
      const failure = storeFailure(thrown)
      if (!failure.permanent) throw failure
      if (batch.entries.length === 1) {
        dropped += 1
        log.error("a ledger row cannot be written and is lost", {
          requestId: batch.entries[0]!.generation.requestId,
          code: failure.code,
          reason: failure.message,
        })
        return
      }
      for (const [position, entry] of batch.entries.entries())
        await apply({ id: `${batch.id}.single.${position}`, bucket: batch.bucket, entries: [entry] }, isHead)
    }
  }
  const putAside = async (batch: Batch): Promise<void> => {
    const failure = await aside.put(batch)
    finish(batch, failure === undefined)
    if (failure) degrade(`neither the database nor the spill folder can be written: ${failure.message}`)
    // The database may have come back while this was on its way to the file.
    else if (reason === undefined) scheduleRetry()
  }
  const bucketFor = (rows: number): number => {
    if (bucketRows >= rowsPerBucket) {
      bucket = Math.max(bucket + 1, options.clock.now())
      bucketRows = 0
    }
    bucketRows += rows
    return bucket
  }
  const drain = async (): Promise<void> => {
    while (queue.length > 0) {
      const entries = queue.length <= batchRows ? queue : queue.splice(0, batchRows)
      if (entries === queue) queue = []
      const batch: Batch = { id: options.newBatchId(), bucket: bucketFor(entries.length), entries }
      flying = batch
      if (reason === undefined)
        try {
          await apply(batch, true)
          flying = undefined
          finish(batch, true)
          continue
        } catch (failure) {
          degrade(storeFailure(failure).message)
        }
      await putAside(batch)
      flying = undefined
    }
  }
  const schedule = (): void => {
    flushTimer ??= setTimeout(pump, options.flushMs)
  }
  const pump = (): Promise<void> => {
    clearTimeout(flushTimer)
    flushTimer = undefined
    pumping ??= drain().finally(() => {
      pumping = undefined
      // A row that came between the last look at the queue and now has nobody else to wake the pump.
      if (queue.length > 0) schedule()
    })
    return pumping
  }
  const replay = (batch: Batch): Promise<void> => apply(batch).finally(() => (replays += 1))
  const recoverOnce = async (): Promise<boolean> => {
    try {
      await aside.replay(replay)
      if (reason !== undefined) {
        // New rows go to the database from here on; what was put aside meanwhile follows.
        reason = undefined
        retryMs = firstRetryMs
        log.info("the store is written again", { dropped })
      }
      while (!aside.isEmpty()) await aside.replay(replay)
      options.onState?.(state())
      return true
    } catch (failure) {
      degrade(storeFailure(failure).message)
      return false
    }
  }
  const recover = (): Promise<boolean> => {
    recovering ??= recoverOnce().finally(() => {
      recovering = undefined
    })
    return recovering
  }
  const take = (entry: LedgerEntry): boolean => {
    appended += 1
    if (queue.length + aside.heldRows() >= queueRows) {
      giveWay?.(new StoreFailure("QUEUE_FULL", "the database is slower than the requests"))
      // Rows that are on their way into a spill file make room soon; twice the bound is the end of patience.
      if (queue.length + aside.heldRows() >= 2 * queueRows) {
        if (dropped === 0) log.error("the ledger queue is full; rows are lost", { queueRows })
        dropped += 1
        done += 1
        return false
      }
    }
    queue.push(entry)
    return true
  }

  const flush = async (): Promise<void> => {
    const target = appended
    while (done < target) await pump()
  }

  return {
    append: (generation, settledAt) => {
      if (!take({ settledAt, generation })) return
      if (pumping !== undefined) return
      if (queue.length >= flushRows) void pump()
      else schedule()
    },
    appendAndWait: (generation, settledAt) => {
      const entry = { settledAt, generation }
      if (!take(entry)) return Promise.resolve(false)
      const written = new Promise<boolean>((resolve) => waiting.set(entry, resolve))
      void pump()
      return written
    },
    commit: async (statements) => {
      for (let tries = 1; ; tries += 1)
        try {
          return await executor.commit(statements)
        } catch (thrown) {
          const failure = storeFailure(thrown)
          if (failure.permanent || tries === commitTries)
            throw new GatewayError("internal", "The change could not be stored. Look at GET /health and try again.", {
              detail: failure.message,
              cause: failure,
            })
          await new Promise((resolve) => setTimeout(resolve, firstRetryMs * tries))
        }
    },
    query: (statement) => executor.query(statement),
    usage: async (query) => {
      await flush()
      for (let tries = 1; ; tries += 1) {
        const before = replays
        const answer = await executor.usage({ query, pending: aside.sums() })
        // What was put aside and got into the database meanwhile may be in it twice.
        if (replays === before || tries === usageTries) return answer
      }
    },
    flush,
    recover,
    state,
    pending: () => {
      const table = createUsageTable()
      for (const entry of flying?.entries ?? []) table.add(entry)
      for (const entry of queue) table.add(entry)
      return [...aside.sums(), ...table.rows()]
    },
    pendingSpending: () => {
      const table = createSpendingTable()
      for (const entry of flying?.entries ?? []) table.add(entry)
      for (const entry of queue) table.add(entry)
      return [...aside.spending(), ...table.rows()]
    },
    close: async () => {
      await flush()
      closed = true
      clearTimeout(flushTimer)
      clearTimeout(retryTimer)
      await recovering
      await compactor.idle()
      await aside.close()
      await executor.close()
    },
  }
}
