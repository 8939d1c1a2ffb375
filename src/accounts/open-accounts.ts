import { eq, gte, isNull, or } from "drizzle-orm"
import type { Config } from "../config/config.ts"
import { type Logger, messageOf } from "../contract/index.ts"
import type { Store } from "../store/open-store.ts"
import { keys as keysTable, spending } from "../store/schema.ts"
import type { Spending } from "../store/spending.ts"
import { type WindowKind, windowKinds, windowStart } from "../store/windows.ts"
import { type Budgets, createBudgets } from "./budgets.ts"
import { type Directory, openDirectory } from "./directory/directory.ts"
import { principalOf } from "./key-rows.ts"
import { createKeys, type Keys } from "./keys.ts"
import type { SpentBefore } from "./shared-budgets.ts"
import { createStandings } from "./standing/standing.ts"
import type { Standings } from "./standing/types.ts"

export interface Accounts {
  readonly keys: Keys
  readonly budgets: Budgets
  readonly directory: Directory
  readonly standings: Standings
}

export interface AccountsOptions {
  readonly clock: { now(): number }
  readonly randomBytes: (count: number) => Uint8Array
  readonly log: Logger
  readonly config: () => Config
  /** See `KeysOptions`. */
  readonly onGone?: (keyId: string) => void
}

const keyPrefix = "key:"

/** What was spent on a day falls into the windows that hold that day; day 0 is what was spent since ever. */
const inWindows = (rows: readonly Spending[], kinds: readonly WindowKind[]): SpentBefore[] =>
  rows.flatMap(({ account, day, spentNano }) =>
    account.startsWith(keyPrefix)
      ? (day === 0 ? (["total"] as const) : kinds).map((kind) => ({
          keyId: account.slice(keyPrefix.length),
          kind,
          startsAt: windowStart(kind, day),
          spentNano,
        }))
      : [],
  )

const passingKinds = windowKinds.filter((kind) => kind !== "total")

/** Keys and budgets as the store left them. The file's keys are added by `keys.declare`. */
export const openAccounts = async (
  store: Store,
  { clock, randomBytes, log, config, onGone }: AccountsOptions,
): Promise<Accounts> => {
  const now = clock.now()
  const oldestDay = Math.min(...passingKinds.map((kind) => windowStart(kind, now)))
  const [rows, spent] = await Promise.all([
    store.read.select().from(keysTable).where(isNull(keysTable.deletedAt)),
    store.read
      .select()
      .from(spending)
      .where(or(eq(spending.day, 0), gte(spending.day, oldestDay))),
  ])
  const budgets = createBudgets()
  budgets.load(inWindows(spent as Spending[], passingKinds), now)
  // Rows that are put aside are spent money as well.
  budgets.load(inWindows(store.writer.pendingSpending(), windowKinds), now)
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
  const directory = await openDirectory({
    store,
    clock,
    log,
    newId: () => Buffer.from(randomBytes(16)).toString("hex"),
    onChange: () => standings.changed(),
  })
  const standings = createStandings({ directory: () => directory, config })
  return { keys, budgets, directory, standings }
}
