import { gte, isNull, sql } from "drizzle-orm"
import { type Logger, messageOf } from "../contract/index.ts"
import type { Store } from "../store/open-store.ts"
import { counters, keys as keysTable, usageRollups } from "../store/schema.ts"
import { type WindowKind, windowKinds, windowStart } from "../store/windows.ts"
import { type Budgets, createBudgets } from "./budgets.ts"
import { principalOf } from "./key-rows.ts"
import { createKeys, type Keys } from "./keys.ts"
import type { SpentBefore } from "./shared-budgets.ts"

export interface Accounts {
  readonly keys: Keys
  readonly budgets: Budgets
}

export interface AccountsOptions {
  readonly clock: { now(): number }
  readonly randomBytes: (count: number) => Uint8Array
  readonly log: Logger
  /** See `KeysOptions`. */
  readonly onGone?: (keyId: string) => void
}

interface DaySum {
  readonly keyId: string
  readonly day: number
  readonly costNano: number
}

/** What was spent on a day falls into the windows that hold that day. */
const inWindows = (kinds: readonly WindowKind[], sums: readonly DaySum[]): SpentBefore[] =>
  sums.flatMap(({ keyId, day, costNano }) =>
    kinds.map((kind) => ({ keyId, kind, startsAt: windowStart(kind, day), spentNano: costNano })),
  )

const inTotal = ({ keyId, spentNano }: typeof counters.$inferSelect): SpentBefore => ({
  keyId,
  kind: "total",
  startsAt: windowStart("total", 0),
  spentNano,
})

const passingKinds = windowKinds.filter((kind) => kind !== "total")

/** Keys and budgets as the store left them. The file's keys are added by `keys.declare`. */
export const openAccounts = async (
  store: Store,
  { clock, randomBytes, log, onGone }: AccountsOptions,
): Promise<Accounts> => {
  const now = clock.now()
  const oldestDay = Math.min(...passingKinds.map((kind) => windowStart(kind, now)))
  const { keyId, day, costNano } = usageRollups
  const [rows, totals, days] = await Promise.all([
    store.read.select().from(keysTable).where(isNull(keysTable.deletedAt)),
    store.read.select().from(counters),
    store.read
      .select({ keyId, day, costNano: sql<number>`sum(${costNano})` })
      .from(usageRollups)
      .where(gte(day, oldestDay))
      .groupBy(day, keyId),
  ])
  const budgets = createBudgets()
  budgets.load(totals.map(inTotal), now)
  budgets.load(inWindows(passingKinds, days), now)
  // Rows that are put aside are spent money as well.
  budgets.load(inWindows(windowKinds, store.writer.pending()), now)
  const keys = createKeys({
    stored: rows.map((row) =>
      principalOf(row, ({ name }, thrown) =>
        log.error(
          "a key's routing cannot be read, so the key is switched off: set its models and provider anew, then enable it",
          {
            key: name,
            error: messageOf(thrown),
          },
        ),
      ),
    ),
    commit: (statements) => store.writer.commit(statements),
    clock,
    randomBytes,
    ...(onGone ? { onGone } : {}),
  })
  return { keys, budgets }
}
