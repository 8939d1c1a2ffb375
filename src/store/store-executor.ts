import type { Executor } from "./executor.ts"
import type { UsageAnswer, UsageQuestion } from "./usage/question.ts"

/** An executor that knows of usage as well. */
export interface StoreExecutor extends Executor {
  /** Adds up some of what batches brought; true when nothing waits any more. */
  compact(): Promise<boolean>
  /** Sums of usage; reads as `query` does. */
  usage(question: UsageQuestion): Promise<UsageAnswer>
}
