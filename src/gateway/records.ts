import { join } from "node:path"
import { openBodies } from "../bodies/bodies.ts"
import type { Config } from "../config/config.ts"
import { openGenerations } from "../ledger/generations.ts"
import { openFeedback } from "../ledger/log/feedback.ts"
import { openLog } from "../ledger/log/log.ts"
import type { Store } from "../store/open-store.ts"
import type { RootLogger } from "../telemetry/logger.ts"
import { after } from "./after.ts"
import { randomToken } from "./random.ts"

export interface RecordParts {
  readonly store: Store
  /** The configuration at the start, and the present one. */
  readonly config: Config
  readonly settings: () => Config
  readonly log: RootLogger
  readonly clock: { now(): number }
}

/** What is kept of finished requests: their records, the log that they are found by, what clients said of them, their texts. */
export function openRecords({ store, config, settings, log, clock }: RecordParts) {
  const generations = openGenerations({ store })
  const feedback = openFeedback({ store, generations, clock })
  const { url, authToken } = config.store
  const found = openLog({
    dataDir: config.dataDir,
    store,
    ...(url === undefined ? {} : { remote: authToken === undefined ? { url } : { url, authToken } }),
    feedback,
    clock,
    after,
    log,
    retentionDays: () => settings().ledger.retentionDays,
  })
  const bodies = openBodies({
    folder: join(config.dataDir, "bodies"),
    name: randomToken(8),
    settings: () => settings().bodies,
    log,
    clock,
    after,
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  })
  return {
    generations,
    feedback,
    log: found,
    bodies,
    close: async () => {
      await bodies.close()
      await found.close()
    },
  }
}
