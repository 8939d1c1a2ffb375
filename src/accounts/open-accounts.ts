import { and, eq, isNull, or } from "drizzle-orm"
import type { Store } from "../store/open-store.ts"
import { counters, keys as keysTable } from "../store/schema.ts"
import { windowKinds, windowStart } from "../store/windows.ts"
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
}

/** Rows that are put aside are spent money as well: their sums per day fall into the windows that hold that day. */
const pendingSpending = (store: Store): SpentBefore[] =>
  store.writer
    .pending()
    .flatMap(({ keyId, day, costNano }) =>
      windowKinds.map((kind) => ({ keyId, kind, startsAt: windowStart(kind, day), spentNano: costNano })),
    )

/** Keys and budgets as the store left them. The file's keys are added by `keys.declare`. */
export const openAccounts = async (store: Store, { clock, randomBytes }: AccountsOptions): Promise<Accounts> => {
  const now = clock.now()
  const [rows, spent] = await Promise.all([
    store.read.select().from(keysTable).where(isNull(keysTable.deletedAt)),
    store.read
      .select()
      .from(counters)
      .where(
        or(...windowKinds.map((kind) => and(eq(counters.kind, kind), eq(counters.startsAt, windowStart(kind, now))))),
      ),
  ])
  const budgets = createBudgets()
  budgets.load(spent, now)
  budgets.load(pendingSpending(store), now)
  const keys = createKeys({
    stored: rows.map(principalOf),
    commit: (statements) => store.writer.commit(statements),
    clock,
    randomBytes,
  })
  return { keys, budgets }
}
