import type { Generation } from "../contract/generation.ts"
import type { Logger } from "../contract/plugin.ts"
import type { Aside } from "./aside.ts"
import type { Executor, Statement } from "./executor.ts"
import type { Spending } from "./spending.ts"
import type { StoreExecutor } from "./store-executor.ts"
import type { UsageEntry } from "./usage/entry.ts"
import type { UsageAnswer } from "./usage/question.ts"
import type { UsageQuery } from "./usage/usage-types.ts"

export interface WriterState {
  /** `degraded`: rows go to spill files, or stay in memory when even that fails. Requests are served all the same. */
  readonly status: "ok" | "degraded"
  readonly reason?: string
  /** Rows in memory. */
  readonly queued: number
  /** Rows in spill files. */
  readonly spilled: number
  /** Rows that were lost: no room in memory while neither database nor disk took any, or not writable at all. */
  readonly dropped: number
}

export interface Writer {
  /** Takes a row and returns at once; it is written within the flush time. */
  append(generation: Generation, settledAt: number): void
  /** Resolves when the row is in the database or in a spill file; `false` when neither could take it and it only waits in memory. */
  appendAndWait(generation: Generation, settledAt: number): Promise<boolean>
  /**
   * One durable transaction for what people change: keys, limits, settings. Statements must be such that running them twice is the same as
   * once, because a try whose answer got lost is repeated. Gives the changed rows per statement; throws GatewayError when all tries fail.
   */
  commit(statements: readonly Statement[]): Promise<readonly number[]>
  /** A read that may be long; runs beside the requests' thread. */
  query(statement: Statement): ReturnType<Executor["query"]>
  /** Sums of usage, with everything that was appended before; put together beside the requests' thread. */
  usage(query: UsageQuery): Promise<UsageAnswer>
  /** Resolves when every row that was appended before has been written, spilled or held back. */
  flush(): Promise<void>
  /** Tries to bring spilled and held rows into the database now. True when all are in. */
  recover(): Promise<boolean>
  state(): WriterState
  /** Sums of the rows that were appended and are not in the database yet. */
  pending(): readonly UsageEntry[]
  /** What their accounts spent. */
  pendingSpending(): readonly Spending[]
  close(): Promise<void>
}

export interface WriterOptions {
  readonly executor: StoreExecutor
  readonly aside: Aside
  readonly flushMs: number
  readonly queueRows: number
  readonly log: Logger
  readonly clock: { now(): number }
  /** A new unique name for a batch. */
  readonly newBatchId: () => string
  /** First wait before trying a failed database again, doubled up to 64 times. Default 250. */
  readonly retryMs?: number
  /** How long the database may take for a batch before rows are put aside. Default 10 000. */
  readonly applyMs?: number
  /** So many requests wait to be added to the sums of usage. Default 4 000. */
  readonly compactRows?: number
  readonly onState?: (state: WriterState) => void
}
