import { messageOf } from "../../contract/errors.ts"
import type { Logger } from "../../contract/plugin.ts"

export interface ScheduleParts {
  readonly refresher: { refreshDue(): Promise<unknown> }
  /** 0 ≤ x < 1. */
  readonly random: () => number
  /** Calls once, after so many milliseconds; the result takes it back. Never keeps the process alive. */
  readonly after: (milliseconds: number, run: () => void) => () => void
  readonly log: Logger
}

const minuteMs = 60_000

/**
 * Looks for what is due: first one to ten minutes after the start, so that a fleet that starts together does not ask together and a start is
 * only a start; then every five to ten minutes, which is also how soon a changed configuration is seen. Gives a function that ends it.
 */
export function scheduleRefreshes({ refresher, random, after, log }: ScheduleParts): () => void {
  let ended = false
  let cancel = () => {}
  const next = (least: number, most: number) => {
    if (!ended) cancel = after(Math.round((least + random() * (most - least)) * minuteMs), look)
  }
  const look = () => {
    refresher
      .refreshDue()
      .catch((thrown: unknown) => {
        if (!ended) log.error("looking for fresh facts of models failed", { error: messageOf(thrown) })
      })
      .finally(() => next(5, 10))
  }
  next(1, 10)
  return () => {
    ended = true
    cancel()
  }
}
