import type { AccountId } from "../../store/account-ids.ts"
import type { HttpServices } from "../services.ts"

/** What of an account's spending since the first of the month counts towards limits, nano-dollars. */
export const spentThisMonth = ({ budgets, pipeline }: HttpServices, account: AccountId): number =>
  budgets.snapshotOf(account, pipeline.now()).usage.monthly
