import type { Limited } from "../../accounts/directory/types.ts"
import type { RateLimits } from "../../accounts/limits/types.ts"
import type { JsonObject } from "../../contract/index.ts"
import { usd } from "../../ledger/money.ts"
import type { AccountId } from "../../store/account-ids.ts"
import { windowEnd } from "../../store/windows.ts"
import type { HttpServices } from "../services.ts"
import { timeOrNull, usdOrNull } from "../shown.ts"

export const ratesRow = (limits: RateLimits | undefined): JsonObject | null =>
  limits === undefined
    ? null
    : {
        requests_per_minute: limits.requestsPerMinute ?? null,
        tokens_per_minute: limits.tokensPerMinute ?? null,
        concurrency: limits.concurrency ?? null,
      }

/** What an account may spend, has spent, and has left. USD. */
export function limitRow(
  { budgets, pipeline }: HttpServices,
  account: AccountId,
  { limitNano, limitReset, rates }: Limited,
): Record<string, unknown> {
  const now = pipeline.now()
  const { usage, byok, heldNano } = budgets.snapshotOf(account, now)
  const window = limitReset === "never" ? "total" : limitReset
  const end = windowEnd(window, now)
  const remaining = limitNano === undefined ? undefined : Math.max(0, limitNano - usage[window] - heldNano)
  return {
    limit: usdOrNull(limitNano),
    limit_reset: limitReset,
    limit_remaining: usdOrNull(remaining),
    limit_resets_at: limitNano === undefined ? null : timeOrNull(end),
    usage: usd(usage.total),
    usage_daily: usd(usage.daily),
    usage_monthly: usd(usage.monthly),
    byok_usage: usd(byok.total),
    rates: ratesRow(rates),
  }
}
