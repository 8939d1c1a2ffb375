import { eq, gte, isNull, or } from "drizzle-orm"
import type { Config } from "../config/config.ts"
import { type Logger, messageOf } from "../contract/index.ts"
import type { Store } from "../store/open-store.ts"
import { keys as keysTable, spending } from "../store/schema.ts"
import type { Spending } from "../store/spending.ts"
import { windowKinds } from "../store/windows.ts"
import { type AuditLog, createAuditLog } from "./audit/audit-log.ts"
import { type Directory, openDirectory } from "./directory/directory.ts"
import { principalOf } from "./key-rows.ts"
import type { Keys } from "./key-types.ts"
import { createKeys } from "./keys.ts"
import { type Budgets, createBudgets } from "./limits/budgets.ts"
import { createRates, type Rates } from "./limits/rates.ts"
import { inWindows, oldestDay, passingKinds, spendingColumns } from "./limits/spending-rows.ts"
import { createKeysElsewhere, newestChange } from "./refresh.ts"
import { createSignInCodes, type SignInCodes } from "./sign-in-codes.ts"
import { ownerProblem } from "./standing/problem.ts"
import { createStandings } from "./standing/standing.ts"
import type { Standings } from "./standing/types.ts"

export interface Accounts {
  readonly keys: Keys
  readonly budgets: Budgets
  readonly rates: Rates
  readonly directory: Directory
  readonly standings: Standings
  readonly audit: AuditLog
  /** What applications exchange for keys. */
  readonly signInCodes: SignInCodes
  /** Takes over keys and objects that other gateways of the same store changed; cheap when that is nothing. */
  readonly refresh: () => Promise<boolean>
}

export interface AccountsOptions {
  readonly clock: { now(): number }
  readonly randomBytes: (count: number) => Uint8Array
  readonly log: Logger
  readonly config: () => Config
  /** Other gateways may write to the store as well: changes begin with a look at what they did. */
  readonly shared?: boolean
  /** See `KeysOptions`. */
  readonly onGone?: (keyId: string) => void
}

/** Keys and budgets as the store left them. The file's keys are added by `keys.declare`. */
export const openAccounts = async (
  store: Store,
  { clock, randomBytes, log, config, shared = false, onGone }: AccountsOptions,
): Promise<Accounts> => {
  const now = clock.now()
  const newId = () => Buffer.from(randomBytes(16)).toString("hex")
  // Before the keys are, so that what is changed in between is read again.
  const seen = await newestChange(store)
  const [rows, spent] = await Promise.all([
    store.read.select().from(keysTable).where(isNull(keysTable.deletedAt)),
    store.read
      .select(spendingColumns)
      .from(spending)
      .where(or(eq(spending.day, 0), gte(spending.day, oldestDay(now)))),
  ])
  const budgets = createBudgets()
  budgets.load(inWindows(spent as Spending[], passingKinds), now)
  // Rows that are put aside are spent money as well.
  budgets.load(inWindows(store.writer.pendingSpending(), windowKinds), now)
  const principal = (row: typeof keysTable.$inferSelect) =>
    principalOf(row, ({ name }, thrown) =>
      log.error(
        "a key's routing cannot be read, so the key is switched off: set its models and provider anew, then enable it",
        { key: name, error: messageOf(thrown) },
      ),
    )
  const elsewhere = createKeysElsewhere({ store, principalOf: principal, seen })
  const keys = createKeys({
    stored: rows.map(principal),
    commit: (statements) => store.writer.commit(statements),
    clock,
    randomBytes,
    ...(shared ? { elsewhere } : {}),
    problemOf: (principal, kind) => {
      const standing = standings.of(principal)
      return kind === "inference" ? standing.problem : ownerProblem(principal, standing)
    },
    ...(onGone ? { onGone } : {}),
  })
  const directory = await openDirectory({
    store,
    clock,
    log,
    newId,
    shared,
    onChange: () => standings.changed(),
  })
  const standings = createStandings({ directory: () => directory, config, key: (keyId) => keys.get(keyId) })
  const audit = createAuditLog({ store, clock, newId })
  const signInCodes = createSignInCodes({ store, clock, randomBytes })
  const refresh = async () => {
    const hasKeys = await keys.refresh(elsewhere.changed)
    const hasObjects = await directory.refresh()
    return hasKeys || hasObjects
  }
  return { keys, budgets, rates: createRates(), directory, standings, audit, signInCodes, refresh }
}
