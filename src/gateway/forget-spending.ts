import { forgetOldFirings } from "../accounts/alerts/firings.ts"
import { forgetOldDays } from "../accounts/limits/spending-rows.ts"
import { type Logger, messageOf } from "../contract/index.ts"
import type { Statement } from "../store/executor.ts"

/** The first look, when the start is over, and the next ones. */
const firstMs = 60_000
const everyMs = 6 * 3_600_000

export interface ForgettingParts {
  readonly commit: (statements: readonly Statement[]) => Promise<unknown>
  readonly clock: { now(): number }
  readonly after: (milliseconds: number, run: () => void) => () => void
  readonly log: Logger
}

/** Takes away days of spending that no limit looks at any more, and what was told of windows long over, in the writer's own time. */
export function forgetSpending({ commit, clock, after, log }: ForgettingParts): () => void {
  let ended = false
  let cancel = () => {}
  const forget = async () => {
    try {
      await commit([forgetOldDays(clock.now()), ...forgetOldFirings(clock.now())])
    } catch (thrown) {
      log.warn("old days of spending, and old alerts, could not be removed", { error: messageOf(thrown) })
    }
    if (!ended) cancel = after(everyMs, () => void forget())
  }
  cancel = after(firstMs, () => void forget())
  return () => {
    ended = true
    cancel()
  }
}
